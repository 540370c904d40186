"""The card that follows a request through its life: posted once, then edited in place."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot.cards import Button, Card, Line, Moment, Style
from bot.domain.activation import Activation
from bot.domain.aws import NOTHING, Already, Opens, Setup
from bot.domain.decision import Decision, Invitation
from bot.domain.receipt import Receipt
from bot.domain.request import ON_PAGE, STALE, Request, State
from bot.domain.sign_in import NEEDS_ADMIN, NO_TOKEN, NOT_FRESH, STRONGER, UNSEEN
from bot.intents import Again, Withdraw
from bot.wording import sign_ins
from bot.wording.asked import asked
from bot.wording.beside import changed, how_it_ended
from bot.wording.decided import decided
from bot.wording.gaps import gap_lines, provisioning_is_late
from bot.wording.openings import already_lines
from bot.wording.parts import (
    deactivate,
    footer_of,
    look_again,
    request_fact,
    standing,
    still_needed,
    terms_facts,
    usual_wait,
)
from bot.wording.pim import sentence
from bot.wording.receipts import with_receipt
from bot.wording.residue import residue


@dataclass(frozen=True, slots=True)
class View:
    """A request with all that its messages speak of.

    `late`: AWS has not got the membership although provisioning should have brought it by now.
    """

    request: Request
    activation: Activation | None = None
    opens: Opens | None = None
    sign_in_url: str = ""
    eligible_until: datetime | None = None
    """When the person's eligibility ends, if that is soon."""
    already: Already = NOTHING
    late: bool = False
    invited: tuple[Invitation, ...] = ()
    decision: Decision | None = None
    """The one that decides it, where somebody decided in the chat."""
    votes: tuple[Decision, ...] = ()
    """The yeses that count, where the bot runs the approval; it takes `required` of them."""
    required: int = 1
    in_channel: bool = False
    """Its approval is asked for in a channel."""
    confirms: bool = False
    """It takes a fresh sign-in to ask for it."""
    receipt: Receipt | None = None


def request_card(view: View) -> Card:
    """The request as it stands."""
    return with_receipt(_card(view), view.receipt)


def _card(view: View) -> Card:  # noqa: C901  a case each
    request = view.request
    match request.state:
        case State.AWAITING_SIGN_IN:
            return _sign_in(view)
        case State.ACTIVATING:
            return _plain(view, f"Activating {request.terms.access}", _activating(request))
        case State.AWAITING_APPROVAL:
            return _approval(view)
        case State.AWAITING_CONFIRMATION:
            return _still(view)
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
    later = request.why and not request.why.startswith(ON_PAGE)
    return request.state is State.AWAITING_SIGN_IN and bool(later)


def sign_in_card(view: View) -> Card:
    """The message that asks for the sign-in that became necessary; afterwards, that it is done."""
    return _asks(view, "no sign-in", still=needs_sign_in_again(view.request))


def still_card(view: View) -> Card:
    """The message that asks whether it is still needed; afterwards, that no answer is."""
    return _asks(view, "no answer", still=view.request.state is State.AWAITING_CONFIRMATION)


def _asks(view: View, nothing: str, *, still: bool) -> Card:
    """A message that asks for something only as long as that is so."""
    if still:
        return request_card(view)
    title = f"{view.request.terms.access}: {nothing} is needed now"
    lines: tuple[Line, ...] = (("The first card of this request shows how it stands.",),)
    return Card(title, lines, (request_fact(view.request),), state=view.request.state)


def posted_twice() -> Card:
    """What a copy of a message says that cannot be taken away: nothing that can become false."""
    line = (
        "This was posted twice, because it was not confirmed to me the first time. The other "
        "message shows how it stands; this one is not kept up to date."
    )
    return Card("Ignore this copy", ((line,),))


def _plain(
    view: View, title: str, lines: tuple[Line, ...], buttons: tuple[Button, ...] = ()
) -> Card:
    request = view.request
    return Card(
        title,
        lines,
        (*terms_facts(request.terms, counted_from=_counted_from(request)), request_fact(request)),
        buttons,
        footer=footer_of(request),
        state=request.state,
    )


def _counted_from(request: Request) -> str:
    match request.state:
        case State.AWAITING_APPROVAL:
            return "from approval"
        case State.AWAITING_CONFIRMATION:
            return "from your answer"
        case _:
            return ""


def _withdraw(request: Request) -> tuple[Button, ...]:
    spoken = f"Withdraw the request for {request.terms.access}"
    return (Button("Withdraw", Withdraw(request.id), spoken=spoken),)


def _sign_in(view: View) -> Card:
    request = view.request
    code = request.why.removeprefix(ON_PAGE)
    goes_on = " Once that is done, sign in here and I" if code in NEEDS_ADMIN else " Afterwards I"
    lines: tuple[Line, ...] = (
        *_already(view),
        (_why_sign_in(view, code), f"{goes_on} carry on by myself."),
        ("This waits until ", Moment(request.expires_at, date=True), ", then it lapses."),
    )
    spoken = f"Sign in to activate {request.terms.access}"
    sign_in = Button("Sign In", url=view.sign_in_url, style=Style.PRIMARY, spoken=spoken)
    buttons = (sign_in, *_withdraw(request))
    return _plain(view, f"Sign in to activate {request.terms.access}", lines, buttons)


def fresh_to_ask(request: Request) -> str:
    """Why asking needs a sign-in although the bot holds one."""
    return (
        f"Asking for {request.terms.access} takes a sign-in at Entra from the last five minutes, each "
        "time. Until you sign in nothing comes of it."
    )


def _why_sign_in(view: View, code: str) -> str:
    request = view.request
    if view.confirms and not request.tried_at and code in {"", NOT_FRESH}:
        stale = f"{sign_ins.told(code).text} " if code else ""
        return stale + fresh_to_ask(request)
    if request.decided_here:
        return (
            "I have to know who you are in Entra before I ask those who decide it. Until you sign in "
            "I ask nobody."
        )
    if request.tried_at and (not request.claims or code == UNSEEN):
        return (
            "I asked Entra, got no answer, and find no activation there so far. To look at what is "
            "pending and to finish it I need your sign-in."
        )
    if code == STRONGER and request.claims:
        return "Entra refused it until you sign in more strongly (it asks for more proof)."
    if code and not (code == NO_TOKEN and request.claims):
        return f"{sign_ins.told(code).text} Until you sign in I ask Entra for nothing."
    if request.claims:
        return (
            "Entra activates this for you, as you, and asks for more proof than usual, such as a "
            "second factor. Until you sign in I ask it for nothing."
        )
    # Said so that it stays true while the card is out of date: Entra may have it by then.
    return "Entra activates this for you, as you, so it needs your sign-in. Until then I ask it for nothing."


def _already(view: View) -> tuple[Line, ...]:
    return already_lines(view.already, view.request.terms.access)


def _activating(request: Request) -> tuple[Line, ...]:
    if request.why:
        return ((sentence(request.why),),)
    if request.pim:
        return (("Entra has accepted it and is putting it in force.",),)
    return (("I am asking Entra. This card will say what it answers.",),)


def _approval(view: View) -> Card:
    request = view.request
    access = request.terms.access
    if request.decided_here:
        return _plain(view, f"{access} waits for approval", _put_to_vote(view), _withdraw(request))
    if view.decision is not None:
        lines: tuple[Line, ...] = ((*decided(view.decision), " I am telling Entra."),)
        return _plain(view, f"{access}: being decided", lines, ())
    lines = (
        *_already(view),
        *asked(view.request, view.invited, in_channel=view.in_channel),
        ("If nobody decides by ", Moment(request.expires_at, date=True), ", PIM lets it lapse."),
    )
    return _plain(view, f"{access} waits for approval", lines, _withdraw(request))


def _put_to_vote(view: View) -> tuple[Line, ...]:
    until: Line = (
        *("If it is not decided by ", Moment(view.request.expires_at, date=True)),
        ", it lapses and nothing is activated.",
    )
    needed = standing(view.votes, view.required)
    return (
        *(decided(vote) for vote in view.votes),
        (needed,),
        *asked(view.request, view.invited, in_channel=view.in_channel),
        until,
    )


def _still(view: View) -> Card:
    """Approved so much later that it may not be needed any more: nothing happens without a yes."""
    request = view.request
    lines: tuple[Line, ...] = (
        *(decided(vote) for vote in view.votes),
        (
            *("You asked for it at ", Moment(request.asked_at, date=True), ". "),
            "Nothing is activated until you say that you still need it.",
        ),
        ("I wait until ", Moment(request.expires_at, date=True), ", then it lapses."),
    )
    title = f"Do you still need {request.terms.access}?"
    return _plain(view, title, lines, (still_needed(request), *_withdraw(request)))


def _granted(view: View) -> Card:
    activation = view.activation
    access = view.request.terms.access
    if activation is None:
        return _plain(view, f"{access}: granted", (("Entra granted it.",),))
    if not activation.active:
        return _over(view, activation)
    lines: tuple[Line, ...] = (
        *(decided(one) for one in (*view.votes, view.decision) if one),
        ("Active in Entra until ", Moment(activation.ends_at), "."),
        *changed(activation),
        *_late(view.request, activation),
        *_already(view),
        *_aws_now(view, activation),
        *_eligible_until(view),
    )
    on_its_way = view.opens and view.opens.setup is Setup.SCIM and not activation.aws_seen_at
    look = (look_again(activation),) if on_its_way else ()
    card = _plain(view, f"{access} is active", lines, (*look, deactivate(access)))
    return _with_aws(card, activation)


def _late(request: Request, activation: Activation) -> tuple[Line, ...]:
    """PIM activates the moment it is approved, so it can only be asked afterwards."""
    begins = request.terms.starts_at or request.asked_at
    if request.decided_here or activation.started_at - begins <= STALE:
        return ()
    return (("That was long after you asked: if you no longer need it, press Deactivate.",),)


def _eligible_until(view: View) -> tuple[Line, ...]:
    if view.eligible_until is None:
        return ()
    return (
        (
            "Your eligibility for it in PIM ends at ",
            Moment(view.eligible_until, date=True),
            ". If you need it longer, ask your administrator before.",
        ),
    )


def _aws_now(view: View, activation: Activation) -> tuple[Line, ...]:
    if activation.aws_seen_at:
        return (("AWS has your membership (", Moment(activation.aws_seen_at), ")."),)
    opens = view.opens
    setup = opens.setup if opens else Setup.UNKNOWN
    match setup:
        case Setup.SCIM if opens and not opens.complete:
            return ()
        case Setup.SCIM:
            return (_not_yet(view, activation), *(gap_lines(opens) if opens else ()))
        case Setup.MANUAL | Setup.SINGLE_ACCOUNT | Setup.SAML:
            return ()
        case Setup.UNKNOWN if opens and opens.gap:
            return gap_lines(opens)
        case Setup.UNKNOWN:
            return (("I could not find out yet what it opens in AWS.",),)
    assert_never(setup)


def _not_yet(view: View, activation: Activation) -> Line:
    if view.late and view.opens:
        return ("I have not seen it in AWS. ", provisioning_is_late(view.opens.app))
    return (
        f"I have not seen it in AWS yet: that usually takes {usual_wait(activation)}. I tell you "
        "when AWS has it.",
    )


def _over(view: View, activation: Activation) -> Card:
    access = view.request.terms.access
    lines: tuple[Line, ...] = (
        how_it_ended(activation),
        *residue(view.opens, activation, view.already),
    )
    card = _plain(view, f"{access} has ended", lines, (_ask_again(view.request),))
    return _with_aws(card, activation)


def _ended(view: View) -> Card:
    request = view.request
    access = request.terms.access
    match request.state:
        case State.WITHDRAWN:
            title, text = f"{access}: withdrawn", withdrawn_why(request)
        case State.LAPSED:
            title, text = f"{access}: lapsed", sentence(request.why)
        case State.DENIED:
            return _denied(view)
        case State.REFUSED:
            title, text = f"{access} was not activated", sentence(request.why)
        case _:
            title, text = f"{access} could not be activated", sentence(request.why)
    return _plain(view, title, ((text,),), (_ask_again(request),))


def _denied(view: View) -> Card:
    request = view.request
    by: Line = decided(view.decision) if view.decision else (sentence(request.why),)
    lines: tuple[Line, ...] = (by, ("Nothing was activated.",)) if view.decision else (by,)
    return _plain(view, f"{request.terms.access}: denied", lines, (_ask_again(request),))


def withdrawn_why(request: Request) -> str:
    """How it came to be withdrawn: by its asker, unless Entra said otherwise."""
    return sentence(request.why) if request.why else "You took it back. Nothing was activated."


def _ask_again(request: Request) -> Button:
    spoken = f"Ask again for {request.terms.access}, with a fresh reason"
    return Button("Ask Again", Again(request.id), spoken=spoken)


def _with_aws(card: Card, activation: Activation) -> Card:
    seen = activation.aws_seen_at is not None and activation.active
    return replace(card, aws_seen=seen)
