"""What was done beside the bot, said: activated, changed or ended in Entra and not from here."""

from typing import assert_never

from bot.cards import Bold, Line, Moment
from bot.domain.activation import Activation, End

ENTRA_IS_AWAY = "Entra did not answer just now: this is what I last knew."


def beside(activation: Activation) -> Line:
    """Where it came from, when it was not asked for here; to follow what is said of it."""
    if activation.request is not None:
        return ()
    return (" It was activated in Entra's portal or by another tool, not here.",)


def changed(activation: Activation) -> tuple[Line, ...]:
    """That Entra holds it at other times than were asked for."""
    if activation.changed_at is None:
        return ()
    return (
        (
            "Its time was changed in Entra, not by me; I noticed at ",
            Moment(activation.changed_at),
            ".",
        ),
    )


def how_it_ended(activation: Activation, *, mine: bool = True) -> Line:
    """How it came to its end, and when that was, or was noticed; `mine`: its person reads it."""
    return (
        _how(activation.end, mine=mine),
        " ",
        Moment(activation.ended_at or activation.ends_at),
        ".",
    )


def gone(activation: Activation) -> Line:
    """One that was just noticed to have ended, among others."""
    return (Bold(activation.access), " has ended. ", *how_it_ended(activation))


def _how(end: End | None, *, mine: bool) -> str:
    match end:
        case End.DEACTIVATED:
            return f"{'You' if mine else 'Its person'} ended it in Entra at"
        case End.REVOKED:
            return "It was revoked at"
        case End.ELSEWHERE:
            return "It was ended in Entra, not by me; I noticed at"
        case End.EXPIRED | None:
            return "Its time was over in Entra at"
    assert_never(end)
