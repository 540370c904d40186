"""Durable work in the same database as the state that causes it: due times, leases, once more.

`run_at` is business time, which can be skipped; `leased_until` is the database's own real clock.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from bot.ports import Clock
from bot.store import Job, JobKind, LeaseLostError, NewJob
from integrations.database import rows, tables
from integrations.database.columns import real_now
from integrations.database.inserts import per_dialect
from integrations.database.unit import Database, Unit

LEASE = 20.0  # real seconds a claimed job is ours without a word from us

_job, _c = tables.job, tables.job.c
# A rolling deployment may hold kinds that only newer code knows: those are not ours to take.
_OURS = sa.and_(_c.dead == sa.false(), _c.kind.in_([kind.value for kind in JobKind]))
_DUE = sa.and_(_OURS, _c.run_at <= given("now"))
_FREE = sa.or_(_c.leased_until.is_(None), _c.leased_until < real_now())
_OLDEST = sa.select(_c.id).where(_DUE, _FREE).order_by(_c.run_at, _c.id).limit(given("most"))
# A CTE runs once; a plain subquery may be planned to run, and lock, many times.
_PICKED = _OLDEST.with_for_update(skip_locked=True).cte("picked")
_CLAIM = sa.update(_job).where(_c.id.in_(sa.select(_PICKED.c.id))).returning(_job)
_CLAIM = _CLAIM.values(owner=given("claimant"), leased_until=real_now(LEASE), again_at=None)
_CLAIM = _CLAIM.values(attempts=_c.attempts + 1)
# An owner is one claim, not one process: who was taken over, even by itself, is owner no more.
_MINE = sa.and_(_c.id == given("this"), _c.owner == given("claimant"))
_STILL_MINE = sa.select(_c.id).where(_MINE)
_HELD = _c.id.in_(given("ids", expanding=True)) & _c.owner.in_(given("owners", expanding=True))
_HOLD = sa.update(_job).where(_HELD).values(leased_until=real_now(LEASE))
_DELETE = sa.delete(_job).where(_MINE, _c.again_at.is_(None))


def _let_go(**changes: object) -> sa.Update:
    free = {"owner": None, "leased_until": None, "again_at": None}
    return sa.update(_job).where(_MINE).values(**changes, **free)


_AGAIN = _let_go(run_at=_c.again_at, attempts=0, error="")
_PUT_BACK = _let_go(
    run_at=sa.case((_c.again_at < given("due"), _c.again_at), else_=given("due")),
    attempts=_c.attempts - given("forgiven"),
    error=given("said"),
)
_BURY = _let_go(
    dead=_c.again_at.is_(None),  # who asked for it while it ran its last time is owed a run
    run_at=sa.func.coalesce(_c.again_at, _c.run_at),
    error=given("said"),
)
_COUNT = sa.select(sa.func.count()).select_from(_job).where(_DUE)
_LATER = sa.select(_c.run_at).where(_OURS, _c.run_at > given("now")).order_by(_c.run_at).limit(1)
_PLANNED = _LATER.where(_c.kind != JobKind.RECONCILE.value)
_WAITING = sa.select(_COUNT.scalar_subquery(), _LATER.scalar_subquery())
_WAITING_PLANNED = sa.select(_COUNT.scalar_subquery(), _PLANNED.scalar_subquery())
_RELEASE_ALL = sa.update(_job).where(_c.owner.is_not(None)).values(owner=None, leased_until=None)


def _adding(insert: Any) -> Any:  # noqa: ANN401 - either dialect's insert
    new = insert(_job)
    asked: sa.ColumnElement[datetime] = new.excluded.run_at
    runs = _c.owner.is_not(None)
    again = sa.and_(runs, sa.or_(_c.again_at.is_(None), asked < _c.again_at))
    sooner = sa.and_(sa.not_(runs), sa.or_(_c.dead, asked < _c.run_at))
    changes = {
        "payload": new.excluded.payload,
        "run_at": sa.case((sooner, asked), else_=_c.run_at),
        "again_at": sa.case((again, asked), else_=_c.again_at),
        "dead": sa.false(),
    }
    return new.on_conflict_do_update(index_elements=[_c.key], set_=changes)


_ADD = per_dialect(_adding)


async def add(unit: Unit, jobs: Sequence[NewJob], now: datetime) -> None:
    """Add work; sorted, so that two transactions adding the same keys cannot block each other."""
    values = [rows.job_values(job, now) for job in jobs]
    await unit.write_all(_ADD, sorted(values, key=lambda job: str(job["key"])))


async def must_hold(unit: Unit, job: Job) -> None:
    """Raises LeaseLostError where somebody else has taken the job over."""
    if not await unit.all(_STILL_MINE, tuple, this=job.id, claimant=job.owner):
        raise LeaseLostError


async def complete(unit: Unit, job: Job) -> None:
    """The job is done, unless it is to run once more. Raises LeaseLostError."""
    mine = {"this": job.id, "claimant": job.owner}
    if not await unit.write(_DELETE, **mine) and not await unit.write(_AGAIN, **mine):
        raise LeaseLostError


class DatabaseJobs:
    """The worker's side: :class:`bot.store.Jobs`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, limit: int) -> Sequence[Job]:
        """Each job goes to one claimant, whoever else claims at the same moment."""
        values = {"now": self._clock.now(), "most": limit, "claimant": secrets.token_hex(8)}
        async with self._database.unit() as unit:
            found = await unit.write_returning(_CLAIM, **values)
        return [rows.job_of(row) for row in sorted(found, key=lambda row: (row.run_at, row.id))]

    async def hold(self, jobs: Sequence[Job]) -> None:
        """Jobs that were taken over stay with who has them now."""
        async with self._database.unit() as unit:
            await unit.write(_HOLD, ids=[j.id for j in jobs], owners=[j.owner for j in jobs])

    async def put_back(self, job: Job, run_at: datetime, error: str, *, counted: bool) -> None:
        """Nothing happens where the job is no longer ours."""
        await self._settle(_PUT_BACK, job, due=run_at, said=error, forgiven=int(not counted))

    async def bury(self, job: Job, error: str) -> None:
        """Nothing happens where the job is no longer ours."""
        await self._settle(_BURY, job, said=error)

    async def waiting(self, *, rounds: bool = True) -> tuple[int, datetime | None]:
        """By business time, over all replicas."""
        query = _WAITING if rounds else _WAITING_PLANNED
        async with self._database.unit() as unit:
            [(due, next_at)] = await unit.all(query, tuple, now=self._clock.now())
        return due, next_at

    async def release_all(self) -> None:
        """Free every lease: for the start of the only process a database has."""
        async with self._database.unit() as unit:
            await unit.write(_RELEASE_ALL)

    async def _settle(self, statement: sa.Executable, job: Job, **values: object) -> None:
        async with self._database.unit() as unit:
            await unit.write(statement, this=job.id, claimant=job.owner, **values)
