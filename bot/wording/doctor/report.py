"""The doctor's report, as lines for a terminal and as one object for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.doctor.findings import Finding, Verdict, worst
from bot.wording.doctor import mend, said

_CLOSING = {
    Verdict.OK: "There is nothing to mend.",
    Verdict.WARN: "Nothing stops the bot; the warnings are worth a look.",
    Verdict.UNKNOWN: "Nothing is known to be wrong, but not everything could be told.",
    Verdict.FAIL: "There is something to mend.",
}


def line(finding: Finding) -> str:
    """One line, and a second one when there is something to do."""
    about = f"{finding.check} [{finding.subject}]" if finding.subject else finding.check
    first = f"{finding.verdict:<7}  {about}: {said(finding)}"
    todo = mend(finding)
    return "\n".join(map(_plain, [first, f"{'':9}→ {todo}"] if todo else [first]))


def summary(findings: Sequence[Finding]) -> str:
    """How many of each, and what that comes to."""
    counted = Counter(finding.verdict for finding in findings)
    numbers = ", ".join(f"{counted[verdict]} {verdict}" for verdict in Verdict)
    return f"{numbers}. {_CLOSING[worst(findings)]}"


def as_object(findings: Sequence[Finding]) -> Mapping[str, Any]:
    """`check`, `what` and `verdict` are stable names; `said` and `mend` are for people."""
    return {
        "verdict": worst(findings),
        "findings": [
            {
                "check": finding.check,
                "subject": finding.subject,
                "verdict": finding.verdict,
                "what": finding.what,
                "facts": dict(finding.facts),
                "said": said(finding),
                "mend": mend(finding),
            }
            for finding in findings
        ],
    }


def _plain(text: str) -> str:
    """Names come from directories, and nobody's name may move a cursor."""
    return "".join(c if c.isprintable() else " " for c in text)
