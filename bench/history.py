"""A long history: how long it takes to list what is recent of it, and to verify its record."""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.audit import Event, What
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId, RequestId
from bot.domain.policy import Terms
from bot.domain.request import Request, State
from bot.store import RequestFilter
from integrations.database import audit, rows, tables
from integrations.database.engine import connect
from integrations.database.history import HEAD
from integrations.database.schema import upgrade
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database

FEW, MANY = 10_000, 1_000_000
RECORDED = 200_000
BATCH = 50_000
SAMPLES = 200
TENANT = "11111111-1111-4111-8111-111111111111"
START = datetime(2024, 1, 1, tzinfo=UTC)
dice = random.Random(1)  # noqa: S311  the same history each time
ENDS = (State.GRANTED, State.GRANTED, State.GRANTED, State.DENIED, State.LAPSED)


class Now:
    """The end of the history."""

    def now(self) -> datetime:
        """Later than all that is in it."""
        return START + timedelta(minutes=MANY)


@dataclass(frozen=True)
class History:
    """Milliseconds of the slowest in a hundred, with few and with many requests; rows a second."""

    few: float
    many: float
    verified: float


def _person(number: int) -> PersonId:
    return PersonId(TENANT, f"{number:08}-0000-4000-8000-000000000000")


def _requests(first: int, last: int) -> Iterator[Request]:
    for n in range(first, last):
        who, at = n * 7919 % 500, START + timedelta(minutes=n)
        access = f"access-{n * 31 % 40}"
        yield Request(
            id=RequestId(f"R-{n:08}"),
            asker=ChatAccount(Chat.SLACK, "T0TEAM", f"U{who}"),
            terms=Terms(access, GroupId(access), timedelta(hours=1), "because", "INC-1"),
            state=ENDS[n % len(ENDS)],
            asked_at=at,
            expires_at=at,
            person=_person(who),
        )


async def _put(engine: AsyncEngine, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    """As fast as each database takes it."""
    async with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            await connection.execute(insert(table), [*map(dict, values)])
            return
        driver: Any = (await connection.get_raw_connection()).driver_connection
        records = [tuple(one.values()) for one in values]
        await driver.copy_records_to_table(table.name, records=records, columns=[*values[0]])


async def _ask(store: DatabaseStore) -> float:
    """Milliseconds: each kind of question people and admins have, of anybody and anything."""
    took = []
    for _ in range(SAMPLES):
        one = _person(dice.randrange(500))
        access, since = f"access-{dice.randrange(40)}", Now().now() - timedelta(days=7)
        for wanted in (
            RequestFilter(),
            RequestFilter(person=one),
            RequestFilter(access=access, state="denied"),
            RequestFilter(person=one, access=access, since=since),
        ):
            began = time.perf_counter()
            async with store.begin() as tx:
                await tx.requests(wanted)
            took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=100)[98] * 1000


async def _record(engine: AsyncEngine) -> None:
    """A record that verifies, written without a commit for each line."""
    async with engine.connect() as connection:
        head = (await connection.execute(HEAD, {"seen": 0})).one()
    seq, last, lines = head.seq, head.row_hash, []
    for _ in range(RECORDED):
        seq += 1
        event = Event(What.GRANTED, _person(seq % 500), None, RequestId(f"R-{seq}"), {"n": "1"})
        row = audit._row(event, START, seq)  # noqa: SLF001
        leaf = audit.leaf_hash(row["salt"], row["payload"])
        this = audit.row_hash(head.log_id, seq, last, leaf)
        lines.append({**row, "leaf_hash": leaf, "prev_hash": last, "row_hash": this})
        last = this
    for first in range(0, RECORDED, BATCH):
        await _put(engine, tables.audit_event, lines[first : first + BATCH])
    async with engine.begin() as connection:
        await connection.execute(update(tables.audit_head).values(seq=seq, row_hash=last))


async def history(url: str) -> History:
    """Fill a database of its own, and ask."""
    await asyncio.to_thread(upgrade, url)
    engine = connect(url, hurried=False)
    store = DatabaseStore(Database(engine), Now())
    done, asked = 0, []
    for count in (FEW, MANY):
        for first in range(done, count, BATCH):
            some = _requests(first, min(first + BATCH, count))
            await _put(engine, tables.request, [rows.request_values(one) for one in some])
        done = count
        async with engine.begin() as connection:
            await connection.exec_driver_sql("ANALYZE")
        asked.append(await _ask(store))
    await _record(engine)
    began = time.perf_counter()
    found = await audit.verify(engine)
    seconds = time.perf_counter() - began
    assert isinstance(found, audit.Verified), found
    await engine.dispose()
    return History(asked[0], asked[1], found.rows / seconds)
