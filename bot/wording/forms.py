"""The form to activate with: only what the person may activate, with its real maximum and fields."""

from datetime import timedelta
from typing import assert_never

from bot.cards import Entry, Form, Option, Pick
from bot.domain.access import Access
from bot.domain.aws import NOTHING, Already
from bot.domain.durations import words
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    EligibilityEndsFirst,
    MayNotAsk,
    NotEligible,
    PimRules,
    Problem,
    ReasonMissing,
    StartsInThePast,
    TextTooLong,
    TicketMissing,
    TooLong,
    TooShort,
    longest,
    usual,
)
from bot.intents import OpenForm
from bot.wording.openings import already_lines

ACTIVATE = "activate"
TITLE = "Activate AWS access"
ACCESS, LENGTH, TICKET, REASON = "access", "length", "ticket", "reason"


def activate_form(
    filled: OpenForm,
    access: Access | None = None,
    rules: PimRules | None = None,
    already: Already = NOTHING,
) -> Form:
    """The form with what was said so far; with an access and its rules, what those require."""
    chosen = option(access) if access else None
    pick = Pick(ACCESS, "Access", chosen=chosen, reloads=True, hint="Only what you may activate")
    if access is None or rules is None:
        return Form(ACTIVATE, TITLE, "Activate", (pick,))
    return Form(
        ACTIVATE,
        TITLE,
        "Activate",
        (pick, _length(filled.duration, access, rules), *_words(filled, rules)),
        already_lines(already, access.name),
    )


def _length(asked: timedelta | None, access: Access, rules: PimRules) -> Entry:
    most = longest(access, rules)
    hint = f"Such as 45m, 2h or 1h30m; at most {words(most)}." if most else "Such as 45m or 2h."
    text = words(asked or usual(access, rules))
    return Entry(LENGTH, "How long", text, required=True, hint=hint, longest=20)


def _words(filled: OpenForm, rules: PimRules) -> tuple[Entry, Entry]:
    return (
        Entry(
            TICKET,
            "Ticket",
            filled.ticket,
            required=rules.ticket_required,
            hint="Such as INC-42",
            longest=LONGEST_TICKET,
        ),
        Entry(
            REASON,
            "Reason",
            filled.reason,
            required=rules.reason_required,
            multiline=True,
            longest=LONGEST_REASON,
        ),
    )


def loading_form(title: str = TITLE) -> Form:
    """What stands there while Entra is asked."""
    return closed_form("One moment: asking Entra…", title)


def closed_form(text: str, title: str = TITLE) -> Form:
    """A form that cannot be filled in, and why."""
    return Form(ACTIVATE, title, "", lines=((text,),))


def nothing_to_choose() -> str:
    """Why there is no form for somebody who is eligible for nothing."""
    return "You are not eligible for anything here in PIM. Ask your administrator."


def cannot_ask_entra() -> str:
    """Why there is no form while Entra does not answer."""
    return "Entra does not answer, so I cannot tell what you may activate. Please try again soon."


def unreadable_length() -> str:
    """What was typed is no length of time."""
    return "I cannot read that. Say 45m, 2h or 1h30m."


def not_taken() -> str:
    """The form could not be written down."""
    return "I could not note this down just now. Please press the button again in a minute."


def not_offered(name: str) -> str:
    """What was chosen is not, or no longer, to be had here."""
    return f"{name} cannot be activated here. Choose another access."


def choose_first() -> str:
    """No access was chosen."""
    return "Choose an access."


def option(access: Access) -> Option:
    """An access as a choice."""
    return Option(access.name, access.name)


def field_of(problem: Problem) -> str:
    """The form's field a problem belongs to."""
    match problem:
        case TooLong() | TooShort() | EligibilityEndsFirst() | StartsInThePast():
            return LENGTH
        case ReasonMissing():
            return REASON
        case TicketMissing():
            return TICKET
        case TextTooLong(field=field):
            return TICKET if field == "ticket" else REASON
        case NotEligible() | MayNotAsk():
            return ACCESS
    assert_never(problem)
