"""The card that follows a request through its life: posted once, then edited in place."""

from dataclasses import dataclass, replace
from typing import assert_never

from bot.cards import Button, Card, Line, Moment, Style
from bot.domain.activation import Activation, End
from bot.domain.aws import Opens, Setup
from bot.domain.request import Request, State
from bot.intents import Deactivate, OpenForm, Withdraw
from bot.wording.parts import FOOTER, request_fact, terms_facts
from bot.wording.pim import sentence
from bot.wording.residue import residue


@dataclass(frozen=True, slots=True)
class View:
    """A request with all that its messages speak of."""

    request: Request
    activation: Activation | None = None
    opens: Opens | None = None
    sign_in_url: str = ""


def request_card(view: View) -> Card:
    """The request as it stands."""
    request = view.request
    match request.state:
        case State.AWAITING_SIGN_IN:
            return _sign_in(view)
        case State.ACTIVATING:
            return _plain(view, f"Activating {request.terms.access}", _activating(request))
        case State.AWAITING_APPROVAL:
            return _approval(view)
        case State.SCHEDULED:
            return _plain(
                view, "Accepted by Entra", (("Entra starts it on time.",),), _withdraw(request)
            )
        case State.GRANTED:
            return _granted(view)
        case State.UNKNOWN:
            title = f"I do not know yet whether {request.terms.access} is active"
            return _plain(view, title, ((sentence(request.why),),))
        case State.REFUSED | State.LAPSED | State.DENIED | State.WITHDRAWN | State.FAILED:
            return _ended(view)
    assert_never(request.state)


def needs_sign_in_again(request: Request) -> bool:
    """Whether a sign-in became necessary after the request had been on its way."""
    return request.state is State.AWAITING_SIGN_IN and bool(request.why)


def sign_in_card(view: View) -> Card:
    """The message that asks for the sign-in that became necessary; afterwards, that it is done."""
    if needs_sign_in_again(view.request):
        return request_card(view)
    title = f"{view.request.terms.access}: no sign-in is needed now"
    lines: tuple[Line, ...] = (("The first card of this request shows how it stands.",),)
    return Card(title, lines, (request_fact(view.request),), state=view.request.state)


def _plain(
    view: View, title: str, lines: tuple[Line, ...], buttons: tuple[Button, ...] = ()
) -> Card:
    request = view.request
    return Card(
        title,
        lines,
        (*terms_facts(request.terms, counted_from=_counted_from(request)), request_fact(request)),
        buttons,
        footer=FOOTER,
        state=request.state,
    )


def _counted_from(request: Request) -> str:
    return "from approval" if request.state is State.AWAITING_APPROVAL else ""


def _withdraw(request: Request) -> tuple[Button, ...]:
    return (Button("Withdraw", Withdraw(request.id)),)


def _sign_in(view: View) -> Card:
    request = view.request
    lines: tuple[Line, ...] = (
        (_why_sign_in(request), " Afterwards I carry on by myself."),
        ("This waits until ", Moment(request.expires_at), ", then it lapses."),
    )
    buttons = (
        Button("Sign In", url=view.sign_in_url, style=Style.PRIMARY),
        Button("Withdraw", Withdraw(request.id)),
    )
    return _plain(view, f"Sign in to activate {request.terms.access}", lines, buttons)


def _why_sign_in(request: Request) -> str:
    if request.tried_at and not request.claims:
        return (
            "I asked Entra, got no answer, and find no activation there so far. To look at what is "
            "pending and to finish it I need your sign-in."
        )
    if request.claims:
        return "Entra refused it until you sign in more strongly (it asks for more proof)."
    # Said so that it stays true while the card is out of date: Entra may have it by then.
    return "Entra activates this for you, as you, so it needs your sign-in. Until then I ask it for nothing."


def _activating(request: Request) -> tuple[Line, ...]:
    if request.why:
        return ((sentence(request.why),),)
    if request.pim:
        return (("Entra has accepted it and is putting it in force.",),)
    return (("I am asking Entra. This card will say what it answers.",),)


def _approval(view: View) -> Card:
    request = view.request
    lines: tuple[Line, ...] = (
        (
            "The approvers named in this group's PIM policy decide in Entra. I look there every "
            "minute and tell you.",
        ),
        ("If nobody decides by ", Moment(request.expires_at, date=True), ", PIM lets it lapse."),
    )
    return _plain(view, f"{request.terms.access} waits for approval", lines, _withdraw(request))


def _granted(view: View) -> Card:
    activation = view.activation
    access = view.request.terms.access
    if activation is None:
        return _plain(view, f"{access}: granted", (("Entra granted it.",),))
    if not activation.active:
        return _over(view, activation)
    lines: tuple[Line, ...] = (
        ("Active in Entra until ", Moment(activation.ends_at), "."),
        *_aws_now(view.opens, activation),
    )
    card = _plain(view, f"{access} is active", lines, (_deactivate(access),))
    return _with_aws(card, activation)


def _aws_now(opens: Opens | None, activation: Activation) -> tuple[Line, ...]:
    if activation.aws_seen_at:
        return (("AWS has your membership (", Moment(activation.aws_seen_at), ")."),)
    setup = opens.setup if opens else Setup.UNKNOWN
    match setup:
        case Setup.SCIM if opens and not opens.complete:
            return ()
        case Setup.SCIM:
            return (
                (
                    "I have not seen it in AWS yet: that usually takes 2 to 10 minutes, at most "
                    "about 40. I tell you when AWS has it.",
                ),
            )
        case Setup.MANUAL | Setup.SINGLE_ACCOUNT | Setup.SAML:
            return ()
        case Setup.UNKNOWN:
            return (("I could not find out yet what it opens in AWS.",),)
    assert_never(setup)


def _over(view: View, activation: Activation) -> Card:
    access, ended = view.request.terms.access, activation.ended_at or activation.ends_at
    lines: tuple[Line, ...] = (
        (_how(activation.end), " ", Moment(ended), "."),
        *residue(view.opens, activation),
    )
    again = Button("Ask Again", _again(view.request))
    return _with_aws(_plain(view, f"{access} has ended", lines, (again,)), activation)


def _how(end: End | None) -> str:
    match end:
        case End.DEACTIVATED:
            return "You ended it in Entra at"
        case End.REVOKED:
            return "It was revoked at"
        case End.ELSEWHERE:
            return "It was ended in Entra, not by me; I noticed at"
        case End.EXPIRED | None:
            return "Its time was over in Entra at"
    assert_never(end)


def _ended(view: View) -> Card:
    request = view.request
    access = request.terms.access
    match request.state:
        case State.WITHDRAWN:
            title, text = f"{access}: withdrawn", withdrawn_why(request)
        case State.LAPSED:
            title, text = f"{access}: lapsed", sentence(request.why)
        case State.DENIED:
            title, text = f"{access}: denied", sentence(request.why)
        case State.REFUSED:
            title, text = f"{access} was not activated", sentence(request.why)
        case _:
            title, text = f"{access} could not be activated", sentence(request.why)
    return _plain(view, title, ((text,),), (Button("Ask Again", _again(request)),))


def withdrawn_why(request: Request) -> str:
    """How it came to be withdrawn: by its asker, unless Entra said otherwise."""
    return sentence(request.why) if request.why else "You took it back. Nothing was activated."


def _again(request: Request) -> OpenForm:
    terms = request.terms
    return OpenForm(terms.access, terms.duration, terms.ticket, terms.reason)


def _deactivate(access: str) -> Button:
    return Button("Deactivate", Deactivate(access))


def _with_aws(card: Card, activation: Activation) -> Card:
    seen = activation.aws_seen_at is not None and activation.active
    return replace(card, aws_seen=seen)
