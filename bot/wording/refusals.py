"""Every refusal as a card: the rule, that nothing was changed, and the nearest thing that works."""

from datetime import timedelta
from typing import assert_never

from bot.cards import Button, Card, Code, Line, Moment, Said
from bot.domain.activation import Activation
from bot.domain.durations import words
from bot.domain.ids import RequestId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    SHORTEST,
    EligibilityEndsFirst,
    MayNotAsk,
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
    AskerLocked,
    BadWish,
    CannotWithdraw,
    DecisionReasonMissing,
    Locked,
    Missing,
    NobodyReads,
    NotAMember,
    NotAnAdmin,
    NotAnApprover,
    NotDecidedHere,
    NotHere,
    NothingActive,
    NothingKept,
    NothingToConfirm,
    NothingToDecide,
    NothingToExplain,
    NothingToWithdraw,
    NotLocked,
    NotWaiting,
    NotYourself,
    OtherTerms,
    OwnRequest,
    Refusal,
    TooSoonToEnd,
    UnknownAccess,
    VotedAlready,
    WhichOne,
    WhoIsThat,
)
from bot.domain.request import WITHDRAWABLE, Request
from bot.intents import (
    Activate,
    Deactivate,
    Explain,
    OpenForm,
    Recent,
    Status,
    Withdraw,
)
from bot.wording.beside import ENTRA_IS_AWAY, beside
from bot.wording.pim import sentence
from bot.wording.policy import missing_words
from bot.wording.unchanged import card, said
from bot.wording.undecided import undecided

_A_MINUTE = timedelta(minutes=1)
_STANDS = {
    "guest": "Guests cannot use this bot.",
    "stranger": "Only members of this workspace can use this bot.",
    "elsewhere": "Only members of the workspace that has this bot can use it.",
    "bot": "Bots cannot use this bot.",
    "deactivated": "This account is deactivated.",
}


def refused(refusal: Refusal) -> Card:  # noqa: C901, PLR0911, PLR0912  a case each
    """The refusal, said."""
    match refusal:
        case NotAMember(stands):
            return card("Not for this account", _STANDS.get(stands, "I cannot tell who you are."))
        case UnknownAccess():
            return _unknown_access(refusal)
        case NotHere() | NotDecidedHere():
            return _not_here(refusal)
        case BadWish():
            return _bad_wish(refusal)
        case AccountDisabled():
            return card("Not for this account", sentence("account_disabled").split(". ")[0] + ".")
        case AlreadyOpen(request):
            return _already_open(request)
        case AlreadyActive(activation):
            return said(
                f"{activation.access} is active already",
                ("Entra ends it at ", Moment(activation.ends_at), ".", *beside(activation)),
                Button("Deactivate", Deactivate(activation.access)),
            )
        case NothingActive():
            return _nothing_active(refusal)
        case NothingKept():
            return _nothing_kept(refusal)
        case WhichOne(verb, names):
            buttons = tuple(Button(name, _naming(verb, name)) for name in names[:5])
            return card(f"Which one shall I {verb}?", "There are several.", *buttons)
        case TooSoonToEnd(activation):
            return _too_soon(activation)
        case NothingToWithdraw(named):
            what = (
                f"No open request of yours is called {named}."
                if named
                else "You have no open request."
            )
            return card("Nothing to withdraw", what, Button("Status", Status()))
        case CannotWithdraw(request):
            text = f"{request.id} is {request.state}: it can no longer be taken back."
            return card("Too late to withdraw", text, Button("Status", Status()))
        case NothingToDecide() | NotWaiting() | OwnRequest() | NotAnApprover():
            return undecided(refusal)
        case OtherTerms() | DecisionReasonMissing() | AskerLocked():
            return undecided(refusal)
        case VotedAlready() | NothingToConfirm():
            return undecided(refusal)
        case NobodyReads(access):
            return _nobody_reads(access)
        case NothingToExplain():
            return _nothing_to_explain(refusal)
        case Locked() | NotAnAdmin() | WhoIsThat() | NotYourself() | NotLocked():
            return _about_locks(refusal)
    assert_never(refusal)


def _about_locks(refusal: Locked | NotAnAdmin | WhoIsThat | NotYourself | NotLocked) -> Card:
    match refusal:
        case Locked(at):
            return said(
                "You are locked out of this bot",
                (
                    "An admin of this bot locked you out at ",
                    Moment(at, date=True),
                    ". What is active ends in Entra on time. Ask the bot's admins.",
                ),
            )
        case NotAnAdmin():
            text = "The access file names the admins, and you are not among them."
            return card("Only admins can do that", text)
        case WhoIsThat():
            text = (
                "That chat account is linked to nobody, so I do not know who it is in Entra. Name "
                "them by their Entra object id instead (Entra admin center → Users → the person)."
            )
            return card("I do not know who that is", text)
        case NotYourself():
            text = "That is you, or another account of yours. Another admin can do it."
            return card("Not for yourself", text)
        case NotLocked():
            return card("They are not locked", "There is no lock to take away.")
    assert_never(refusal)


def _nobody_reads(access: str) -> Card:
    if access:
        mine = Button("Explain It for Me", Explain(access))
        return card(
            "Only admins and auditors can ask about others", "You can ask for yourself.", mine
        )
    return card(
        "Only admins and auditors can read others' decisions",
        "You can read your own.",
        Button("My Recent Decisions", Recent()),
    )


def _nothing_to_explain(refusal: NothingToExplain) -> Card:
    title, near = f"There is no access called “{refusal.name[:60]}”", refusal.nearest
    if near:
        line: Line = ("Did you mean ", Code(near), "?")
        return said(title, line, Button(f"Explain {near}", Explain(near, refusal.person)))
    return card(title, "The form shows what you may activate.", Button("Open Form", OpenForm()))


def _not_here(refusal: NotHere | NotDecidedHere) -> Card:
    access, missing = refusal.access, refusal.what
    what = "activated" if isinstance(refusal, NotHere) else "decided"
    text = f"It asks for {missing_words(access, missing)}. {_instead(missing)}"
    return card(f"{access.name} cannot be {what} here", text)


def _instead(what: Missing) -> str:
    # Nobody is eligible in PIM for what an application grants: the portal could not help.
    assigned = what in {Missing.AUTHORITY, Missing.PROOF}
    return "Ask your administrator." if assigned else "Use aka.ms/pim."


def _already_open(request: Request) -> Card:
    text = f"You asked for it already and it is {request.state} ({request.id})."
    buttons = [Button("Status", Status())]
    if request.state in WITHDRAWABLE:
        buttons.insert(0, Button("Withdraw It", Withdraw(request.id)))
    return card(f"{request.terms.access} is being handled", text, *buttons)


def _naming(verb: str, name: str) -> Deactivate | Withdraw:
    return Deactivate(name) if verb == "deactivate" else Withdraw(RequestId(name))


def _unknown_access(refusal: UnknownAccess) -> Card:
    title, near = f"There is no access called “{refusal.name[:60]}”", refusal.nearest
    wish = refusal.wish
    form = OpenForm(near, wish.duration, *_fitting_words(wish))
    if near:
        return said(title, ("Did you mean ", Code(near), "?"), Button(f"Activate {near}…", form))
    return card(title, "The form shows what you may activate.", Button("Open Form", form))


def _too_soon(activation: Activation) -> Card:
    allowed = Moment(activation.may_end_from)
    line: Line = ("Entra ends nothing in its first five minutes. You can from ", allowed, ".")
    end = Deactivate(activation.access, when_allowed=True)
    return said("Too soon to end it", line, Button("End It As Soon As Allowed", end))


def _nothing_active(refusal: NothingActive) -> Card:
    access, near = refusal.access, refusal.nearest
    if near:
        line: Line = (f"{access} is not active, as far as I know. Did you mean ", Code(near), "?")
        return said("Nothing to end", line, Button(f"Deactivate {near}", Deactivate(near)))
    what = f"{access} is not active" if access else "Nothing is active"
    asked = "" if refusal.sure else f" {ENTRA_IS_AWAY}"
    return card("Nothing to end", f"{what}, as far as I know.{asked}", Button("Status", Status()))


def _nothing_kept(refusal: NothingKept) -> Card:
    title, near = f"There is no access called “{refusal.name[:60]}”", refusal.nearest
    wanted = Recent(refusal.person, near, refusal.since, refusal.state)
    if near:
        line: Line = ("Did you mean ", Code(near), "?")
        return said(title, line, Button(f"Show {near}", wanted))
    return card(title, "Its name is as in the form.", Button("All I May See", wanted))


def _bad_wish(refusal: BadWish) -> Card:
    terms = refusal.terms
    lines: tuple[Line, ...] = tuple((problem(p),) for p in refusal.problems)
    # The form takes only as much as fits: what is more must not be lost with it.
    for found in refusal.problems:
        if isinstance(found, TextTooLong):
            typed = terms.ticket if found.field == "ticket" else terms.reason
            lines += ((f"The {found.field} you typed: ", Said(typed)),)
    return Card(
        f"{terms.access} cannot be activated like this",
        (*lines, ("Nothing was changed.",)),
        buttons=_nearest(terms, refusal),
    )


def _nearest(terms: Terms, refusal: BadWish) -> tuple[Button, ...]:
    """The nearest thing that would work: shorter, longer, or the form with all that was typed."""
    if any(isinstance(p, NotEligible | MayNotAsk) for p in refusal.problems):
        return (Button("What May I Activate?", OpenForm()),)
    fits = _fitting(terms.duration, refusal)
    if fits < SHORTEST:
        return (Button("What May I Activate?", OpenForm()),)
    if len(refusal.problems) == 1 and fits != terms.duration:
        again = Activate(terms.access, fits, ticket=terms.ticket, reason=terms.reason)
        return (Button(f"Activate for {words(fits)}", again),)
    form = OpenForm(terms.access, fits, *_fitting_words(terms))
    return (Button("Complete in the Form", form),)


def _fitting_words(said: Wish | Terms) -> tuple[str, str]:
    """As much of ticket and reason as a form takes (and a button can carry)."""
    return said.ticket[:LONGEST_TICKET], said.reason[:LONGEST_REASON]


def _fitting(asked: timedelta, refusal: BadWish) -> timedelta:
    """The length that comes nearest to what was asked for; under five minutes, none does."""
    fits = asked
    for found in refusal.problems:
        match found:
            case TooLong(max=most):
                fits = min(fits, most)
            case TooShort():
                fits = SHORTEST
            case EligibilityEndsFirst(left=left):
                # A little less, or it would be too long again by the time of the click.
                fits = min(fits, (left - _A_MINUTE) // SHORTEST * SHORTEST)
            case _:
                continue
    return fits


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
        case MayNotAsk():
            return "The access file does not name you among those who may ask for it."
        case EligibilityEndsFirst(left=left):
            return f"Your eligibility in PIM ends in {words(left)}, before this would."
        case StartsInThePast():
            return "That start is in the past."
    assert_never(found)
