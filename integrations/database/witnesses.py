"""What others have seen of the record: it has to be in it still."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.receipt import Receipt, receipt_of
from integrations.database import tables
from integrations.database.history import HEAD, Place, missing_from, row_of

_AT_ONCE = 500
_e = tables.audit_event.c
_THESE = select(_e.seq, _e.row_hash).where(_e.seq.in_(bindparam("these", expanding=True)))


@dataclass(frozen=True, slots=True)
class Witnesses:
    """An anchor outside the database, and receipts that cards in the chats have shown."""

    anchor: Place | None = None
    receipts: Sequence[Receipt] = ()


NOBODY = Witnesses()


async def contradiction(connection: AsyncConnection, seen: Witnesses) -> tuple[int, str] | None:
    """The first row that is not as one of them has seen it, and what is said of it."""
    found = (await connection.execute(HEAD, {"seen": row_of(seen.anchor)})).one()
    head = Place(found.log_id, found.seq, found.row_hash)
    missing = missing_from(head, found.seen_hash, seen.anchor)
    if seen.anchor and missing:
        return seen.anchor.seq, f"the anchor saw it, and {missing}"
    for some in _portions(sorted(seen.receipts, key=lambda receipt: receipt.seq)):
        rows = await connection.execute(_THESE, {"these": [receipt.seq for receipt in some]})
        there = {row.seq: receipt_of(row.seq, row.row_hash) for row in rows}
        for receipt in some:
            if there.get(receipt.seq) != receipt:
                return receipt.seq, f"it is not the row that a card has shown ({receipt})"
    return None


def _portions(receipts: Sequence[Receipt]) -> Iterator[Sequence[Receipt]]:
    for first in range(0, len(receipts), _AT_ONCE):
        yield receipts[first : first + _AT_ONCE]
