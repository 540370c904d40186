"""What a channel reads of a request: who, what and when, calling nobody.

Nobody may come back to a notice (the channel may be gone, or not be named any more), so each
says only what stays true: what happened, and when. Its state, which nobody reads, is of when it
was last brought up to date.
"""

from typing import assert_never

from bot.cards import Card, Line, Moment, Said
from bot.domain.activation import Activation
from bot.domain.request import Request, State
from bot.wording.beside import how_it_ended
from bot.wording.parts import request_fact, terms_facts

_NEWS = frozenset({State.AWAITING_APPROVAL, State.SCHEDULED, State.GRANTED, State.DENIED})


def is_news(request: Request) -> bool:
    """Whether a channel is told of it at all; what came to nothing earlier is nobody's concern."""
    return request.state in _NEWS


def notice_card(request: Request, activation: Activation | None, name: str) -> Card:
    """The request as a channel is told of it. `name`: what its person is called."""
    what, lines = _told(request, activation)
    return Card(
        f"{request.terms.access}: {what}",
        ((Said(name), " asked for it at ", Moment(request.asked_at, date=True), "."), *lines),
        (*terms_facts(request.terms, counted_from=""), request_fact(request)),
        state=request.state,
    )


def _told(request: Request, activation: Activation | None) -> tuple[str, tuple[Line, ...]]:
    if request.why in {"unconfirmed", "unsettled"}:
        return "not confirmed", (("Entra never confirmed it, so the bot does not know.",),)
    match request.state:
        case State.GRANTED:
            return _granted(activation)
        case State.DENIED:
            where = "" if request.decided_here else " in Entra"
            return "denied", ((f"It was denied{where}.",),)
        case State.WITHDRAWN:
            return "withdrawn", (("It was taken back.",),)
        case State.LAPSED:
            late = "confirmed" if request.why == "not_confirmed" else "decided"
            return "lapsed", ((f"It was not {late} in time.",),)
        case State.REFUSED | State.FAILED:
            return "came to nothing", (("Entra did not activate it for this request.",),)
        case (
            State.AWAITING_SIGN_IN
            | State.AWAITING_APPROVAL
            | State.AWAITING_CONFIRMATION
            | State.SCHEDULED
            | State.ACTIVATING
            | State.UNKNOWN
        ):
            return "asked for", ()
    assert_never(request.state)


def _granted(activation: Activation | None) -> tuple[str, tuple[Line, ...]]:
    if activation is None:
        return "granted", (("Entra granted it.",),)
    began: Line = (
        *("Entra activated it at ", Moment(activation.started_at, date=True)),
        *(", until ", Moment(activation.ends_at, date=True), " at the latest."),
    )
    if activation.active:
        return "activated", (began,)
    return "ended", (began, how_it_ended(activation, mine=False))
