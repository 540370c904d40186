"""The messages that notify: what opened where, and that it ends soon."""

from typing import assert_never

from bot.cards import Button, Card, Line, Moment, Style
from bot.domain.activation import Activation
from bot.domain.aws import Opens, Setup
from bot.domain.request import Request
from bot.wording.beside import changed
from bot.wording.gaps import gap_lines
from bot.wording.openings import cli_block, opening_lines, own_lines
from bot.wording.parts import deactivate, footer_of, look_again, request_fact, usual_wait


def ready_card(request: Request, activation: Activation, opens: Opens) -> Card:
    """What we checked, and the links to go in by; after the end, that it is over."""
    if not activation.active:
        return _over(request, activation)
    seen = activation.aws_seen_at is not None
    return Card(
        _title(opens, activation),
        (
            *_lines(opens, activation),
            *gap_lines(opens),
            *opening_lines(opens),
            *(() if opens.openings else own_lines(opens)),
            _until(activation),
        ),
        (request_fact(request),),
        _buttons(opens, activation),
        cli_block(opens),
        footer_of(request),
        state=request.state,
        aws_seen=seen,
    )


def _title(opens: Opens, activation: Activation) -> str:
    if activation.aws_seen_at is not None:
        return f"{activation.access}: AWS has your membership"
    return f"{activation.access}: Entra has opened {opens.app}"


def _lines(opens: Opens, activation: Activation) -> tuple[Line, ...]:
    if not opens.complete:
        return _unseen(opens, activation)
    match opens.setup:
        case Setup.SCIM:
            if activation.aws_seen_at is None:
                return (("I have not seen your membership in AWS yet.",),)
            return (
                ("AWS has your membership (", Moment(activation.aws_seen_at), ")."),
                ("The portal can lag up to an hour: if it is not there, sign out and in again.",),
            )
        case Setup.MANUAL:
            whose = " to you:" if opens.openings else "."
            return (
                (
                    f"Entra lets you sign in to {opens.app} now. AWS access is as your "
                    f"administrator assigned it{whose}",
                ),
            )
        case Setup.SINGLE_ACCOUNT | Setup.SAML:
            return (
                (
                    f"Entra lets you sign in to {opens.app} now. What you can do there is as your "
                    "administrator assigned it; I cannot see that.",
                ),
            )
        case Setup.UNKNOWN:
            return (("I could not find out what it opens.",),)
    assert_never(opens.setup)


def _unseen(opens: Opens, activation: Activation) -> tuple[Line, ...]:
    """Identity Center, but AWS cannot be asked; why is said beside this."""
    what = (
        f"Your membership usually reaches AWS in {usual_wait(activation)}."
        if opens.setup is Setup.SCIM
        else "AWS access is as your administrator assigned it."
    )
    return ((f"Entra lets you sign in to {opens.app} now. {what}",),)


def _until(activation: Activation) -> Line:
    return ("Entra ends it at ", Moment(activation.ends_at), ".")


def _buttons(opens: Opens, activation: Activation) -> tuple[Button, ...]:
    buttons = []
    if opens.portal:
        portal = Button("AWS Access Portal", url=opens.portal.start_url, style=Style.PRIMARY)
        buttons.append(portal)
    buttons.append(Button("My Apps", url=opens.my_apps))
    buttons.append(look_again(activation))
    buttons.append(deactivate(activation.access))
    return tuple(buttons)


def _over(request: Request, activation: Activation) -> Card:
    line = "This has ended. The first card of the request says when, and what it means in AWS."
    fact = request_fact(request)
    return Card(f"{activation.access} has ended", ((line,),), (fact,), state=request.state)


def ending_card(request: Request, activation: Activation, *, soon: bool) -> Card:
    """It ends soon; afterwards, that it has, or that it goes on after all."""
    if not activation.active:
        return _over(request, activation)
    if not soon:
        return Card(
            f"{activation.access} goes on",
            (*changed(activation), _until(activation)),
            (request_fact(request),),
            state=request.state,
        )
    return Card(
        f"{activation.access} ends soon",
        (
            ("Entra ends it at ", Moment(activation.ends_at), "."),
            ("PIM cannot prolong a running activation: ask again once it has ended.",),
        ),
        (request_fact(request),),
        (deactivate(activation.access, "Deactivate Now"),),
        footer=footer_of(request),
        state=request.state,
        aws_seen=activation.aws_seen_at is not None,
    )
