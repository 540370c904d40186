"""The messages that notify: what opened where, and that it ends soon."""

from typing import assert_never

from bot.cards import Anchor, Bold, Button, Card, Line, Moment, Style
from bot.domain.activation import Activation
from bot.domain.aws import Opens, Setup
from bot.domain.request import Request
from bot.intents import Deactivate, Recheck
from bot.wording.parts import FOOTER, cli_block, opening_lines, request_fact


def ready_card(request: Request, activation: Activation, opens: Opens) -> Card:
    """What we checked, and the links to go in by; after the end, that it is over."""
    if not activation.active:
        return _over(request, activation)
    seen = activation.aws_seen_at is not None
    return Card(
        _title(opens, activation),
        (*_lines(opens, activation), *opening_lines(opens), _until(activation)),
        (request_fact(request),),
        _buttons(opens, activation),
        cli_block(opens),
        FOOTER,
        state=request.state,
        aws_seen=seen,
    )


def _title(opens: Opens, activation: Activation) -> str:
    if activation.aws_seen_at is not None:
        return f"{activation.access}: AWS has your membership"
    return f"{activation.access}: Entra has opened {opens.app}"


def _lines(opens: Opens, activation: Activation) -> tuple[Line, ...]:
    if not opens.complete:
        return _unseen(opens)
    match opens.setup:
        case Setup.SCIM:
            if activation.aws_seen_at is None:
                return (("I have not seen your membership in AWS yet.",),)
            return (
                ("AWS has your membership (", Moment(activation.aws_seen_at), ")."),
                ("The portal can lag up to an hour: if it is not there, sign out and in again.",),
            )
        case Setup.MANUAL:
            found = (
                "AWS access is as your administrator assigned it to you:"
                if opens.openings
                else "AWS access is as your administrator assigned it; I found no assignment of "
                "yours in AWS."
            )
            return ((f"Entra lets you sign in to {opens.app} now. ", found),)
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


def _unseen(opens: Opens) -> tuple[Line, ...]:
    """Identity Center, but nobody has connected me to AWS."""
    what = (
        "Your membership usually reaches AWS in 2 to 10 minutes, at most about 40."
        if opens.setup is Setup.SCIM
        else "AWS access is as your administrator assigned it."
    )
    return ((f"Entra lets you sign in to {opens.app} now. {what}",), (_NOT_CONNECTED,))


_NOT_CONNECTED = "I am not connected to AWS, so I cannot look there."


def _until(activation: Activation) -> Line:
    return ("Entra ends it at ", Moment(activation.ends_at), ".")


def _buttons(opens: Opens, activation: Activation) -> tuple[Button, ...]:
    buttons = []
    if opens.portal:
        portal = Button("AWS Access Portal", url=opens.portal.start_url, style=Style.PRIMARY)
        buttons.append(portal)
    buttons.append(Button("My Apps", url=opens.my_apps))
    if opens.setup is Setup.SCIM and opens.complete:
        buttons.append(Button("Not There Yet?", Recheck(activation.id)))
    buttons.append(Button("Deactivate", Deactivate(activation.access)))
    return tuple(buttons)


def _over(request: Request, activation: Activation) -> Card:
    line = "This has ended. The first card of the request says when, and what it means in AWS."
    fact = request_fact(request)
    return Card(f"{activation.access} has ended", ((line,),), (fact,), state=request.state)


def ending_card(request: Request, activation: Activation) -> Card:
    """It ends soon; afterwards, that it has."""
    if not activation.active:
        return _over(request, activation)
    return Card(
        f"{activation.access} ends soon",
        (
            ("Entra ends it at ", Moment(activation.ends_at), "."),
            ("PIM cannot prolong a running activation: ask again once it has ended.",),
        ),
        (request_fact(request),),
        (Button("Deactivate Now", Deactivate(activation.access)),),
        footer=FOOTER,
        state=request.state,
        aws_seen=activation.aws_seen_at is not None,
    )


def recheck_card(activation: Activation, opens: Opens, *, has_it: bool | None) -> Card:
    """The answer to "Not there yet?"; None: it could not be looked up."""
    if has_it is None:
        return Card("I could not look", ((_why_not_looked(opens),),))
    if has_it:
        where: Line = (": ", Anchor(opens.portal.start_url, "portal")) if opens.portal else ()
        return Card(
            "AWS has your membership",
            (
                ("I looked just now: AWS has it. The portal itself can lag up to an hour.",),
                (Bold("Sign out"), " of the portal and in again", *where, "."),
            ),
            aws_seen=True,
        )
    return Card(
        "AWS does not have it",
        (
            (
                f"I looked just now: AWS does not have your membership of {activation.access}. "
                "It usually arrives 2 to 10 minutes after the activation, at most about 40; "
                "I keep looking and tell you.",
            ),
        ),
    )


def _why_not_looked(opens: Opens) -> str:
    match opens.setup:
        case Setup.SCIM | Setup.MANUAL if not opens.complete:
            return _NOT_CONNECTED
        case Setup.SCIM | Setup.UNKNOWN:
            return "AWS or Entra does not answer just now. Nothing was changed: try again soon."
        case Setup.MANUAL | Setup.SINGLE_ACCOUNT | Setup.SAML:
            return (
                "With this set-up there is no membership in AWS to look for: Entra opens the "
                "sign-in, and AWS access is as your administrator assigned it."
            )
    assert_never(opens.setup)
