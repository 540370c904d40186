"""The record: a chain that shows what was done to it."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Update, delete, insert, null, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Event, What
from bot.domain.ids import Chat, ChatAccount, PersonId, RequestId
from integrations.database import tables
from integrations.database.audit import Tampered, Verified, audit_rows, leaf_hash, row_hash, verify
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import Hands

ANA = PersonId("tenant", "ana")
ANAS = ChatAccount(Chat.SLACK, "T1", "U1")
ROWS = 20
T = TypeVar("T")
_log = tables.audit_event
_head = tables.audit_head


@pytest.fixture
def store(database: Database, clock: Hands) -> DatabaseStore:
    return DatabaseStore(database, clock)


@pytest.fixture
async def record(store: DatabaseStore, database: Database) -> Database:
    """A database whose record has twenty rows."""
    for n in range(ROWS // 2):
        async with store.begin() as tx:
            tx.record(Event(What.ASKED, ANA, ANAS, RequestId(f"R-{n}"), {"access": "dev"}))
            tx.record(Event(What.DECIDED, request=RequestId(f"R-{n}")))
    return database


async def rows_of(database: Database) -> list[dict[str, Any]]:
    return [row async for row in audit_rows(database.engine)]


async def test_an_untouched_record_is_whole(record: Database) -> None:
    last = (await rows_of(record))[-1]

    assert await verify(record.engine) == Verified(ROWS, bytes.fromhex(last["row_hash"]))


async def test_an_empty_record_is_whole(database: Database) -> None:
    assert await verify(database.engine) == Verified(0, bytes(32))


async def test_a_row_says_who_did_what_when_and_from_where(
    store: DatabaseStore, database: Database, clock: Hands
) -> None:
    async with store.begin() as tx:
        tx.record(Event(What.ASKED, ANA, ANAS, RequestId("R-1"), {"reason": "naïve 🔥 \n"}))
        tx.record(Event(What.READ))
    clock.pass_(seconds=1)
    async with store.begin() as tx:
        tx.record(Event(What.LAPSED))

    said = [json.loads(row["payload"]) for row in await rows_of(database)]
    assert said == [
        {
            "at": "2026-03-04T12:00:00.123456Z",
            "what": "asked",
            "v": 1,
            "actor_tenant": "tenant",
            "actor_oid": "ana",
            "request_id": "R-1",
            "chat": "slack",
            "chat_team": "T1",
            "chat_user": "U1",
            "data": {"reason": "naïve 🔥 \n"},
        },
        {"at": "2026-03-04T12:00:00.123456Z", "what": "read", "v": 1},
        {"at": "2026-03-04T12:00:01.123456Z", "what": "lapsed", "v": 1},
    ]


async def test_somebody_else_can_verify_it_with_the_documented_formula_alone(
    record: Database,
) -> None:
    async with record.engine.connect() as connection:
        log_id = (await connection.execute(select(tables.schema_info.c.log_id))).scalar_one()

    last = bytes(32)
    for seq, row in enumerate(await rows_of(record), 1):
        salted = bytes.fromhex(row["salt"]) + row["payload"].encode()
        leaf = hashlib.sha256(b"\0" + salted).digest()
        place = log_id + seq.to_bytes(8, "big")
        last = hashlib.sha256(b"\1" + place + last + leaf).digest()
        assert (row["seq"], row["row_hash"]) == (seq, last.hex())


async def test_reading_can_start_after_a_row(record: Database) -> None:
    seqs = [row["seq"] async for row in audit_rows(record.engine, after=17)]

    assert seqs == [18, 19, 20]


async def test_many_writers_at_once_keep_one_chain(
    database: Database, database_url: str, clock: Hands
) -> None:
    replica = Database(connect(database_url))

    async def write(store: DatabaseStore, name: str) -> None:
        for n in range(5):
            async with store.begin() as tx:
                await tx.first_time(f"{name}-{n}")
                tx.record(Event(What.READ, data={"by": name}))

    stores = [DatabaseStore(each, clock) for each in (database, replica)]
    await asyncio.gather(*(write(stores[n % 2], str(n)) for n in range(16)))

    assert isinstance(whole := await verify(database.engine), Verified)
    assert whole.rows == 16 * 5
    await replica.engine.dispose()


async def test_business_time_does_not_run_backwards_in_it(database: Database, clock: Hands) -> None:
    class Ticking:
        def now(self) -> Any:
            clock.at += timedelta(microseconds=1)
            return clock.at

    store = DatabaseStore(database, Ticking())

    async def write() -> None:
        async with store.begin() as tx:
            tx.record(Event(What.READ))

    await asyncio.gather(*(write() for _ in range(8)))

    times = [row["at"] for row in await rows_of(database)]
    assert times == sorted(set(times))


# what is done to it, and the row at which it is noticed


def row(seq: int) -> Update:
    return update(_log).where(_log.c.seq == seq)


async def _fields(connection: AsyncConnection, seq: int) -> dict[str, Any]:
    found = await connection.execute(select(_log).where(_log.c.seq == seq))
    return dict(found.one()._mapping)


async def edit_the_payload(connection: AsyncConnection) -> int:
    payload = (await _fields(connection, 5))["payload"].replace("dev", "prod")
    await connection.execute(row(5).values(payload=payload))
    return 5


async def edit_a_column(connection: AsyncConnection) -> int:
    await connection.execute(row(5).values(what="denied"))
    return 5


async def hide_the_actor(connection: AsyncConnection) -> int:
    await connection.execute(row(5).values(actor_oid=null()))
    return 5


async def edit_and_hash_the_leaf(connection: AsyncConnection) -> int:
    fields = await _fields(connection, 5)
    payload = fields["payload"].replace("dev", "prod")
    leaf = leaf_hash(fields["salt"], payload)
    await connection.execute(row(5).values(payload=payload, leaf_hash=leaf))
    return 5


async def edit_and_hash_the_row(connection: AsyncConnection) -> int:
    fields = await _fields(connection, 5)
    log_id = (await connection.execute(select(tables.schema_info.c.log_id))).scalar_one()
    payload = fields["payload"].replace("dev", "prod")
    leaf = leaf_hash(fields["salt"], payload)
    this = row_hash(log_id, 5, fields["prev_hash"], leaf)
    await connection.execute(row(5).values(payload=payload, leaf_hash=leaf, row_hash=this))
    return 6


async def take_the_payload_away(connection: AsyncConnection) -> int:
    await connection.execute(row(5).values(payload=null(), salt=null()))
    return 5


async def break_the_form(connection: AsyncConnection) -> int:
    fields = await _fields(connection, 5)
    log_id = (await connection.execute(select(tables.schema_info.c.log_id))).scalar_one()
    leaf = leaf_hash(fields["salt"], "no JSON")
    this = row_hash(log_id, 5, fields["prev_hash"], leaf)
    await connection.execute(row(5).values(payload="no JSON", leaf_hash=leaf, row_hash=this))
    return 5


async def write_a_copy_that_reads_as_two(connection: AsyncConnection) -> int:
    both = 'tenant","at":"2026-03-04T12:00:00.123456Z'
    await connection.execute(row(5).values(actor_tenant=both, at=""))
    return 5


async def delete_one(connection: AsyncConnection) -> int:
    await connection.execute(delete(_log).where(_log.c.seq == 5))
    return 5


async def delete_the_first(connection: AsyncConnection) -> int:
    await connection.execute(delete(_log).where(_log.c.seq == 1))
    return 1


async def delete_one_and_close_the_gap(connection: AsyncConnection) -> int:
    await connection.execute(delete(_log).where(_log.c.seq == 5))
    for seq in range(6, ROWS + 1):
        await connection.execute(row(seq).values(seq=seq - 1))
    await connection.execute(update(_head).values(seq=ROWS - 1))
    return 5


async def cut_off_the_end(connection: AsyncConnection) -> int:
    await connection.execute(delete(_log).where(_log.c.seq > 15))
    return 16


async def empty_it(connection: AsyncConnection) -> int:
    await connection.execute(delete(_log))
    return 1


async def append_beside_the_chain(connection: AsyncConnection) -> int:
    forged = await _fields(connection, 5)
    forged |= {"seq": ROWS + 1, "prev_hash": b"p" * 32, "row_hash": b"r" * 32}
    await connection.execute(insert(_log).values(forged))
    return ROWS + 1


async def append_to_the_chain_but_not_to_the_head(connection: AsyncConnection) -> int:
    forged = await _fields(connection, 5)
    last = (await _fields(connection, ROWS))["row_hash"]
    log_id = (await connection.execute(select(tables.schema_info.c.log_id))).scalar_one()
    this = row_hash(log_id, ROWS + 1, last, forged["leaf_hash"])
    forged |= {"seq": ROWS + 1, "prev_hash": last, "row_hash": this}
    await connection.execute(insert(_log).values(forged))
    return ROWS + 2


async def insert_before_the_first(connection: AsyncConnection) -> int:
    forged = await _fields(connection, 5)
    forged |= {"seq": 0, "prev_hash": b"p" * 32, "row_hash": b"r" * 32}
    await connection.execute(insert(_log).values(forged))
    return 1


async def swap_two_rows(connection: AsyncConnection) -> int:
    for old, new in ((5, 900), (6, 5), (900, 6)):
        await connection.execute(row(old).values(seq=new))
    return 5


async def swap_what_two_rows_say(connection: AsyncConnection) -> int:
    said = ("at", "what", "request_id", "actor_tenant", "actor_oid", "payload", "salt")
    fifth, seventh = [await _fields(connection, seq) for seq in (5, 7)]
    await connection.execute(row(5).values({name: seventh[name] for name in (*said, "leaf_hash")}))
    await connection.execute(row(7).values({name: fifth[name] for name in (*said, "leaf_hash")}))
    return 5


async def move_the_head_back(connection: AsyncConnection) -> int:
    fields = await _fields(connection, 15)
    await connection.execute(update(_head).values(seq=15, row_hash=fields["row_hash"]))
    return ROWS + 1


async def bring_it_from_another_database(connection: AsyncConnection) -> int:
    await connection.execute(update(tables.schema_info).values(log_id=b"another log" + bytes(5)))
    return 1


@pytest.mark.parametrize(
    "tamper",
    [
        edit_the_payload,
        edit_a_column,
        hide_the_actor,
        edit_and_hash_the_leaf,
        edit_and_hash_the_row,
        take_the_payload_away,
        break_the_form,
        write_a_copy_that_reads_as_two,
        delete_one,
        delete_the_first,
        delete_one_and_close_the_gap,
        cut_off_the_end,
        empty_it,
        append_beside_the_chain,
        append_to_the_chain_but_not_to_the_head,
        insert_before_the_first,
        swap_two_rows,
        swap_what_two_rows_say,
        move_the_head_back,
        bring_it_from_another_database,
    ],
)
async def test_tampering_is_noticed(
    record: Database, tamper: Callable[[AsyncConnection], Awaitable[int]]
) -> None:
    noticed_at = await as_administrator(record, tamper)

    found = await verify(record.engine)

    assert isinstance(found, Tampered)
    assert found.seq == noticed_at


async def test_the_chain_alone_does_not_show_an_end_cut_off_together_with_its_head(
    record: Database,
) -> None:
    """The limit that checkpoints kept elsewhere are for; SECURITY.md says so."""

    async def cut(connection: AsyncConnection) -> None:
        last = (await _fields(connection, 15))["row_hash"]
        await connection.execute(delete(_log).where(_log.c.seq > 15))
        await connection.execute(update(_head).values(seq=15, row_hash=last))

    await as_administrator(record, cut)

    assert isinstance(await verify(record.engine), Verified)


@pytest.mark.parametrize(
    "mistake",
    [
        "UPDATE audit_event SET what = 'denied' WHERE seq = 5",
        "DELETE FROM audit_event WHERE seq = 5",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE seq = 5",
        "TRUNCATE audit_event",
    ],
)
async def test_our_own_mistakes_cannot_change_it(record: Database, mistake: str) -> None:
    with pytest.raises(DBAPIError):
        async with record.engine.begin() as connection:
            await connection.execute(text(mistake))

    assert isinstance(await verify(record.engine), Verified)


async def as_administrator(database: Database, act: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do what only somebody who owns the database can: without the guards."""
    async with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            for guard in ("update", "delete", "insert"):
                await connection.exec_driver_sql(f"DROP TRIGGER audit_event_no_{guard}")
        else:
            await connection.exec_driver_sql("SET session_replication_role = replica")
        done = await act(connection)
        if database.engine.dialect.name == "postgresql":
            await connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        await connection.commit()
    return done
