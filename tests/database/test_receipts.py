"""Receipts in the database: of the decision's row, and compared with the record when it is verified."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.audit import Event, What
from bot.domain.receipt import Receipt
from bot.domain.request import Request, State
from integrations.database.audit import Verified, audit_rows, verify
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from integrations.database.witnesses import Witnesses
from tests.contracts.store_world import a_request
from tests.databases import Hands

DENIED = replace(a_request(), state=State.DENIED)
MANY = 1200
"""More than are asked for at once."""


async def _recorded(database: Database, clock: Hands, *what: What) -> list[dict[str, object]]:
    async with DatabaseStore(database, clock).begin() as tx:
        for one in what:
            tx.record(Event(one, request=DENIED.id))
    return [row async for row in audit_rows(database.engine)]


async def _receipt(database: Database, clock: Hands, request: Request) -> Receipt | None:
    async with DatabaseStore(database, clock).begin() as tx:
        return await tx.receipt(request)


async def test_it_is_that_of_the_last_row_that_made_it_so(database: Database, clock: Hands) -> None:
    await _recorded(database, clock, What.ASKED, What.DENIED, What.DENIED, What.READ)

    found = await _receipt(database, clock, DENIED)

    assert found is not None
    assert found.seq == 3
    seen = Witnesses(receipts=(found,))
    assert isinstance(await verify(database.engine, seen), Verified)


@pytest.mark.parametrize("state", [State.GRANTED, State.AWAITING_APPROVAL])
async def test_there_is_none_of_what_was_not_recorded_or_is_open(
    database: Database, clock: Hands, state: State
) -> None:
    await _recorded(database, clock, What.ASKED, What.DENIED)

    assert await _receipt(database, clock, replace(DENIED, state=state)) is None


FALSE: dict[str, Callable[[Receipt], Receipt]] = {
    "another hash": lambda one: replace(one, code="0000-0000-0000-0000"),
    "a row that is not there": lambda one: replace(one, seq=MANY + 1),
    "of another row": lambda one: replace(one, seq=one.seq - 1),
}


@pytest.mark.parametrize("changed", FALSE.values(), ids=FALSE)
async def test_one_that_a_card_has_shown_and_the_record_has_not_is_found(
    database: Database, clock: Hands, changed: Callable[[Receipt], Receipt]
) -> None:
    await _recorded(database, clock, *[What.READ] * (MANY - 1), What.DENIED)
    true = await _receipt(database, clock, DENIED)
    assert true is not None
    false = changed(true)

    found = await verify(database.engine, Witnesses(receipts=(*[true] * MANY, false)))

    assert not isinstance(found, Verified)
    assert found.seq == false.seq
    assert str(false) in found.what
