"""What the databases themselves are asked for: indexes, durability, and honest failures."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Executable, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles

from bot.domain.audit import Event, What
from bot.ports import IntegrationError, Outcome
from bot.store import ConflictError, RequestFilter
from integrations.database import audit, jobs, messages, people, requests, tables
from integrations.database.audit import Verified, verify
from integrations.database.columns import Moment, real_now
from integrations.database.engine import connect
from integrations.database.inserts import PerDialect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.contracts.store import ANA, ANAS, NOON, a_request
from tests.databases import Hands, Postgres, sqlite_url

ROOT = Path(__file__).parents[2]
PERSON = {"tenant": ANA.tenant, "oid": ANA.oid}
ACCOUNT = {"chat": "slack", "team": ANAS.team, "chat_user": ANAS.user}


class Explain(Executable, ClauseElement):
    """What the database would do for a statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain, "sqlite")
def _sqlite(element: Explain, compiler: Any, **kw: Any) -> str:
    return "EXPLAIN QUERY PLAN " + compiler.process(element.statement, **kw)


@compiles(Explain, "postgresql")
def _postgresql(element: Explain, compiler: Any, **kw: Any) -> str:
    return "EXPLAIN " + compiler.process(element.statement, **kw)


async def plan(database: Database, statement: Any, **values: object) -> str:
    """The plan; PostgreSQL is told that reading a whole table or sorting is dear, as it will be."""
    dialect = database.engine.dialect.name
    chosen = statement.on(dialect) if isinstance(statement, PerDialect) else statement
    async with database.engine.connect() as connection:
        if dialect == "postgresql":
            for costly in ("seqscan", "sort", "bitmapscan"):
                await connection.exec_driver_sql(f"SET enable_{costly} = off")
        rows = await connection.execute(Explain(chosen), values)
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    "wanted",
    [
        RequestFilter(),
        RequestFilter(since=NOON),
        RequestFilter(person=ANA),
        RequestFilter(person=ANA, since=NOON),
        RequestFilter(person=ANA, access="dev", state="denied", since=NOON),
        RequestFilter(access="dev"),
        RequestFilter(access="dev", since=NOON),
        RequestFilter(state="denied"),
        RequestFilter(state="denied", since=NOON),
        RequestFilter(access="dev", state="denied"),
        RequestFilter(access="dev", state="denied", since=NOON),
    ],
)
async def test_every_list_is_read_from_an_index_in_its_order(
    database: Database, wanted: RequestFilter
) -> None:
    found = await plan(database, requests.listing(wanted))

    assert "Index Scan" in found or "USING INDEX" in found
    assert "Sort" not in found
    assert "TEMP B-TREE" not in found
    assert "Seq Scan" not in found


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (requests._REQUEST, {"id": "R-1"}),
        (requests._OPEN_OF_PERSON, PERSON),
        (requests._OPEN_OF_ACCOUNT, ACCOUNT),
        (requests._ACTIVATION, {"id": "A-1"}),
        (requests._ACTIVATION_OF, {"request_id": "R-1"}),
        (requests._ACTIVATIONS_OF, {"requests": ["R-1", "R-2"]}),
        (requests._ACTIVE, PERSON),
        (requests._ACTIVE_IN, {**PERSON, "group_id": "g"}),
        (people._LINK, ACCOUNT),
        (people._ACCOUNTS, PERSON),
        (people._LINKS_OF, {"tenants": ["t"], "oids": ["a", "b"]}),
        (people._TOKEN, PERSON),
        (people._SIGN_IN, {"key": "k"}),
        (people._SIGN_IN_BY_STATE, {"state_key": "s"}),
        (messages._POSTING, {"subject": "s", "topic": "t"}),
        (messages._SWEEP, {}),
        (jobs._OLDEST, {"now": NOON, "most": 5}),
        (jobs._WAITING, {"now": NOON}),
        (audit._ROWS, {}),
    ],
)
async def test_every_query_is_served_by_an_index(
    database: Database, statement: Any, values: dict[str, object]
) -> None:
    found = await plan(database, statement, **values)

    assert "Seq Scan" not in found
    scans = [line for line in found.splitlines() if line.startswith("SCAN ")]
    # The whole record, read in the order of its key, and a query without a table of its own.
    assert all(line in {"SCAN audit_event", "SCAN CONSTANT ROW"} for line in scans)


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
    database, other = Database(connect(url)), Database(connect(url))
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )

    with pytest.raises(IntegrationError):
        async with database.unit() as unit:
            await unit.write(text("SELECT 1"))
            async with other.unit() as killer:
                await killer.write(cut)
            await unit.write(text("SELECT 1"))
    async with database.unit() as unit:
        await unit.write(text("SELECT 1"))

    await database.engine.dispose()
    await other.engine.dispose()


async def test_a_lost_answer_to_a_commit_leaves_the_outcome_unknown(
    postgres_server: Postgres,
) -> None:
    url = await asyncio.to_thread(postgres_server.migrated)
    database, other = Database(connect(url)), Database(connect(url))
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )

    with pytest.raises(IntegrationError) as failed:
        async with database.unit() as unit:
            await unit.write(text("INSERT INTO delivery VALUES ('one', now())"))
            async with other.unit() as killer:
                await killer.write(cut)

    assert failed.value.outcome is Outcome.UNKNOWN
    await database.engine.dispose()
    await other.engine.dispose()


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
    tmp_path: Path, migrated_file: Path, clock: Hands
) -> None:
    file = tmp_path / "full.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database(connect(sqlite_url(file)))

    with pytest.raises(IntegrationError, match="SQLITE_FULL"):
        async with database.unit() as unit:
            await unit.write(text("PRAGMA max_page_count = 1"))
            for n in range(5000):
                await unit.write(text("INSERT INTO delivery VALUES (:key, 'x')"), key=f"{n:0900}")

    async with database.engine.connect() as connection:
        assert (await connection.execute(select(tables.delivery))).all() == []
    await database.engine.dispose()


_COMMITTER = """
import asyncio, sys
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from bot.domain.audit import Event, What
from tests.databases import Hands

async def main():
    store = DatabaseStore(Database(connect(sys.argv[1])), Hands())
    for n in range(10_000):
        async with store.begin() as tx:
            await tx.first_time(f"delivery-{n}")
            tx.record(Event(What.READ))
        print(n, flush=True)

asyncio.run(main())
"""


async def test_what_was_committed_survives_kill_9(
    tmp_path: Path, migrated_file: Path, clock: Hands
) -> None:
    url = sqlite_url(tmp_path / "aws-access.db")
    (tmp_path / "aws-access.db").write_bytes(migrated_file.read_bytes())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _COMMITTER, url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None

    last = -1
    async for line in process.stdout:
        last = int(line)
        if last == 30:
            process.send_signal(signal.SIGKILL)
    await process.wait()

    database = Database(connect(url))
    whole = await verify(database.engine)
    assert isinstance(whole, Verified)
    # One more may be there: committed, and not yet told.
    assert whole.rows in {last + 1, last + 2}
    store = DatabaseStore(database, clock)
    async with store.begin() as tx:
        assert not await tx.first_time(f"delivery-{last}")
    await database.engine.dispose()
