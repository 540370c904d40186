"""What is said when something did not work: a system, the database, or the bot itself."""

from bot.cards import Button, Card, Code
from bot.intents import Deactivate, Intent, Lock, Proceed, Unlink
from bot.wording.parts import FOOTER


def not_answering(system: str, intent: Intent, *, refused: bool) -> Card:
    """A system did not answer, or refused the bot; the question can be put again by a click."""
    what = (
        "It refused me: a credential or a permission of mine is missing. Tell your administrator."
        if refused
        else "So I could not check, and did nothing."
    )
    return Card(
        f"{system} {'refuses' if refused else 'does not answer'}",
        ((what, " Nothing was changed."),),
        buttons=(Button("Try Again", intent),),
        footer=FOOTER,
    )


def slow() -> Card:
    """No answer for some seconds: nothing has failed, and nothing has to be done."""
    return Card(
        "This takes longer than usual",
        (("I still have no answer. I go on by myself and answer here: no need to ask again.",),),
    )


def too_late(intent: Intent) -> Card:
    """The bot was away after it had noted something that grants: whoever asked may not need it now."""
    return Card(
        "I was away for over an hour",
        (("Just after you asked. Nothing was done: you may not need it any more.",),),
        buttons=(Button("I Still Need It", intent),),
        footer=FOOTER,
    )


def not_noted(*, surely: bool) -> Card:
    """It could not be written down; what is not written down is not done."""
    text = (
        "So nothing is done about it. Nothing was changed: please try again in a minute."
        if surely
        else "Perhaps it was noted all the same, perhaps not. Say /aws-access status before you "
        "try again."
    )
    return Card("I could not note that down", ((text,),), footer=FOOTER)


def history_lost() -> Card:
    """The database has forgotten what was decided: nothing is done until somebody has looked."""
    return Card(
        "I cannot work at the moment",
        (
            (
                "My database was put back to an earlier state, so I do not know what was decided since.",
            ),
            ("Nothing was done. Tell your administrator: my log says what is missing.",),
        ),
        footer=FOOTER,
    )


def bug(reference: str) -> Card:
    """Something went wrong in the bot itself."""
    return Card(
        "That went wrong",
        (
            ("The fault is mine, not yours.",),
            ("Nothing was done. Tell your administrator the reference ", Code(reference), "."),
        ),
        footer=FOOTER,
    )


def given_up(intent: Intent, reference: str, tries: int) -> Card:
    """What was noted meets the same fault of ours each time: it will not be done by itself."""
    match intent:
        case Proceed():
            changed = (
                "Nothing was activated. Your request is as its own message says: sign in there once "
                "more, withdraw it, or let it lapse."
            )
        case Deactivate():
            changed = (
                "It may have ended all the same: /aws-access status says what is so. I will not try "
                "again by myself."
            )
        case Unlink() | Lock():
            changed = (
                "It may be done in part. Doing it again completes it; /aws-access status says what "
                "is so."
            )
        case _:
            changed = "Nothing was changed, and I will not try again by myself."
    return Card(
        "That went wrong",
        (
            (f"The fault is mine, not yours: I tried {tries} times.",),
            (changed,),
            ("Tell your administrator the reference ", Code(reference), "."),
        ),
        buttons=() if isinstance(intent, Proceed) else (Button("Try Again", intent),),
        footer=FOOTER,
    )
