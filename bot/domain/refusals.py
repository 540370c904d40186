"""Every way the product says no, as typed values; wording turns each into a card."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.policy import Problem, Terms, Wish
from bot.domain.request import Request


@dataclass(frozen=True, slots=True)
class NotAMember:
    """This chat account may not use the bot: `guest`, `stranger`, `bot`, `deactivated`…"""

    stands: str


@dataclass(frozen=True, slots=True)
class UnknownAccess:
    """There is no access of that name; `nearest` is one that reads alike. `wish` keeps the rest."""

    name: str
    nearest: str = ""
    wish: Wish = field(default_factory=Wish)


class Missing(StrEnum):
    """What an access of the file can ask for and this bot does not do yet, by its key there."""

    AUTHORITY = "authority"
    ASSURANCE = "assurance"
    APPROVERS = "approvers"


@dataclass(frozen=True, slots=True)
class NotHere:
    """The access exists, but asks for something this bot does not do yet."""

    access: Access
    what: Missing


@dataclass(frozen=True, slots=True)
class BadWish:
    """The wish does not fit the rules; `most` is the real maximum."""

    terms: Terms
    problems: tuple[Problem, ...]
    most: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AccountDisabled:
    """The person's Entra account is disabled, gone, or a guest's."""


@dataclass(frozen=True, slots=True)
class AlreadyOpen:
    """The person has an open request for this group."""

    request: Request


@dataclass(frozen=True, slots=True)
class AlreadyActive:
    """The membership is active already, from here or from the portal."""

    activation: Activation


@dataclass(frozen=True, slots=True)
class NothingActive:
    """There is nothing to end; `access` is what was named, if anything."""

    access: str = ""


@dataclass(frozen=True, slots=True)
class WhichOne:
    """Several would fit; the person has to name one."""

    verb: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TooSoonToEnd:
    """PIM ends nothing in its first five minutes."""

    activation: Activation


@dataclass(frozen=True, slots=True)
class NothingToWithdraw:
    """No open request of theirs has that id, or there is none at all."""

    named: str = ""


@dataclass(frozen=True, slots=True)
class CannotWithdraw:
    """The request is past the point where it could be taken back."""

    request: Request


@dataclass(frozen=True, slots=True)
class NobodyReads:
    """Others' decisions may not be read by this person."""


Refusal = (
    NotAMember
    | UnknownAccess
    | NotHere
    | BadWish
    | AccountDisabled
    | AlreadyOpen
    | AlreadyActive
    | NothingActive
    | WhichOne
    | TooSoonToEnd
    | NothingToWithdraw
    | CannotWithdraw
    | NobodyReads
)


class RefusedError(Exception):
    """The product says no; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(type(refusal).__name__)
        self.refusal = refusal
