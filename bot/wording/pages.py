"""What the web pages of the sign-in say."""

from datetime import datetime

from bot.cards import Code, Fact, Line, Moment, Page, Said
from bot.domain.decision import Verdict
from bot.domain.durations import words
from bot.domain.policy import Terms
from bot.intents import Activate, Again, Deactivate, Intent, Link, OpenForm, Proceed
from bot.wording import sign_ins

_BACK = ("You can close this page and go back to the chat.",)


def confirm(chat_name: str, chat: str, intent: Intent, what: str) -> Page:
    """Before going to Entra: for which chat account this is, and what comes of it."""
    return Page(
        "Sign in for AWS access",
        (
            ("You are about to sign in at Microsoft Entra for this chat account:",),
            ("Go on only if it is yours and you asked for this just now.",),
        ),
        (
            Fact(f"{chat.capitalize()} account", (Said(chat_name),)),
            Fact("What happens next", (Said(what or _purpose(intent)),)),
        ),
        confirm="Confirm and Sign In",
    )


def _purpose(intent: Intent) -> str:
    match intent:
        case Proceed() | Activate() | Again():
            return "Your activation goes on."
        case Deactivate():
            return "Your activation is ended."
        case OpenForm():
            return "You get a message with the form to activate with."
        case Link():
            return "The chat account is linked to your Entra account."
        case _:
            return "What you asked for goes on."


def activation(access: str, length: str) -> str:
    """What the sign-in is for."""
    return f"Your activation of {access} for {length} goes on."


def decision(verdict: Verdict, terms: Terms) -> str:
    """What the sign-in is for."""
    return f"You {verdict} {terms.access} for {words(terms.duration)}, if it still waits for that."


def no_longer() -> str:
    """The request does not wait for this sign-in any more."""
    return "The request no longer waits for this. Its card in the chat says how it stands."


def signed_in(user_name: str, what: str) -> Page:
    """It worked."""
    return Page(
        "Signed in",
        ((what or "What you asked for goes on by itself.",), _BACK),
        (Fact("Entra account", (Said(user_name),)),),
    )


def unknown_link() -> Page:
    """No such link (or one too old to be known)."""
    return _bad("This link is not known", "It may be incomplete or too old. Nothing was changed.")


def unknown_answer() -> Page:
    """Entra's answer to a sign-in that is not under way."""
    return _bad(
        "This sign-in is not known",
        "It was begun anew in another tab or browser, or too long ago. Nothing was changed by "
        "this page: go on there, or open the link from the chat and press Confirm.",
    )


def nothing_waits() -> Page:
    """The request that the link is for was settled, or has gone on, without it."""
    return Page(
        "No sign-in is needed here any more",
        ((no_longer(),), ("Nothing was changed.", " ", *_BACK)),
    )


def stale_link() -> Page:
    """The link's time is over."""
    return _bad(
        "This link has expired",
        "A sign-in link works for a while only, and its time is over. Nothing was changed: ask "
        "again in the chat.",
    )


def chat_gone() -> Page:
    """The link came from a chat that the bot is in no longer."""
    return _bad(
        "I am not in that chat any more",
        "So nobody can sign in for it. Nothing was changed: ask again in the chat where I am.",
    )


def used_link() -> Page:
    """The link has done its work."""
    return _bad(
        "This link was used already",
        "Somebody signed in with it, and the request went on. Look in the chat for the outcome.",
    )


def other_browser() -> Page:
    """The answer of Entra came to another browser than the one Confirm was pressed in."""
    return _bad(
        "This is another browser",
        "The sign-in was begun elsewhere, or too long ago. Nothing was changed: open the link from "
        "the chat in this browser and press Confirm.",
    )


def other_person(user_name: str, chat_name: str) -> Page:
    """The Entra account is not the chat account's."""
    return Page(
        "These accounts do not belong together",
        (
            (
                "You signed in as ",
                Said(user_name),
                ", but the chat account is ",
                Said(chat_name),
                ".",
            ),
            ("The directory does not say that they are one person. Nothing was changed.",),
            ("If somebody sent you this link, close the page and tell your security team.",),
        ),
        fine=False,
    )


def not_a_member() -> Page:
    """The Entra or the chat account may not use the bot."""
    return _bad(
        "Not for this account",
        "The account is disabled, a guest's, or not a member of the workspace. Nothing was changed.",
    )


def locked() -> Page:
    """The person may do nothing here."""
    return _bad(
        "You are locked out of this bot",
        "An admin of this bot locked you out. Nothing was changed. Ask the bot's admins.",
    )


def refused(code: str, until: datetime | None = None) -> Page:
    """Entra refused the sign-in; `until`: how long the link waits for an administrator."""
    told = sign_ins.told(code)
    again: Line = ("Nothing was changed: open the link from the chat to try again.",)
    if until is not None:
        again = (
            "Nothing was changed. What you asked for waits until ",
            Moment(until, date=True),
            ": once that is done, open the same link again.",
        )
    return Page(told.title, ((told.text,), again), (Fact("Code", (Code(code),)),), fine=False)


def not_answering(system: str) -> Page:
    """A system did not answer."""
    return _bad(
        f"{system} does not answer",
        "So the sign-in could not be checked. Nothing was changed: please open the link again soon.",
    )


def _bad(title: str, text: str) -> Page:
    return Page(title, ((text,),), fine=False)
