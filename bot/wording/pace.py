"""What is said when more comes in than is taken: nothing was noted, and when to try again."""

import math

from bot.cards import Card, Code, Line, Said

_CROWDED = (
    "Too much is being asked at this moment, so I did not note that down. Nothing was changed."
)


def too_fast(seconds: float, typed: str) -> Card:
    """One person asks for more than the bot takes from one; what they typed is there to copy."""
    return _card("That was too much at once", _too_fast(seconds), typed)


def too_fast_form(seconds: float) -> str:
    """The same at a form, which stays open with all that was filled in."""
    return f"{_too_fast(seconds)} What you filled in stays here."


def crowded(typed: str) -> Card:
    """All together ask for more than can be noted in time."""
    return _card("Please ask me again", f"{_CROWDED} Try again in some seconds.", typed)


def crowded_form() -> str:
    """The same at a form."""
    return f"{_CROWDED} What you filled in stays here: send it again in some seconds."


def _card(title: str, why: str, typed: str) -> Card:
    lines: tuple[Line, ...] = ((why,),)
    if typed:
        lines += (("You typed: ", Code("/aws-access"), " ", Said(typed)),)
    return Card(title, lines)


def _too_fast(seconds: float) -> str:
    wait = math.ceil(seconds)
    later = "in a second" if wait <= 1 else f"in {wait} seconds"
    return (
        "I take no more than one command a second from one person. "
        f"I did not note this one, and nothing was changed. Try again {later}."
    )
