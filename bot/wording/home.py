"""The bot's own tab: what somebody waits for, has, may activate, and what was decided lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.cards import Bold, Button, Card, Code, Home, Item, Line, Moment, Said, Section, Style
from bot.domain.activation import Activation
from bot.domain.aws import Opens, Setup
from bot.domain.durations import words
from bot.domain.policy import PimRules
from bot.domain.request import WITHDRAWABLE, Request, State
from bot.intents import Deactivate, Help, OpenForm, Recent, Withdraw
from bot.wording.answers import Decisions, decision
from bot.wording.beside import ENTRA_IS_AWAY, beside
from bot.wording.forms import nothing_to_choose
from bot.wording.parts import FOOTER, still_needed

TITLE = "Your AWS access"


@dataclass(frozen=True, slots=True)
class Offer:
    """An access that may be activated. `most` and `rules` are None while Entra does not tell them."""

    access: str
    most: timedelta | None = None
    rules: PimRules | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """All that somebody's tab is about.

    `offers` is None while Entra does not say what they may activate; `sure`: it was asked just now
    what is active.
    """

    user_name: str
    waiting: Sequence[Request]
    active: Sequence[tuple[Activation, Opens | None]]
    offers: Sequence[Offer] | None
    decisions: Decisions
    sure: bool = True


def sign_in_url(request: Request) -> str:
    """What stands for the request's sign-in link until the tab is shown: a link is made only then."""
    return f"sign-in:{request.id}"


def home(mine: Mine) -> Home:
    """The tab of somebody who is known."""
    waiting = tuple(_waiting(request) for request in mine.waiting)
    active = tuple(_active(activation, opens) for activation, opens in mine.active)
    if not mine.sure:
        active = (Item((ENTRA_IS_AWAY,)), *active)
    sections = [
        Section("You are waiting for", waiting),
        Section("Active now", active or (Item(("Nothing that I know of is active.",)),)),
        Section("You may activate", _offers(mine), ("There are more: the form has them all.",)),
        Section("Your last decisions", _decisions(mine)),
    ]
    shown = tuple(section for section in sections if section.items)
    return Home(shown, (("You are ", Said(mine.user_name), " in Entra."), *FOOTER))


def as_of(now: datetime) -> Line:
    """When the tab was drawn."""
    return ("Up to date ", Moment(now, date=True), ".")


def not_linked(url: str) -> Home:
    """The tab of somebody who has not signed in yet."""
    line: Line = (
        "I do not know yet who you are in Entra. Sign in once, and this tab shows what you may "
        "activate. The link works for one hour, for you only; open the tab again for a new one.",
    )
    button = Button("Sign In", url=url, style=Style.PRIMARY, spoken="Sign in at Microsoft Entra")
    return Home((Section(TITLE, (Item(line, (button, Button("Help", Help()))),)),), FOOTER)


def not_for_you(refusal: Card) -> Home:
    """The tab of an account that may not use the bot."""
    return Home((Section(refusal.title, (Item(refusal.lines[0]),)),))


def _waiting(request: Request) -> Item:
    access = request.terms.access
    line: Line = (
        Bold(access),
        f" for {words(request.terms.duration)}: {request.state} (",
        Code(request.id),
        "), asked ",
        Moment(request.asked_at, date=True),
        ".",
    )
    buttons = []
    if request.state is State.AWAITING_SIGN_IN:
        url, spoken = sign_in_url(request), f"Sign in to activate {access}"
        buttons.append(Button("Sign In", url=url, style=Style.PRIMARY, spoken=spoken))
    if request.state is State.AWAITING_CONFIRMATION:
        buttons.append(still_needed(request))
    if request.state in WITHDRAWABLE:
        spoken = f"Withdraw the request for {access}"
        buttons.append(Button("Withdraw", Withdraw(request.id), spoken=spoken))
    return Item(line, tuple(buttons))


def _active(activation: Activation, opens: Opens | None) -> Item:
    line: Line = (
        Bold(activation.access),
        " is active in Entra until ",
        Moment(activation.ends_at),
        *_aws(activation, opens),
        ".",
        *beside(activation),
    )
    spoken = f"Deactivate {activation.access}"
    return Item(line, (Button("Deactivate", Deactivate(activation.access), spoken=spoken),))


def _aws(activation: Activation, opens: Opens | None) -> Line:
    if activation.aws_seen_at is not None:
        return ("; AWS has had it since ", Moment(activation.aws_seen_at))
    setup = opens.setup if opens else Setup.UNKNOWN
    match setup:
        case Setup.SCIM if opens and opens.complete:
            return ("; I have not seen it in AWS yet",)
        case Setup.SCIM:
            return ("; I am not connected to AWS, so I cannot look there",)
        case Setup.MANUAL | Setup.SINGLE_ACCOUNT | Setup.SAML:
            return ("; in AWS it is as your administrator assigned it",)
        case Setup.UNKNOWN:
            return ("; I could not find out what it opens in AWS",)
    assert_never(setup)


def _offers(mine: Mine) -> tuple[Item, ...]:
    if mine.offers is None:
        again = Button("Open Form", OpenForm())
        line: Line = (
            "Entra did not say just now what you may activate. Open this tab again soon.",
        )
        return (Item(line, (again,)),)
    if not mine.offers:
        return (Item((nothing_to_choose(),)),)
    taken = {activation.access: "active now" for activation, _ in mine.active}
    taken |= {request.terms.access: str(request.state) for request in mine.waiting}
    return tuple(_offer(offer, taken.get(offer.access, "")) for offer in mine.offers)


def _offer(offer: Offer, taken: str) -> Item:
    line: Line = (Bold(offer.access), *_limits(offer))
    if taken:
        return Item((*line, f" ({taken})."))
    form = Button("Activate…", OpenForm(offer.access), spoken=f"Activate {offer.access}…")
    return Item((*line, "."), (form,))


def _limits(offer: Offer) -> Line:
    if offer.rules is None:
        return ()
    asked = {
        "a reason": offer.rules.reason_required,
        "a ticket": offer.rules.ticket_required,
        "an approval": offer.rules.approval_required,
    }
    *others, last = [what for what, required in asked.items() if required] or [""]
    needs = " and ".join(filter(None, [", ".join(others), last]))
    most = f", at most {words(offer.most)}" if offer.most else ""
    return (f"{most}; needs {needs}" if needs else most,)


def _decisions(mine: Mine) -> tuple[Item, ...]:
    lines = [Item(decision(mine.decisions, entry)) for entry in mine.decisions.entries]
    if not lines:
        return ()
    last = lines[-1]
    return (*lines[:-1], Item(last.line, (Button("More Decisions", Recent()),)))
