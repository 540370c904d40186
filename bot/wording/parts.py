"""Pieces that several cards share: the terms as facts, and the small print."""

from collections.abc import Sequence

from bot.cards import Anchor, Button, Code, Fact, Line, Said, Style
from bot.domain.access import Authority
from bot.domain.activation import Activation
from bot.domain.decision import Decision
from bot.domain.durations import words
from bot.domain.policy import Terms
from bot.domain.request import Request
from bot.intents import Confirm, Deactivate, Recheck

PIM_PORTAL = "https://aka.ms/pim"
FOOTER: tuple[Line, ...] = (
    (
        "If I am ever down: ",
        Anchor(PIM_PORTAL, "aka.ms/pim"),
        " → Groups, then My Apps. Entra ends every activation on time without me.",
    ),
)


ASSIGNED_FOOTER: tuple[Line, ...] = (
    (
        "If I am ever down, nobody can grant this until I am back: it is not in aka.ms/pim. Entra "
        "ends everything on time without me.",
    ),
)


def usual_wait(activation: Activation) -> str:
    """How long Entra takes to bring a membership to AWS: at once is promised of activations only.

    https://learn.microsoft.com/entra/id-governance/privileged-identity-management/concept-pim-for-groups
    """
    assigned = activation.authority is Authority.APPLICATION
    return "up to 40 minutes" if assigned else "2 to 10 minutes, at most about 40"


def footer_of(request: Request) -> tuple[Line, ...]:
    """The way round the bot, where there is one."""
    return ASSIGNED_FOOTER if request.decided_here else FOOTER


def terms_facts(terms: Terms, *, counted_from: str) -> tuple[Fact, ...]:
    """What was asked for. `counted_from` says when the length begins to count."""
    facts = [
        Fact("Access", (Code(terms.access),)),
        Fact("Length", (f"{words(terms.duration)} {counted_from}".strip(),)),
    ]
    if terms.ticket:
        facts.append(Fact("Ticket", (Said(terms.ticket),)))
    if terms.reason:
        facts.append(Fact("Reason given", (Said(terms.reason),)))
    return tuple(facts)


def standing(votes: Sequence[Decision], required: int) -> str:
    """How far an approval has come that the bot runs itself."""
    return f"{len(votes)} of {required} needed approvals given."


def still_needed(request: Request) -> Button:
    """The asker's yes to what was approved so much later."""
    spoken = f"Yes, activate {request.terms.access} now"
    return Button("Yes, Activate", Confirm(request.id), style=Style.PRIMARY, spoken=spoken)


def deactivate(access: str, label: str = "Deactivate") -> Button:
    """The button that ends an activation; read aloud it says which."""
    return Button(label, Deactivate(access), spoken=f"Deactivate {access}")


def look_again(activation: Activation) -> Button:
    """The button for who does not find it in AWS."""
    spoken = f"Not there yet? Look again where {activation.access} has arrived"
    return Button("Not There Yet?", Recheck(activation.id), spoken=spoken)


def request_fact(request: Request) -> Fact:
    """The request's id, to name it by."""
    return Fact("Request", (Code(request.id),))
