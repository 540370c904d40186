"""What one check found: a verdict, which of the known findings it is, and the names in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """Unknown is never fine: it says what would let one know."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` and `what` are stable names; `subject` is the app, access or action it is about."""

    check: str
    verdict: Verdict
    what: str
    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def ok(check: str, what: str = "fine", subject: str = "", **facts: object) -> Finding:
    """A check that found nothing to mend."""
    return _finding(check, Verdict.OK, what, subject, facts)


def warn(check: str, what: str, subject: str = "", **facts: object) -> Finding:
    """The bot works, but somebody should know or mend this."""
    return _finding(check, Verdict.WARN, what, subject, facts)


def fail(check: str, what: str, subject: str = "", **facts: object) -> Finding:
    """Something does not work, or is allowed that must not be."""
    return _finding(check, Verdict.FAIL, what, subject, facts)


def unknown(check: str, what: str, subject: str = "", **facts: object) -> Finding:
    """It could not be told."""
    return _finding(check, Verdict.UNKNOWN, what, subject, facts)


def names(several: Iterable[object]) -> str:
    """Names as a sentence has them, in a fixed order."""
    return ", ".join(sorted(map(str, several)))


def worst(findings: Iterable[Finding]) -> Verdict:
    """What the whole examination comes to: a problem, else something unknown, else a warning."""
    found = {finding.verdict for finding in findings}
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN)
    return next((verdict for verdict in order if verdict in found), Verdict.OK)


def _finding(
    check: str, verdict: Verdict, what: str, subject: str, facts: Mapping[str, object]
) -> Finding:
    return Finding(check, verdict, what, subject, {key: str(fact) for key, fact in facts.items()})
