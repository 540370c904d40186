"""The bell between replicas: work added by one is heard by all, and a broken line is mended."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import text

from bot.store import JobKind, NewJob
from integrations.database import bell as bells
from integrations.database.bell import Bell
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.contracts.store_world import NOON
from tests.databases import Hands, Postgres


@pytest.fixture
async def url(postgres_server: Postgres) -> str:
    return await asyncio.to_thread(postgres_server.migrated)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  it is looked at from outside
            await asyncio.sleep(0.01)


async def test_work_that_one_replica_adds_rings_at_another(url: str, clock: Hands) -> None:
    rung: list[None] = []
    bell = Bell(url, lambda: rung.append(None))
    await bell.start()
    await until(lambda: bell.heard)
    heard_at_start = len(rung)
    database = Database(connect(url))

    async with DatabaseStore(database, clock).begin() as tx:
        await tx.add_job(NewJob(JobKind.CARD, "R-2", NOON))
    await until(lambda: len(rung) > heard_at_start)

    assert heard_at_start == 1
    await bell.stop()
    await database.engine.dispose()


async def test_work_that_was_not_committed_rings_nowhere(url: str, clock: Hands) -> None:
    rung: list[None] = []
    bell = Bell(url, lambda: rung.append(None))
    await bell.start()
    await until(lambda: bell.heard)
    database = Database(connect(url))
    store = DatabaseStore(database, clock)

    async def fails() -> None:
        async with store.begin() as tx:
            await tx.add_job(NewJob(JobKind.CARD, "R-2", NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with store.begin() as tx:
        await tx.add_job(NewJob(JobKind.CARD, "R-3", NOON))
    await until(lambda: len(rung) > 1)

    assert len(rung) == 2
    await bell.stop()
    await database.engine.dispose()


async def test_a_line_that_breaks_is_noticed_and_mended(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bells, "AGAIN_SECONDS", 0.05)
    rung: list[None] = []
    bell = Bell(url, lambda: rung.append(None))
    await bell.start()
    await until(lambda: bell.heard)
    database = Database(connect(url))

    async with database.engine.connect() as connection:
        listening = "query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        await connection.execute(
            text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listening}")  # noqa: S608
        )
    await until(lambda: len(rung) == 2)

    assert bell.heard
    await bell.stop()
    await database.engine.dispose()


async def test_a_database_that_is_away_is_no_reason_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bells, "AGAIN_SECONDS", 0.01)
    bell = Bell("postgresql+asyncpg://nobody@127.0.0.1:1/none", lambda: None)
    await bell.start()
    await asyncio.sleep(0.1)

    assert not bell.heard
    await bell.stop()
