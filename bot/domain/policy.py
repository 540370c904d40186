"""The one judgement of a wish: the form, the preview and the enforcement all call it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.access import Access, Authority, Principal
from bot.domain.durations import iso
from bot.domain.ids import GroupId
from bot.domain.sign_in import MFA_CLAIMS, context_claims

SHORTEST = timedelta(minutes=5)
"""PIM accepts no assignment shorter than this."""
USUAL = timedelta(hours=1)
"""How long when nobody said: this, or the maximum when that is shorter."""
ENDS_SOON = timedelta(days=7)
"""How long before its end an eligibility is said to end, to whoever has just used it."""
LONGEST_REASON = 500
LONGEST_TICKET = 64


@dataclass(frozen=True, slots=True)
class PimRules:
    """What a group's PIM policy asks of an activation.

    https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
    """

    max: timedelta | None = None
    reason_required: bool = False
    ticket_required: bool = False
    mfa_required: bool = False
    auth_context: str | None = None
    approval_required: bool = False
    approvers: tuple[Principal, ...] = ()
    approver_reason_required: bool = False

    @property
    def claims(self) -> str:
        """What the token of whoever activates must have been asked for; usually nothing."""
        return context_claims(self.auth_context) if self.auth_context else ""

    @property
    def sign_in_claims(self) -> str:
        """What a sign-in for it should ask for, so that no second one becomes necessary."""
        return self.claims or (MFA_CLAIMS if self.mfa_required else "")


@dataclass(frozen=True, slots=True)
class Eligibility:
    """That a person may activate a group's membership, until `ends_at` (None: no end)."""

    group: GroupId
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for, before anything was checked."""

    duration: timedelta | None = None
    reason: str = ""
    ticket: str = ""
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for and granted: fixed when the request is made, and never changed."""

    access: str
    group: GroupId
    duration: timedelta
    reason: str = ""
    ticket: str = ""
    starts_at: datetime | None = None

    @property
    def digest(self) -> str:
        """A fingerprint of the terms, to show that what was read is what is granted."""
        text = json.dumps(
            [
                self.access,
                self.group,
                iso(self.duration),
                self.reason,
                self.ticket,
                self.starts_at.isoformat() if self.starts_at else None,
            ],
            ensure_ascii=True,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class TooLong:
    """Asked for longer than allowed."""

    asked: timedelta
    max: timedelta


@dataclass(frozen=True, slots=True)
class TooShort:
    """Asked for less than PIM's five minutes."""

    asked: timedelta


@dataclass(frozen=True, slots=True)
class ReasonMissing:
    """The policy asks for a reason."""


@dataclass(frozen=True, slots=True)
class TicketMissing:
    """The policy asks for a ticket."""


@dataclass(frozen=True, slots=True)
class TextTooLong:
    """A reason or a ticket that would not fit. `field` is `reason` or `ticket`."""

    field: str
    longest: int


@dataclass(frozen=True, slots=True)
class NotEligible:
    """The person has no PIM eligibility for it."""


@dataclass(frozen=True, slots=True)
class MayNotAsk:
    """The access file does not name the person among those who may ask for it."""


@dataclass(frozen=True, slots=True)
class EligibilityEndsFirst:
    """The eligibility ends before the activation would."""

    ends_at: datetime
    left: timedelta


@dataclass(frozen=True, slots=True)
class StartsInThePast:
    """Asked to begin at a time that is over."""


Problem = (
    TooLong
    | TooShort
    | ReasonMissing
    | TicketMissing
    | TextTooLong
    | NotEligible
    | MayNotAsk
    | EligibilityEndsFirst
    | StartsInThePast
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a wish: terms when there is no problem, and every problem there is."""

    terms: Terms
    problems: tuple[Problem, ...] = ()


def longest(access: Access, rules: PimRules) -> timedelta | None:
    """The real maximum: the access file's, but never above PIM's; None when neither says."""
    known = [m for m in (access.max, rules.max) if m]
    return min(known) if known else None


def usual(access: Access, rules: PimRules) -> timedelta:
    """How long when nobody said."""
    most = longest(access, rules)
    return min(USUAL, most) if most else USUAL


def judge(wish: Wish, access: Access, rules: PimRules, now: datetime) -> Judgement:
    """Fix the terms of a wish and say everything PIM's policy will have against them."""
    terms = Terms(
        access=access.name,
        group=access.group,
        duration=wish.duration or usual(access, rules),
        reason=wish.reason.strip(),
        ticket=wish.ticket.strip(),
        starts_at=wish.starts_at,
    )
    problems = [*_length(terms, longest(access, rules)), *_texts(terms, rules)]
    if terms.starts_at is not None and terms.starts_at <= now:
        problems.append(StartsInThePast())
    return Judgement(terms, tuple(problems))


def entitled(
    terms: Terms,
    eligibilities: tuple[Eligibility, ...],
    now: datetime,
    authority: Authority = Authority.DELEGATED,
) -> tuple[Problem, ...]:
    """What stands between a known person and these terms: eligibility, and its end.

    With authority `application` the access file's word is an eligibility without an end.
    """
    if not any(e.group == terms.group for e in eligibilities):
        return (NotEligible() if authority is Authority.DELEGATED else MayNotAsk(),)
    last = eligible_until(terms.group, eligibilities)
    start = terms.starts_at or now
    if last is not None and start + terms.duration > last:
        left = max(last - start, timedelta(0))
        return (EligibilityEndsFirst(last, left - left % timedelta(minutes=1)),)
    return ()


def eligible_until(group: GroupId, eligibilities: tuple[Eligibility, ...]) -> datetime | None:
    """When the last eligibility for a group ends; None where one has no end, or there is none."""
    ends = [e.ends_at for e in eligibilities if e.group == group]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _length(terms: Terms, most: timedelta | None) -> list[Problem]:
    if terms.duration < SHORTEST:
        return [TooShort(terms.duration)]
    if most is not None and terms.duration > most:
        return [TooLong(terms.duration, most)]
    return []


def _texts(terms: Terms, rules: PimRules) -> list[Problem]:
    problems: list[Problem] = []
    if rules.reason_required and not terms.reason:
        problems.append(ReasonMissing())
    if rules.ticket_required and not terms.ticket:
        problems.append(TicketMissing())
    if len(terms.reason) > LONGEST_REASON:
        problems.append(TextTooLong("reason", LONGEST_REASON))
    if len(terms.ticket) > LONGEST_TICKET:
        problems.append(TextTooLong("ticket", LONGEST_TICKET))
    return problems
