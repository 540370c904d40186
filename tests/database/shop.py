"""A worker at work on a real database, and a handler that does as the test says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.store import Job, JobKind, Jobs, NewJob
from handlers.worker import Worker
from integrations.database import tables
from integrations.database.columns import real_now
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import NOON, Hands

SECOND = timedelta(seconds=1)


@dataclass
class Shop:
    """A worker at work, and what its handler does with a card: complete it, until told otherwise."""

    database: Database
    clock: Hands
    jobs: Jobs
    store: DatabaseStore = field(init=False)
    worker: Worker = field(init=False)
    ran: list[str] = field(default_factory=list)
    does: Callable[[Job], Awaitable[None]] = field(init=False)

    def __post_init__(self) -> None:
        self.does = self.complete
        self.store = DatabaseStore(self.database, self.clock, self.wake)
        self.employ(self.jobs)

    def employ(self, jobs: Jobs, beat: float = 5.0, capacity: int = 3) -> None:
        work = {JobKind.CARD: self.handle}
        self.worker = Worker(jobs, self.clock, work, capacity=capacity, beat=beat)

    def wake(self) -> None:
        self.worker.wake()

    async def handle(self, job: Job) -> None:
        self.ran.append(job.subject)
        await self.does(job)

    async def complete(self, job: Job) -> None:
        async with self.store.begin(done=job):
            pass

    async def add(self, *subjects: str, after: float = 0) -> None:
        async with self.store.begin() as tx:
            for subject in subjects:
                await tx.add_job(NewJob(JobKind.CARD, subject, NOON + after * SECOND))

    async def row(self) -> Any:
        async with self.database.engine.connect() as connection:
            return (await connection.execute(select(tables.job))).one_or_none()

    async def set_attempts(self, attempts: int) -> None:
        async with self.database.unit() as unit:
            await unit.write(update(tables.job).values(attempts=attempts))

    async def set_lease(self, seconds: float) -> None:
        async with self.database.unit() as unit:
            await unit.write(update(tables.job).values(leased_until=real_now(seconds)))

    async def lease(self) -> float:
        """For how many real seconds the job is still ours."""
        async with self.database.engine.connect() as connection:
            found = await connection.execute(select(tables.job.c.leased_until, real_now()))
            until, now = found.one()
        return (until - now).total_seconds() if until else 0.0

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(5):
            while not await holds():  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.005)

    async def rest(self) -> None:
        """Work until nothing is due."""

        async def idle() -> bool:
            return (await self.worker.idle())[0] == 0

        running = asyncio.create_task(self.worker.run())
        await self.until(idle)
        await self.worker.drain(1)
        await running

    async def fails_once(self, error: Exception) -> Any:
        """The row of a job whose handler raised the error."""

        async def fail(job: Job) -> None:
            self.does = self.complete
            raise error

        self.does = fail
        await self.rest()
        return await self.row()
