"""The sweeper: whatever job row was lost, the work it stood for is done all the same."""

import pytest
from sqlalchemy import insert, select

from bot.domain.activation import End
from bot.domain.request import State
from bot.intents import Link
from handlers import sweep as sweeping
from handlers.sign_in_links import mint
from handlers.sweep import sweep
from integrations.database import messages, tables
from integrations.database.columns import real_now
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import LOST, Bot

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"


async def loses_its_work(bot: Bot) -> None:
    """Every job row is gone."""
    async with bot.database.unit() as unit:
        await unit.write(tables.job.delete())


async def test_a_request_whose_job_is_lost_goes_on(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    await loses_its_work(bot)
    bot.pim.decide(bot.asked().id, approve=True)

    await sweep(bot.world)
    await bot.works()

    assert (await bot.request()).state is State.GRANTED


async def test_an_unknown_outcome_is_looked_for_again(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, LINE)
    await loses_its_work(bot)

    await sweep(bot.world)
    await bot.works()

    assert (await bot.request()).state is State.GRANTED
    assert len(bot.pim.posts) == 1


async def test_a_request_that_waits_for_a_sign_in_lapses_all_the_same(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await loses_its_work(bot)

    await sweep(bot.world)
    await bot.waits(minutes=61)

    assert (await bot.request()).state is State.LAPSED


async def test_the_end_of_an_activation_is_looked_at_all_the_same(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    activation = await bot.activation()
    await loses_its_work(bot)

    await sweep(bot.world)
    await bot.waits(minutes=61)

    async with bot.world.store.begin() as tx:
        over = await tx.activation(activation.id)
    assert over is not None
    assert over.end is End.EXPIRED


@pytest.mark.parametrize("line", [LINE, PENDING])
async def test_where_no_work_is_lost_none_is_added(bot: Bot, line: str) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, line)
    before = await bot.jobs.waiting()

    await sweep(bot.world)

    assert await bot.jobs.waiting() == before


async def test_links_that_nobody_needs_any_more_are_forgotten(bot: Bot) -> None:
    url = await mint(bot.world, ANNS, Link())
    secret = url.rpartition("/")[2]
    bot.clock.pass_(hours=24)
    await sweep(bot.world)
    assert (await bot.pages.look(secret)).title == "This link has expired"

    bot.clock.pass_(hours=2)
    await sweep(bot.world)

    assert (await bot.pages.look(secret)).title == "This link is not known"


async def test_old_deliveries_are_forgotten_in_portions_until_none_is_left(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MOST_AT_ONCE", 2)
    async with bot.database.unit() as unit:
        for number in range(5):
            old = real_now(-messages.KEPT - 10)
            await unit.write(insert(tables.delivery).values(key=f"old-{number}", received_at=old))

    await sweep(bot.world)

    async with bot.database.unit() as unit:
        assert await unit.all(select(tables.delivery), lambda row: row.key) == []
