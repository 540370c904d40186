"""What was seen of a record has to be in it, else its database is not worked with."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.domain.audit import Event, What
from bot.ports import HistoryLostError, IntegrationError
from integrations.database.audit import Verified, append, verify
from integrations.database.engine import connect
from integrations.database.history import History, Place, must_go_on
from integrations.database.unit import Database
from integrations.database.witnesses import Witnesses
from tests.databases import Hands

Elsewhere = Callable[[Place], Place]
EVENT = Event(What.READ)
OTHER = bytes(range(32))
LOST: dict[str, tuple[Elsewhere, str]] = {
    "older": (
        lambda at: replace(at, seq=at.seq + 5),
        "its record ends at row 3: the 5 rows after it were written, and are gone",
    ),
    "older by one": (lambda at: replace(at, seq=at.seq + 1), "the 1 row after it were"),
    "forked": (
        lambda at: replace(at, row_hash=OTHER),
        "row 3 of its record is not the one that was written: another was put there",
    ),
    "forked earlier": (lambda at: replace(at, seq=2, row_hash=OTHER), "row 2 of its record is not"),
    "another": (lambda at: replace(at, log_id=OTHER[:16]), "it is another database"),
}
lost = pytest.mark.parametrize(("seen", "said"), LOST.values(), ids=LOST)


async def _written(database: Database, rows: int = 3) -> Place:
    for _ in range(rows):
        async with database.unit() as unit:
            await append(unit, [EVENT], Hands())
    assert database.history.known is not None
    return database.history.known


async def _rows(database: Database) -> int:
    found = await verify(database.engine)
    assert isinstance(found, Verified)
    return found.rows


async def test_what_is_committed_is_known(database: Database) -> None:
    assert database.history.known is None

    place = await _written(database)

    found = await verify(database.engine, Witnesses(place))
    assert found == Verified(3, place.row_hash)


async def test_what_is_not_committed_is_not_known(database: Database) -> None:
    place = await _written(database)

    async def write_and_fail() -> None:
        async with database.unit() as unit:
            await append(unit, [EVENT], Hands())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert database.history.known == place


@lost
async def test_nothing_is_appended_to_a_record_that_lacks_what_was_seen(
    database: Database, seen: Elsewhere, said: str
) -> None:
    """Over a connection that was there before: a pooler may lead it to another server."""
    database.history._known = seen(await _written(database))
    heard = database.history.known

    with pytest.raises(HistoryLostError, match=said):
        async with database.unit() as unit:
            await append(unit, [EVENT], Hands())

    assert not await database.history.whole()
    assert database.history.known == heard
    assert await _rows(database) == 3


@lost
async def test_nothing_is_even_read_over_a_new_connection(
    database: Database, database_url: str, seen: Elsewhere, said: str
) -> None:
    history = History(seen(await _written(database)))
    again = Database(connect(database_url), history)

    for _ in range(2):
        with pytest.raises(HistoryLostError, match=said):
            async with again.unit() as unit:
                await unit.all(text("SELECT 1"), lambda row: row)

    assert not await history.whole()
    await again.close()


async def test_later_states_of_it_are_worked_with(database: Database, database_url: str) -> None:
    """As those that other replicas have brought about."""
    early = await _written(database, rows=1)
    await _written(database)
    again = Database(connect(database_url), History(early))

    assert (await _written(again, rows=1)).seq == 5

    assert await again.history.whole()
    await again.close()


async def test_each_connection_is_looked_at_once(database: Database, database_url: str) -> None:
    again = Database(connect(database_url), History(await _written(database)))
    async with again.unit() as unit:
        await unit.all(text("SELECT 1"), lambda row: row)
    again.history._known = Place(OTHER[:16], 1, OTHER)

    async with again.unit() as unit:
        assert len(await unit.all(text("SELECT 1"), lambda row: row)) == 1
    await again.close()


async def test_who_knows_nothing_begins_at_the_end(database: Database, database_url: str) -> None:
    place, history = await _written(database), History()

    await must_go_on(database_url, history)

    assert history.known == place


@lost
async def test_before_anything_is_changed_it_is_looked_at(
    database: Database, database_url: str, seen: Elsewhere, said: str
) -> None:
    place = await _written(database)

    with pytest.raises(HistoryLostError, match=said):
        await must_go_on(database_url, History(seen(place)))


async def test_a_database_without_tables_is_one_to_begin_with(empty_url: str) -> None:
    history = History()

    await must_go_on(empty_url, history)

    assert history.known is None


async def test_but_not_where_there_was_a_record(empty_url: str) -> None:
    with pytest.raises(HistoryLostError, match="it is empty"):
        await must_go_on(empty_url, History(Place(OTHER[:16], 1, OTHER)))


async def test_a_database_that_is_away_is_no_lost_history() -> None:
    url = "postgresql+asyncpg://postgres@127.0.0.1:1/none"

    with pytest.raises(IntegrationError) as away:
        await must_go_on(url, History())

    assert not isinstance(away.value, HistoryLostError)


@lost
async def test_verifying_tells_what_the_anchor_saw(
    database: Database, seen: Elsewhere, said: str
) -> None:
    anchor = seen(await _written(database))

    found = await verify(database.engine, Witnesses(anchor))

    assert not isinstance(found, Verified)
    assert found.seq == anchor.seq
    assert said in found.what
