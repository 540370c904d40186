"""Every refusal as a card: the rule, that nothing was changed, and the nearest thing that works."""

from datetime import timedelta
from typing import assert_never

from bot.cards import Button, Card, Code, Line, Moment
from bot.domain.access import Access
from bot.domain.durations import words
from bot.domain.ids import RequestId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    SHORTEST,
    EligibilityEndsFirst,
    NotEligible,
    Problem,
    ReasonMissing,
    StartsInThePast,
    Terms,
    TextTooLong,
    TicketMissing,
    TooLong,
    TooShort,
    Wish,
)
from bot.domain.refusals import (
    AccountDisabled,
    AlreadyActive,
    AlreadyOpen,
    BadWish,
    CannotWithdraw,
    Missing,
    NobodyReads,
    NotAMember,
    NotHere,
    NothingActive,
    NothingToWithdraw,
    Refusal,
    TooSoonToEnd,
    UnknownAccess,
    WhichOne,
)
from bot.domain.request import WITHDRAWABLE, Request
from bot.intents import Activate, Deactivate, OpenForm, Recent, Status, Withdraw
from bot.wording.pim import sentence

_STANDS = {
    "guest": "Guests cannot use this bot.",
    "stranger": "Only members of this workspace can use this bot.",
    "bot": "Bots cannot use this bot.",
    "deactivated": "This account is deactivated.",
}


def refused(refusal: Refusal) -> Card:  # noqa: C901, PLR0911, PLR0912  a case each
    """The refusal, said."""
    match refusal:
        case NotAMember(stands):
            return _card("Not for this account", _STANDS.get(stands, "I cannot tell who you are."))
        case UnknownAccess():
            return _unknown_access(refusal)
        case NotHere(access, missing):
            return _card(
                f"{access.name} cannot be activated here",
                f"It asks for {_missing(access, missing)}, which this bot does not do yet. "
                f"{_instead(missing)}",
            )
        case BadWish():
            return _bad_wish(refusal)
        case AccountDisabled():
            return _card("Not for this account", sentence("account_disabled").split(". ")[0] + ".")
        case AlreadyOpen(request):
            return _already_open(request)
        case AlreadyActive(activation):
            return _said(
                f"{activation.access} is active already",
                ("Entra ends it at ", Moment(activation.ends_at), "."),
                Button("Deactivate", Deactivate(activation.access)),
            )
        case NothingActive(access):
            what = f"{access} is not active" if access else "Nothing is active"
            return _card("Nothing to end", f"{what}, as far as I know.", Button("Status", Status()))
        case WhichOne(verb, names):
            buttons = tuple(Button(name, _naming(verb, name)) for name in names[:5])
            return _card(f"Which one shall I {verb}?", "There are several.", *buttons)
        case TooSoonToEnd(activation):
            return _said(
                "Too soon to end it",
                (
                    "Entra ends nothing in its first five minutes. You can from ",
                    Moment(activation.may_end_from),
                    ".",
                ),
                Button(
                    "End It As Soon As Allowed", Deactivate(activation.access, when_allowed=True)
                ),
            )
        case NothingToWithdraw(named):
            what = (
                f"No open request of yours is called {named}."
                if named
                else "You have no open request."
            )
            return _card("Nothing to withdraw", what, Button("Status", Status()))
        case CannotWithdraw(request):
            text = f"{request.id} is {request.state}: it can no longer be taken back."
            return _card("Too late to withdraw", text, Button("Status", Status()))
        case NobodyReads():
            return _card(
                "Only admins and auditors can read others' decisions",
                "You can read your own.",
                Button("My Recent Decisions", Recent()),
            )
    assert_never(refusal)


def _instead(what: Missing) -> str:
    # Nobody is eligible in PIM for what an application grants: the portal could not help.
    return "Ask your administrator." if what is Missing.AUTHORITY else "Use aka.ms/pim."


def _missing(access: Access, what: Missing) -> str:
    match what:
        case Missing.AUTHORITY:
            return f"a decision made in the chat (authority = {access.authority})"
        case Missing.ASSURANCE:
            return f"more than a chat (assurance = {access.assurance})"
        case Missing.APPROVERS:
            return "approvers named in the access file"
    assert_never(what)


def _already_open(request: Request) -> Card:
    text = f"You asked for it already and it is {request.state} ({request.id})."
    buttons = [Button("Status", Status())]
    if request.state in WITHDRAWABLE:
        buttons.insert(0, Button("Withdraw It", Withdraw(request.id)))
    return _card(f"{request.terms.access} is being handled", text, *buttons)


def _card(title: str, text: str, *buttons: Button) -> Card:
    return _said(title, (text,), *buttons)


def _said(title: str, line: Line, *buttons: Button) -> Card:
    return Card(title, (line, ("Nothing was changed.",)), buttons=buttons)


def _naming(verb: str, name: str) -> Deactivate | Withdraw:
    return Deactivate(name) if verb == "deactivate" else Withdraw(RequestId(name))


def _unknown_access(refusal: UnknownAccess) -> Card:
    title, near = f"There is no access called “{refusal.name[:60]}”", refusal.nearest
    wish = refusal.wish
    form = OpenForm(near, wish.duration, *_fitting_words(wish))
    if near:
        return _said(title, ("Did you mean ", Code(near), "?"), Button(f"Activate {near}…", form))
    return _card(title, "The form shows what you may activate.", Button("Open Form", form))


def _bad_wish(refusal: BadWish) -> Card:
    terms = refusal.terms
    lines = tuple((problem(p),) for p in refusal.problems)
    return Card(
        f"{terms.access} cannot be activated like this",
        (*lines, ("Nothing was changed.",)),
        buttons=_nearest(terms, refusal),
    )


def _nearest(terms: Terms, refusal: BadWish) -> tuple[Button, ...]:
    """The nearest thing that would work: shorter, longer, or the form with all that was typed."""
    if any(isinstance(p, NotEligible) for p in refusal.problems):
        return (Button("What May I Activate?", OpenForm()),)
    fits = _fitting(terms.duration, refusal)
    if len(refusal.problems) == 1 and fits != terms.duration and fits >= SHORTEST:
        again = Activate(terms.access, fits, ticket=terms.ticket, reason=terms.reason)
        return (Button(f"Activate for {words(fits)}", again),)
    form = OpenForm(terms.access, fits, *_fitting_words(terms))
    return (Button("Complete in the Form", form),)


def _fitting_words(said: Wish | Terms) -> tuple[str, str]:
    """As much of ticket and reason as a form takes (and a button can carry)."""
    return said.ticket[:LONGEST_TICKET], said.reason[:LONGEST_REASON]


def _fitting(asked: timedelta, refusal: BadWish) -> timedelta:
    for found in refusal.problems:
        match found:
            case TooLong(max=most):
                return most
            case TooShort():
                return SHORTEST
            case EligibilityEndsFirst(left=left):
                return left
            case _:
                continue
    return asked


def problem(found: Problem) -> str:  # noqa: C901  a case each
    """One thing that is wrong with a wish, in one sentence; forms show it at the field."""
    match found:
        case TooLong(asked, most):
            return f"{words(asked)} is too long: at most {words(most)}."
        case TooShort():
            return f"Too short: Entra activates nothing for less than {words(SHORTEST)}."
        case ReasonMissing():
            return "A reason is required."
        case TicketMissing():
            return "A ticket is required, such as INC-42."
        case TextTooLong(field, most):
            return f"The {field} is too long: at most {most} characters."
        case NotEligible():
            return "You are not eligible for it in PIM."
        case EligibilityEndsFirst(left=left):
            return f"Your eligibility in PIM ends in {words(left)}, before this would."
        case StartsInThePast():
            return "That start is in the past."
    assert_never(found)
