"""PostgreSQL late, silent, cut off, restarted, read-only: nothing is lost, doubled, or guessed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from bot.domain.audit import Event, What
from bot.domain.request import State
from bot.ports import IntegrationError, Outcome
from integrations.database import audit
from integrations.database import engine as engines
from integrations.database.engine import connect
from integrations.database.unit import Database
from tests.databases import Hands, Postgres
from tests.faults.invariants import broken, contradictions
from tests.faults.proxy import Proxy, proxied
from tests.faults.story import Click, Story, telling
from tests.handlers.cast import ANNS

MOST_COMMITS = 40
CHAT_SECONDS = 3.0


@dataclass
class Far:
    """A bot whose database is at the other end of a wire."""

    story: Story
    wire: Proxy
    server: Postgres

    async def clicks(self, click: Click) -> str:
        """What the person is told at once."""
        card = await self.story.bot.desk.said(
            self.story.bot.arrival(click.who, click.delivery), click.text
        )
        return card.title if card else ""

    async def works(self) -> None:
        """For some minutes, whatever the database does; what nobody holds any more is taken again."""
        for _ in range(5):
            with suppress(IntegrationError):
                await self.story.bot.jobs.release_all()
                await self.story.bot.waits(minutes=1)

    async def is_granted_once(self) -> None:
        await self.works()
        [request] = await self.story.bot.requests()
        assert request.state is State.GRANTED
        assert [what for what, *_ in self.story.bot.pim.sent] == ["activate"]
        self.story.bot.settled = True
        assert await broken(self.story) + await contradictions(self.story) == []


@pytest.fixture
async def far(postgres_server: Postgres) -> AsyncIterator[Far]:
    name = (await asyncio.to_thread(postgres_server.migrated)).partition("@/")[2].partition("?")[0]
    socket = postgres_server.folder / ".s.PGSQL.5432"
    async with proxied(lambda: asyncio.open_unix_connection(socket)) as wire:
        url = f"postgresql+asyncpg://postgres@127.0.0.1:{wire.port}/{name}?ssl=disable"
        async with telling(Database(connect(url))) as story:
            yield Far(story, wire, postgres_server)
            wire.silent, wire.delay, wire.cut_at = False, 0.0, None


async def test_a_lost_answer_to_a_commit_is_unknown_and_read_again(far: Far) -> None:
    """Each commit of an activation in turn is done, and nobody hears of it."""
    click = far.story.asks(ANNS, "dev-poweruser")
    far.wire.cut_at = b"COMMIT"
    said = await far.clicks(click)
    assert said == "I could not note that down"
    assert far.wire.cuts == 1
    await far.clicks(click)

    for _ in range(MOST_COMMITS):
        if far.wire.cut_at is None:
            far.wire.cut_at = b"COMMIT"
        with suppress(IntegrationError):
            await far.story.bot.works()
            break
        far.story.bot.clock.pass_(seconds=1)
        await far.story.bot.jobs.release_all()
    far.wire.cut_at = None

    assert far.wire.cuts > 5
    await far.is_granted_once()


async def test_late_answers_are_waited_for(far: Far) -> None:
    far.wire.delay = 0.02

    assert await far.clicks(far.story.asks(ANNS, "dev-poweruser")) == "On it"

    far.wire.delay = 0.0
    await far.is_granted_once()


@pytest.mark.parametrize("cut", [Proxy.reset_all, Proxy.half_close_all])
async def test_wires_that_are_cut_cost_nobody_a_click(
    far: Far, cut: Callable[[Proxy], None]
) -> None:
    await far.clicks(far.story.clicks(ANNS, "status"))
    cut(far.wire)

    assert await far.clicks(far.story.asks(ANNS, "dev-poweruser")) == "On it"

    cut(far.wire)
    await far.is_granted_once()


async def test_a_database_that_is_silent_is_given_up_in_time_for_the_chat(far: Far) -> None:
    click = far.story.asks(ANNS, "dev-poweruser")
    far.wire.silent = True
    loop = asyncio.get_running_loop()
    began = loop.time()

    assert await far.clicks(click) == "I could not note that down"

    assert loop.time() - began < CHAT_SECONDS
    far.wire.hears_again()
    assert await far.clicks(click) == "On it"
    await far.is_granted_once()


async def test_a_server_that_is_restarted_costs_nobody_a_click(far: Far) -> None:
    await far.clicks(far.story.clicks(ANNS, "status"))
    await asyncio.to_thread(far.server.restart)

    assert await far.clicks(far.story.asks(ANNS, "dev-poweruser")) == "On it"

    await asyncio.to_thread(far.server.restart)
    await far.is_granted_once()


async def test_a_server_that_only_reads_takes_nothing_and_is_left(far: Far) -> None:
    """As after a failover, for who still is connected to the one that was the primary."""
    click = far.story.asks(ANNS, "dev-poweruser")
    before = await _servers_process(far)
    await _only_reads(far, "on")

    assert await far.clicks(click) == "I could not note that down"

    await _only_reads(far, "off")
    assert await _servers_process(far) != before
    assert await far.clicks(click) == "On it"
    await far.is_granted_once()


async def _only_reads(far: Far, how: str) -> None:
    await far.server._run("postgres", f"ALTER SYSTEM SET default_transaction_read_only = {how}")
    await far.server._run("postgres", "SELECT pg_reload_conf(), pg_sleep(0.3)")


async def _servers_process(far: Far) -> int:
    async with far.story.bot.database.engine.connect() as connection:
        return int((await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one())


async def test_who_stops_in_the_middle_of_writing_holds_nobody_up_for_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a replica that is stopped (SIGSTOP) with the record's head in its hand."""
    if database.turn is not None:
        return  # SQLite has one process
    short = engines._LIMIT.replace("'6s'", "'1s'").replace("'4s'", "'400ms'")
    monkeypatch.setattr(engines, "_LIMIT", short)
    events = [Event(What.READ)]

    async def write() -> None:
        async with database.unit() as unit:
            await audit.append(unit, events, Hands())

    async def stop_writing() -> None:
        async with database.unit() as stopped:
            await audit.append(stopped, events, Hands())
            with pytest.raises(IntegrationError, match="55P03") as held:
                await write()
            assert held.value.outcome is Outcome.DID_NOT
            await asyncio.sleep(0.8)
            await write()

    with pytest.raises(IntegrationError):
        await stop_writing()

    found = await audit.verify(database.engine)
    assert isinstance(found, audit.Verified)
    assert found.rows == 1
