"""What is written in the record: one event for every decision, refusal, effect and reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import ChatAccount, PersonId, RequestId


class What(StrEnum):
    """Every kind of event. Names are part of the record: add, never rename."""

    ASKED = "asked"
    REFUSED = "refused"
    SIGN_IN_NEEDED = "sign_in_needed"
    SIGN_IN_REFUSED = "sign_in_refused"
    LINKED = "linked"
    UNLINKED = "unlinked"
    DECIDED = "decided"
    PENDING = "pending"
    SCHEDULED = "scheduled"
    GRANTED = "granted"
    DENIED = "denied"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DEACTIVATION_DECIDED = "deactivation_decided"
    ADOPTED = "adopted"
    CHANGED = "changed"
    ENDED = "ended"
    AWS_SEEN = "aws_seen"
    AWS_GONE = "aws_gone"
    READ = "read"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    INVITED = "invited"
    ESCALATED = "escalated"
    VERDICT = "verdict"
    VERDICT_COUNTED = "verdict_counted"
    VERDICT_VOID = "verdict_void"
    STILL_NEEDED = "still_needed"
    CONFIRMED = "confirmed"
    PROVED = "proved"
    HISTORY_ACCEPTED = "history_accepted"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the record. `data` holds strings only, so that its canonical form is simple."""

    what: What
    actor: PersonId | None = None
    account: ChatAccount | None = None
    request: RequestId | None = None
    data: Mapping[str, str] = field(default_factory=dict)
