"""The replay guard keeps what may come again, for longer than a signature lasts, and no more."""

from sqlalchemy import insert

from bot.clock import OffsetClock
from integrations.database import messages, tables
from integrations.database.columns import real_now
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from integrations.slack.gate import WINDOW_SECONDS


async def arrived(database: Database, name: str, seconds_ago: float) -> None:
    async with database.unit() as unit:
        await unit.write(
            insert(tables.delivery).values(key=name, received_at=real_now(-seconds_ago))
        )


def a_store(database: Database) -> DatabaseStore:
    return DatabaseStore(database, OffsetClock(), lambda: None)


def test_it_remembers_for_longer_than_anything_can_be_replayed() -> None:
    # Either way of a wrong clock, and Slack's own redeliveries, the last of them an hour later.
    assert messages.KEPT > 2 * WINDOW_SECONDS + 3600 * 2


async def test_what_cannot_come_again_is_forgotten_oldest_first(database: Database) -> None:
    await arrived(database, "older", messages.KEPT + 100)
    await arrived(database, "old", messages.KEPT + 10)
    await arrived(database, "new", messages.KEPT - 60)
    store = a_store(database)

    async with store.begin() as tx:
        assert await tx.forget_deliveries(1) == 1
    async with store.begin() as tx:
        assert not await tx.first_time("old")
        assert await tx.first_time("older")

    async with store.begin() as tx:
        assert await tx.forget_deliveries(5) == 1
        assert await tx.forget_deliveries(5) == 0
        assert await tx.first_time("old")
        assert not await tx.first_time("new")
