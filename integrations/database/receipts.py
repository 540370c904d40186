"""Receipts: which row of the record tells of a decision."""

from sqlalchemy import bindparam, select

from bot.domain.receipt import Receipt, receipt_of
from bot.domain.request import Request
from integrations.database import tables
from integrations.database.unit import Unit

_e = tables.audit_event.c
_LAST = (
    select(_e.seq, _e.row_hash)
    .where(_e.request_id == bindparam("request_id"), _e.what == bindparam("what"))
    .order_by(_e.seq.desc())
    .limit(1)
)


class ReceiptRows:
    """The part of a transaction about receipts."""

    _unit: Unit

    async def receipt(self, request: Request) -> Receipt | None:
        """That of the row by which it became what it is; None as long as something may come of it."""
        if request.state.open:
            return None
        wanted = {"request_id": request.id, "what": request.state.value}
        return await self._unit.one(_LAST, lambda row: receipt_of(row.seq, row.row_hash), **wanted)
