"""Every way the product says no, as typed values; wording turns each into a card."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.decision import Decision, Verdict
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


@dataclass(frozen=True, slots=True)
class NothingKept:
    """Decisions about an access of no such name were asked for; the rest is what else was asked."""

    name: str
    nearest: str
    person: str = ""
    since: timedelta | None = None
    state: str = ""


class Missing(StrEnum):
    """What an access can ask for that this bot does not give."""

    AUTHORITY = "authority"
    ASSURANCE = "assurance"
    PROOF = "proof"
    """Of a stronger sign-in: PIM's policy asks for it, and only PIM can check it."""


@dataclass(frozen=True, slots=True)
class NotHere:
    """The access exists, but asks for something that is not to be had here."""

    access: Access
    what: Missing


@dataclass(frozen=True, slots=True)
class NotDecidedHere:
    """The access asks for more of whoever decides than a click that this bot can take."""

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
    """There is nothing to end; `access` is what was named, if anything.

    `nearest` is an active one that reads alike. `sure`: Entra was asked just now.
    """

    access: str = ""
    nearest: str = ""
    sure: bool = True


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
    """What is others' may not be read by this person; `access` is what was to be explained."""

    access: str = ""


@dataclass(frozen=True, slots=True)
class NothingToExplain:
    """There is no access of that name; `nearest` is one that reads alike, `person` whom it is for."""

    name: str
    nearest: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Locked:
    """An admin has locked this person out, at `at`; why is for the record only."""

    at: datetime


@dataclass(frozen=True, slots=True)
class NotAnAdmin:
    """Only admins of the access file may do this."""


@dataclass(frozen=True, slots=True)
class WhoIsThat:
    """The account that was named is linked to nobody, or there is no such one in Entra."""


@dataclass(frozen=True, slots=True)
class NotYourself:
    """Nobody locks or unlocks themselves, with whichever of their accounts."""


@dataclass(frozen=True, slots=True)
class NotLocked:
    """There is no lock to take away."""


@dataclass(frozen=True, slots=True)
class NothingToDecide:
    """There is no request of that id that this person could decide."""

    named: str


@dataclass(frozen=True, slots=True)
class NotWaiting:
    """The request waits for no decision (any more); `decision` is the one that was made here."""

    request: Request
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """Nobody decides their own request, by whichever of their accounts."""

    request: Request


@dataclass(frozen=True, slots=True)
class AskerLocked:
    """Nobody says yes to somebody whom an admin has locked out; a no is taken."""

    request: Request


@dataclass(frozen=True, slots=True)
class VotedAlready:
    """The same human has approved it before, by whichever account; it needs others too."""

    request: Request
    decision: Decision


@dataclass(frozen=True, slots=True)
class NothingToConfirm:
    """The request does not (or no longer) wait for its asker to say that it is still needed."""

    request: Request


@dataclass(frozen=True, slots=True)
class NotAnApprover:
    """The person is none of those who decide about this access."""

    request: Request


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """What the card showed is not what is asked for."""

    request: Request


@dataclass(frozen=True, slots=True)
class DecisionReasonMissing:
    """This decision needs a reason: a denial always does, an approval where PIM asks for one.

    `typed` is one that was too long to be it.
    """

    request: Request
    verdict: Verdict
    typed: str = ""


Refusal = (
    NotAMember
    | UnknownAccess
    | NothingKept
    | NotHere
    | NotDecidedHere
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
    | NothingToExplain
    | Locked
    | NotAnAdmin
    | WhoIsThat
    | NotYourself
    | NotLocked
    | NothingToDecide
    | NotWaiting
    | OwnRequest
    | AskerLocked
    | VotedAlready
    | NothingToConfirm
    | NotAnApprover
    | OtherTerms
    | DecisionReasonMissing
)


class RefusedError(Exception):
    """The product says no; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(type(refusal).__name__)
        self.refusal = refusal
