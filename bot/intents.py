"""Everything a person can ask for, as a closed union, and the one codec that buttons use."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.domain.decision import Verdict
from bot.domain.ids import ActivationId, RequestId


@dataclass(frozen=True, slots=True)
class Activate:
    """Activate an access; what was not said is empty."""

    access: str
    duration: timedelta | None = None
    starts_at: datetime | None = None
    ticket: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Open the form, with what was already said filled in."""

    access: str = ""
    duration: timedelta | None = None
    ticket: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """Ask once more for what was asked for before: same access, length and ticket, a fresh reason.

    Without `request` it is the person's last one. A length or ticket that is given replaces it.
    """

    request: RequestId | None = None
    duration: timedelta | None = None
    ticket: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What do I have, and what am I waiting for."""


@dataclass(frozen=True, slots=True)
class Deactivate:
    """End an activation of mine now, or as soon as PIM allows it."""

    access: str = ""
    when_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back a request that is not granted yet; without an id, the only one there is."""

    request: RequestId | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """The latest decisions: everybody's for admins and auditors, else one's own."""

    person: str = ""
    access: str = ""
    since: timedelta | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Explain:
    """Why can I, or `person`, have this access or not, and on what terms."""

    access: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Sign in now, so that nothing waits for it later."""


@dataclass(frozen=True, slots=True)
class Unlink:
    """Forget the link between this chat account and Entra, and any token kept for it."""


@dataclass(frozen=True, slots=True)
class Notify:
    """Write to me here, or (`here` False) in whichever chat I used last."""

    here: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Lock somebody out of the bot (admins): a chat account's id, or an Entra object id."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unlock:
    """Let somebody in again (admins)."""

    person: str


@dataclass(frozen=True, slots=True)
class Help:
    """What can I say."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """Carry on with a request that waited for its person (never typed: sign-in causes it)."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class Confirm:
    """Yes, I still need what I asked for and was approved so much later."""

    request: RequestId


@dataclass(frozen=True, slots=True)
class Recheck:
    """Not there yet? Look again whether AWS has the membership."""

    activation: ActivationId


@dataclass(frozen=True, slots=True)
class Decide:
    """Approve or deny somebody's request. `terms` is the digest of what the card showed.

    It is empty for what was typed, where the person named the request and saw no card.
    """

    request: RequestId
    verdict: Verdict
    terms: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskReason:
    """Ask for the reason of a decision before it is made: a form with one field."""

    request: RequestId
    verdict: Verdict
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a decision of mine."""


Intent = (
    Activate
    | OpenForm
    | Again
    | Status
    | Deactivate
    | Withdraw
    | Recent
    | Explain
    | Link
    | Unlink
    | Notify
    | Lock
    | Unlock
    | Help
    | Proceed
    | Confirm
    | Recheck
    | Decide
    | AskReason
    | Pending
)

_KINDS: dict[str, type[Intent]] = {
    "activate": Activate,
    "form": OpenForm,
    "again": Again,
    "status": Status,
    "deactivate": Deactivate,
    "withdraw": Withdraw,
    "recent": Recent,
    "explain": Explain,
    "link": Link,
    "unlink": Unlink,
    "notify": Notify,
    "lock": Lock,
    "unlock": Unlock,
    "help": Help,
    "proceed": Proceed,
    "confirm": Confirm,
    "recheck": Recheck,
    "decide": Decide,
    "ask_reason": AskReason,
    "pending": Pending,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_LENGTHS = frozenset({"duration", "since"})
_NO_TEXT = _LENGTHS | {"when_allowed", "here"}


def name_of(intent: Intent) -> str:
    """The short name of an intent's kind, as used in buttons, jobs and logs."""
    return _NAMES[type(intent)]


def encode(intent: Intent) -> str:
    """An intent as compact JSON; what was not said is left out."""
    said = ((field, getattr(intent, field.name)) for field in fields(intent))
    data = {field.name: _plain(value) for field, value in said if value != field.default}
    return json.dumps({"do": name_of(intent), **data}, separators=(",", ":"))


def decode(text: str) -> Intent:
    """The intent in `text`; ValueError when it is none, however it is malformed."""
    try:
        data: dict[str, Any] = json.loads(text)
        kind: Callable[..., Intent] = _KINDS[data.pop("do")]
        return kind(**{k: _rich(k, v) for k, v in data.items()})
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as broken:
        msg = "not an intent"
        raise ValueError(msg) from broken


def _plain(value: object) -> object:
    match value:
        case timedelta():
            return int(value.total_seconds())
        case datetime():
            return value.isoformat()
        case _:
            return value


def _rich(key: str, value: object) -> object:
    match key, value:
        case _, int() if key in _LENGTHS and not isinstance(value, bool):
            return timedelta(seconds=value)
        case "starts_at", str():
            when = datetime.fromisoformat(value)
            if when.tzinfo is None:
                msg = "a time without a zone"
                raise ValueError(msg)
            return when
        case "verdict", str():
            return Verdict(value)
        case "when_allowed" | "here", bool():
            return value
        case _, str() if key not in _NO_TEXT:
            return value
        case _:
            msg = f"{key} cannot be {type(value).__name__}"
            raise ValueError(msg)
