"""What nobody asked for here is told of once, within a round; what is ours never is."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import Card
from bot.domain.audit import What
from bot.domain.ids import Channel, Chat, GroupId, PersonId
from bot.domain.policy import Terms
from bot.messaging import To, UnreachableError
from bot.ports import Held, IntegrationError
from handlers import orphans
from tests.fakes.pim import FakePim
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, BEN, DEV, HOUR, PROD
from tests.handlers.harness import LOST, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
OPS, PARTNERS = Channel(Chat.SLACK, "C-OPS"), Channel(Chat.SLACK, "C-PARTNERS")
DOWN = IntegrationError("Microsoft Graph", "HTTP 503")


@pytest.fixture
async def watched(bot: Bot) -> Bot:
    """A bot that looks, with an admin who can be written to."""
    await bot.links(ADA, ANN)
    await orphans.begin(bot.world)
    return bot


async def assigned(bot: Bot, person: PersonId = BEN, group: GroupId = DEV) -> None:
    """An administrator, or a thief of the grantor's credential, assigns it."""
    terms = Terms("", group, HOUR, "beside the bot", "")
    await FakePim.assign(bot.pim, person, terms, f"none of ours, at {bot.clock.now()}")


def told(bot: Bot) -> list[Card]:
    return [m.card for m in bot.chat.messages if "not asked for through me" in m.card.title]


async def found(bot: Bot) -> int:
    return (await bot.record()).count(What.ORPHAN)


async def test_what_was_activated_in_the_portal_is_told_of_and_followed(watched: Bot) -> None:
    await watched.activates_in_the_portal(person=BEN)

    await watched.waits(minutes=6)

    [card] = told(watched)
    assert card.title == "dev-poweruser: not asked for through me"
    assert "It was activated for Ben at" in text(card.lines)
    assert "audit history there says who did it" in text(card.lines)
    assert (await watched.activation(BEN)).request is None
    assert (await watched.record()).count(What.ADOPTED) == await found(watched) == 1


async def test_what_was_assigned_is_told_of(watched: Bot) -> None:
    await assigned(watched)

    await watched.waits(minutes=6)

    [card] = told(watched)
    assert "It was assigned for Ben at" in text(card.lines)
    assert await found(watched) == 1


async def test_it_is_told_of_once(watched: Bot) -> None:
    await watched.activates_in_the_portal(person=BEN)
    await assigned(watched, ANN)

    for _ in range(4):
        await watched.waits(minutes=6)
    await watched.restarts()
    await watched.waits(minutes=6)

    assert len(told(watched)) == await found(watched) == 2


async def test_the_next_one_of_the_same_person_is_another(watched: Bot) -> None:
    await assigned(watched)
    await watched.waits(minutes=70)

    await assigned(watched)
    await watched.waits(minutes=6)

    assert len(told(watched)) == 2


async def test_what_was_asked_for_here_is_none(watched: Bot) -> None:
    await watched.says(ANNS, LINE)

    await watched.waits(minutes=6)

    assert told(watched) == []
    assert await found(watched) == 0


async def test_nor_what_was_asked_for_and_is_not_known_to_be_done(watched: Bot) -> None:
    watched.pim.failures.append(LOST)
    watched.pim.lag = timedelta(hours=1)
    await watched.says(ANNS, LINE)

    await watched.waits(minutes=6)

    assert await found(watched) == 0


@pytest.mark.parametrize("activated", [True, False])
async def test_nor_what_has_ended_and_is_listed_still(watched: Bot, *, activated: bool) -> None:
    await watched.says(ANNS, LINE)
    await watched.waits(minutes=7)
    await watched.says(ANNS, "deactivate")
    await watched.works()
    async with watched.world.store.begin() as tx:
        [over] = await tx.ended_since(ANN, watched.clock.now() - HOUR)
    ghost = Held(DEV, over.started_at, over.ends_at, activated, ANN.oid)
    watched.pim.ghosts.append(ghost)

    await watched.waits(minutes=4)

    assert await found(watched) == 0


async def test_what_is_meant_to_stand_is_the_doctors_concern(watched: Bot) -> None:
    now = watched.clock.now()
    old = Held(DEV, now - timedelta(days=9), None, activated=False, oid=BEN.oid)
    endless = replace(old, starts_at=None)
    new = replace(old, starts_at=now - HOUR, oid=ANN.oid)
    watched.pim.ghosts += [old, endless, new]

    await watched.waits(minutes=6)

    [card] = told(watched)
    assert "for good in Entra itself" in text(card.lines)
    assert "Ann" in text(card.lines)


async def test_one_without_a_beginning_is_told_of_by_its_end(watched: Bot) -> None:
    ends = watched.clock.now() + HOUR
    watched.pim.ghosts.append(Held(DEV, None, ends, activated=False, oid="nobody-we-know"))

    await watched.waits(minutes=6)

    [card] = told(watched)
    assert "It was assigned for nobody-we-know until" in text(card.lines)


@pytest.mark.parametrize(
    ("channels", "reached"),
    [
        ({OPS: False, PARTNERS: False}, {OPS, PARTNERS}),
        ({OPS: False, PARTNERS: True}, {OPS}),
        ({OPS: False}, {OPS}),
        ({OPS: True, PARTNERS: True}, {ADAS}),
        ({}, {ADAS}),
    ],
)
async def test_the_channels_of_the_access_are_told_or_else_the_admins(
    watched: Bot, channels: dict[Channel, bool], reached: set[To]
) -> None:
    """Not those that are shared with outsiders, nor those that are gone."""
    loud = [
        replace(a, notify=("slack:C-OPS", "slack:C-PARTNERS")) if a.group == DEV else a
        for a in cast.CATALOG.accesses
    ]
    watched.world.policy.replace(replace(cast.CATALOG, accesses=tuple(loud)))
    watched.chat.channels = channels
    await assigned(watched)

    await watched.waits(minutes=6)

    cards = told(watched)
    assert {m.account for m in watched.chat.messages if m.card in cards} == reached
    assert len(cards) == len(reached)


async def test_a_group_that_cannot_be_read_hides_no_other(watched: Bot) -> None:
    await assigned(watched, group=PROD)
    holders = watched.pim.holders

    async def some(group: GroupId) -> tuple[Held, ...]:
        if group == DEV:
            raise DOWN
        return await holders(group)

    watched.pim.holders = some  # type: ignore[method-assign]
    await watched.waits(minutes=6)

    assert [card.title for card in told(watched)] == ["prod-admin: not asked for through me"]


async def test_what_could_not_be_looked_at_again_the_next_round_finds(watched: Bot) -> None:
    await watched.activates_in_the_portal(person=BEN)
    held = watched.pim.held

    async def down(_: PersonId) -> tuple[Held, ...]:
        raise DOWN

    watched.pim.held = down  # type: ignore[method-assign, assignment]
    await watched.waits(minutes=6)
    assert await found(watched) == 0

    watched.pim.held = held  # type: ignore[method-assign]
    await watched.waits(minutes=6)

    assert await found(watched) == 1


async def test_without_a_file_a_directory_that_is_away_costs_a_round(bot: Bot) -> None:
    await orphans.begin(bot.world)
    bot.world.policy.replace(None)  # type: ignore[arg-type]
    bot.directory.failure = DOWN
    await bot.waits(minutes=6)
    assert await found(bot) == 0

    bot.directory.failure = None
    bot.world.policy.replace(cast.CATALOG)
    await assigned(bot)
    await bot.waits(minutes=6)

    assert await found(bot) == 1


async def test_nobody_to_tell_is_said_in_the_log(bot: Bot) -> None:
    """And it is in the record all the same."""
    await orphans.begin(bot.world)
    await assigned(bot)

    await bot.waits(minutes=6)

    assert told(bot) == []
    assert await found(bot) == 1


@pytest.mark.parametrize(
    ("failure", "count"),
    [
        (UnreachableError("Slack", "account_inactive"), 0),
        (IntegrationError("Slack", "HTTP 503"), 1),
    ],
)
async def test_a_chat_that_fails_is_tried_again_while_it_may_help(
    watched: Bot, failure: IntegrationError, count: int
) -> None:
    await assigned(watched)
    watched.chat.failures.append(failure)

    await watched.waits(minutes=12)

    assert len(told(watched)) == count
    assert await found(watched) == 1


async def test_an_alert_whose_answer_is_lost_stands_once(watched: Bot) -> None:
    await assigned(watched)
    watched.chat.failures.append(LOST)

    await watched.waits(minutes=12)

    assert len(told(watched)) == 1


async def test_two_who_look_at_once_tell_of_it_once(watched: Bot) -> None:
    """As when a replica is taken for dead in the middle of a round."""
    await assigned(watched)
    one = orphans._Round(watched.world, cast.CATALOG)

    await asyncio.gather(one.go(), one.go())
    await watched.works()

    assert len(told(watched)) == await found(watched) == 1
