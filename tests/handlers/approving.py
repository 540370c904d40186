"""What approvers do with their cards."""

from dataclasses import replace
from typing import Any

from bot.cards import Card
from bot.domain.access import Access, Assurance, Authority, Principal
from bot.domain.ids import ChatAccount, PersonId
from bot.intents import AskReason, Decide, encode
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, AUDREY, BEN
from tests.handlers.harness import Bot
from tests.handlers.words import everything as all_of

ASK = "activate prod-admin 1h INC-42 deploy"
ASK_DUAL = "activate prod-dual-control 30m INC-42 rotate the keys"


def people(*who: PersonId) -> tuple[Principal, ...]:
    return tuple(Principal("user", person.oid) for person in who)


DUAL_ACCESS = Access(
    "prod-dual-control",
    cast.DUAL,
    Authority.APPLICATION,
    max=cast.HOUR,
    members=people(ANN, BEN),
    approvers=people(ADA, AUDREY, BEN, ANN),
    approvals_required=2,
)
DUAL_CONTROL = replace(
    cast.CATALOG,
    accesses=(
        *(a for a in cast.CATALOG.accesses if a.group != cast.DUAL),
        DUAL_ACCESS,
    ),
)


def changed(bot: Bot, **access: Any) -> None:
    """The access file says something else of dual control from now on."""
    others = [a for a in DUAL_CONTROL.accesses if a.group != cast.DUAL]
    accesses = (*others, replace(DUAL_ACCESS, **access))
    bot.world.policy.replace(replace(DUAL_CONTROL, accesses=accesses))


def asks_for(bot: Bot, assurance: Assurance) -> None:
    """The access file asks for so much of whoever wants prod-admin, or decides about it."""
    named = bot.world.policy.catalog or cast.CATALOG
    accesses = tuple(
        replace(a, assurance=assurance) if a.group in {cast.PROD, cast.DUAL} else a
        for a in named.accesses
    )
    bot.world.policy.replace(replace(named, accesses=accesses))


def everything(shown: list[Card]) -> str:
    return "\n".join(map(all_of, shown))


def card(bot: Bot, who: ChatAccount) -> Card:
    """The card somebody decides by: the first message that they were sent."""
    return bot.posts(who)[0].card


def button(shown: Card, label: str) -> Decide | AskReason:
    [found] = [b.intent for b in shown.buttons if b.label == label]
    assert isinstance(found, Decide | AskReason)
    return found


async def approves(bot: Bot, who: ChatAccount = ADAS) -> None:
    await bot.presses(who, button(card(bot, who), "Approve"))


async def denies(bot: Bot, who: ChatAccount = ADAS, reason: str = "not today") -> None:
    asked = button(card(bot, who), "Deny…")
    arrival = bot.arrival(who)
    assert await bot.desk.submitted(arrival, encode(asked), {"reason": reason}) is None
    await bot.works()
