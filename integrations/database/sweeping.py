"""What the sweeper asks for: rows whose state demands work that no job does, and rows to forget."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Exists, bindparam, delete, exists, false, select

from bot.domain.activation import Activation
from bot.domain.request import Request
from bot.store import JobKind
from integrations.database import rows, tables
from integrations.database.unit import Unit

_r, _a, _j = tables.request.c, tables.activation.c, tables.job.c
_MOVES = (JobKind.ACTIVATE, JobKind.FOLLOW, JobKind.LAPSE, JobKind.CANCEL)


def _worked_on(subject: object, kinds: Sequence[JobKind]) -> Exists:
    return exists().where(
        _j.subject == subject, _j.kind.in_([kind.value for kind in kinds]), _j.dead == false()
    )


_LEFT_REQUESTS = (
    select(tables.request)
    .where(_r.is_open, ~_worked_on(_r.id, _MOVES))
    .order_by(_r.asked_at, _r.id)
    .limit(bindparam("most"))
)
_LEFT_ACTIVATIONS = (
    select(tables.activation)
    .where(_a.ended_at.is_(None), ~_worked_on(_a.id, (JobKind.END,)))
    .order_by(_a.started_at, _a.id)
    .limit(bindparam("most"))
)
_OLD_SIGN_INS = delete(tables.sign_in).where(tables.sign_in.c.expires_at < bindparam("before"))


class SweepRows:
    """The part of a transaction that sweeps."""

    _unit: Unit

    async def left_requests(self, most: int) -> Sequence[Request]:
        """Open requests that no job will move."""
        return await self._unit.all(_LEFT_REQUESTS, rows.request_of, most=most)

    async def left_activations(self, most: int) -> Sequence[Activation]:
        """Running activations whose end no job will look at."""
        return await self._unit.all(_LEFT_ACTIVATIONS, rows.activation_of, most=most)

    async def forget_sign_ins(self, before: datetime) -> None:
        """Links that expired before then are forgotten."""
        await self._unit.write(_OLD_SIGN_INS, before=before)
