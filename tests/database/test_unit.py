"""What the databases are asked for: exact times, order among writers, and honest failures."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.domain.audit import Event, What
from bot.ports import IntegrationError, Outcome
from bot.store import ConflictError
from integrations.database import tables
from integrations.database.columns import Moment, real_now
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.contracts.store_world import ANA, NOON, a_request
from tests.databases import Hands, Postgres, copied


async def cut_all_others(url: str) -> None:
    """End every connection to a PostgreSQL but the one that does so."""
    database = Database(connect(url))
    async with database.unit() as unit:
        await unit.write(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        )
    await database.engine.dispose()


async def test_times_come_back_exact_in_utc_and_must_have_a_zone(database: Database) -> None:
    store = DatabaseStore(database, Hands())
    async with store.begin() as tx:
        await tx.add_request(request := a_request())
    async with store.begin() as tx:
        found = await tx.request(request.id)
    assert found is not None
    assert found.asked_at.isoformat() == "2026-03-04T12:00:00.123456+00:00"

    with pytest.raises(ValueError, match="without a zone"):
        Moment().process_bind_param(NOON.replace(tzinfo=None), database.engine.dialect)


async def test_real_time_is_the_databases_own(database: Database) -> None:
    async with database.engine.connect() as connection:
        now, later = (await connection.execute(select(real_now(), real_now(90.5)))).one()

    assert 89 < (later - now).total_seconds() < 92


async def test_what_is_being_given_back_is_back_before_everything_is_closed(
    database_url: str,
) -> None:
    """Whatever the moment in which somebody is cancelled: else the end would wait for ever."""

    async def write_on(database: Database) -> None:
        while True:
            async with database.unit() as unit:
                await unit.write(text("UPDATE audit_head SET seq = seq"))

    for turns in range(60):
        database = Database(connect(database_url))
        writing = asyncio.create_task(write_on(database))
        for _ in range(turns):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.wait([writing])
        await database.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_readers_hold_no_lock_and_writers_wait_their_turn(
    database: Database, clock: Hands
) -> None:
    store = DatabaseStore(database, clock)
    order = []

    async def write(name: str) -> None:
        async with store.begin() as tx:
            tx.record(Event(What.READ, data={"by": name}))
        order.append(name)

    async with store.begin() as reader:
        await reader.open_requests(ANA)
        await asyncio.gather(*(write(str(n)) for n in range(20)))

    assert len(order) == 20


async def test_a_lock_of_another_process_is_waited_for_without_holding_up_anything_else(
    tmp_path: Path, migrated_file: Path, clock: Hands
) -> None:
    url = copied(migrated_file, tmp_path)
    database = Database(connect(url))
    store = DatabaseStore(database, clock)
    async with store.begin() as tx:  # so that the connection is there, and only the lock is not
        await tx.first_time("one")
    other = sqlite3.connect(tmp_path / "aws-access.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> bool:
        async with store.begin() as tx:
            return await tx.first_time("two")

    writing = asyncio.create_task(write())
    ticks = 0
    for _ in range(20):
        await asyncio.sleep(0.005)
        ticks += 1
    assert not writing.done()
    other.execute("COMMIT")

    assert await writing
    assert ticks == 20
    other.close()
    await database.engine.dispose()


async def test_a_value_never_appears_in_an_error(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.unit() as unit:
            await unit.write(text("INSERT INTO kept_token (tenant) VALUES (:t)"), t="top-secret")

    assert "top-secret" not in str(failed.value)


async def test_a_mistake_of_ours_is_not_called_a_conflict(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.unit() as unit:
            await unit.write(text("INSERT INTO link (chat) VALUES ('slack')"))
    with pytest.raises(DBAPIError):
        async with database.unit() as unit:
            await unit.write(text("UPDATE nothing SET this = 1"))


async def test_a_server_that_is_not_there_is_a_failing_system() -> None:
    database = Database(connect("postgresql+asyncpg://postgres@127.0.0.1:1/none"))

    with pytest.raises(IntegrationError, match="the database") as failed:
        async with database.unit() as unit:
            await unit.write(text("SELECT 1"))

    assert failed.value.outcome is Outcome.DID_NOT


async def test_a_connection_that_was_cut_fails_once_and_the_next_works(
    postgres_server: Postgres,
) -> None:
    url = await asyncio.to_thread(postgres_server.migrated)
    database = Database(connect(url))

    async def use(*, cut: bool) -> None:
        async with database.unit() as unit:
            await unit.write(text("SELECT 1"))
            if cut:
                await cut_all_others(url)
            await unit.write(text("SELECT 1"))

    with pytest.raises(IntegrationError):
        await use(cut=True)
    await use(cut=False)

    await database.engine.dispose()


async def test_a_lost_answer_to_a_commit_leaves_the_outcome_unknown(
    postgres_server: Postgres,
) -> None:
    url = await asyncio.to_thread(postgres_server.migrated)
    database = Database(connect(url))

    async def write() -> None:
        async with database.unit() as unit:
            await unit.write(text("INSERT INTO delivery VALUES ('one', now())"))
            await cut_all_others(url)

    with pytest.raises(IntegrationError) as failed:
        await write()

    assert failed.value.outcome is Outcome.UNKNOWN
    await database.engine.dispose()


async def test_two_transactions_in_each_others_way_are_a_conflict_for_one(
    postgres_server: Postgres,
) -> None:
    url = await asyncio.to_thread(postgres_server.migrated)
    database = Database(connect(url))
    async with database.unit() as unit:
        await unit.write(text("INSERT INTO delivery VALUES ('one', now()), ('two', now())"))
    touch = text("UPDATE delivery SET received_at = now() WHERE key = :key")
    both = asyncio.Barrier(2)

    async def cross(first: str, second: str) -> None:
        async with database.unit() as unit:
            await unit.write(touch, key=first)
            await both.wait()
            await unit.write(touch, key=second)

    ends = await asyncio.gather(cross("one", "two"), cross("two", "one"), return_exceptions=True)

    assert [type(end) for end in ends if end] == [ConflictError]
    await database.engine.dispose()


async def test_a_full_disk_is_a_failing_system_and_keeps_nothing(
    tmp_path: Path, migrated_file: Path
) -> None:
    database = Database(connect(copied(migrated_file, tmp_path)))
    rows = [{"key": f"{n:0900}"} for n in range(500)]

    async def fill() -> None:
        async with database.unit() as unit:
            await unit.write(text("PRAGMA max_page_count = 1"))
            await unit.write_all(text("INSERT INTO delivery VALUES (:key, 'x')"), rows)

    with pytest.raises(IntegrationError, match="SQLITE_FULL"):
        await fill()

    async with database.engine.connect() as connection:
        assert (await connection.execute(select(tables.delivery))).all() == []
    await database.engine.dispose()
