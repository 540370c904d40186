"""What Entra holds although nobody asked for it here: what is accounted for, and what was told of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.domain.ids import GroupId
from integrations.database import tables
from integrations.database.inserts import insert_new
from integrations.database.unit import Unit

_r, _a, _o = tables.request.c, tables.activation.c, tables.orphan.c
_ASKED = select(_r.oid, _r.group_id).where(_r.is_open, _r.oid.is_not(None)).order_by(_r.asked_at)
_CAUSED = (
    select(_a.oid, _a.group_id)
    .where(_a.ended_at.is_(None), _a.request_id.is_not(None))
    .order_by(_a.started_at)
)
_KNOWN = select(_o.id).where(_o.id.in_(bindparam("ids", expanding=True)))
_NOTE = insert_new(tables.orphan)


class OrphanRows:
    """The part of a transaction about orphans."""

    _unit: Unit

    async def accounted(self) -> frozenset[tuple[str, GroupId]]:
        """Of what is open, and of what is active because it was asked for."""
        found = [
            await self._unit.all(query, lambda row: (str(row.oid), GroupId(row.group_id)))
            for query in (_ASKED, _CAUSED)
        ]
        return frozenset(one for some in found for one in some)

    async def known_orphans(self, ids: Sequence[str]) -> frozenset[str]:
        """Which of them were noted."""
        if not ids:
            return frozenset()
        return frozenset(await self._unit.all(_KNOWN, lambda row: str(row.id), ids=list(ids)))

    async def note_orphan(self, orphan: str, at: datetime) -> bool:
        """False when it was noted before."""
        return await self._unit.write(_NOTE, id=orphan, seen_at=at) > 0
