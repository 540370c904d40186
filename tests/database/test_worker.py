"""The worker, on a real database: what is due is done, what fails comes back, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.ports import IntegrationError
from bot.store import ConflictError, Job, JobKind, Jobs, LeaseLostError, NewJob
from handlers.worker import MOST_FAILURES, MOST_OUTAGES, LaterError, Worker
from integrations.database import tables
from integrations.database.columns import real_now
from integrations.database.engine import connect
from integrations.database.jobs import DatabaseJobs
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import NOON, Hands, copied

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


@pytest.fixture
async def shop(tmp_path: Path, migrated_file: Path, clock: Hands) -> AsyncIterator[Shop]:
    database = Database(connect(copied(migrated_file, tmp_path)))
    yield Shop(database, clock, DatabaseJobs(database, clock))
    await database.engine.dispose()


@pytest.fixture
async def working(shop: Shop) -> AsyncIterator[Shop]:
    """A shop that is open during the test."""
    running = asyncio.create_task(shop.worker.run())
    yield shop
    await shop.worker.drain(1)
    await running


async def test_what_is_due_is_done(shop: Shop) -> None:
    await shop.add("a", "b", "c", "d", "e")

    await shop.rest()

    assert sorted(shop.ran) == ["a", "b", "c", "d", "e"]
    assert await shop.row() is None


async def test_added_work_starts_at_once(working: Shop) -> None:
    await asyncio.sleep(0.05)  # it has looked, and sleeps
    started = asyncio.get_running_loop().time()

    await working.add("a")
    await working.until(lambda: _has_run(working, "a"))

    assert asyncio.get_running_loop().time() - started < 0.5


async def test_work_for_later_starts_when_the_clock_gets_there(working: Shop) -> None:
    await working.add("a", after=3600)
    await asyncio.sleep(0.05)
    assert working.ran == []
    assert await working.worker.idle() == (0, NOON + 3600 * SECOND)

    working.clock.pass_(hours=1)
    working.worker.wake()

    await working.until(lambda: _has_run(working, "a"))


async def test_the_clock_may_jump_without_telling(working: Shop) -> None:
    await working.add("a", after=3600)
    await asyncio.sleep(0.05)

    working.clock.pass_(hours=1)

    await working.until(lambda: _has_run(working, "a"))


async def _has_run(shop: Shop, subject: str) -> bool:
    return subject in shop.ran


async def test_no_more_jobs_run_at_once_than_there_is_room_for(working: Shop) -> None:
    most, now = 0, 0

    async def slow(job: Job) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        await working.complete(job)

    working.does = slow
    await working.add(*map(str, range(10)))

    await working.until(lambda: _is_gone(working))
    assert most == 3


async def _is_gone(shop: Shop) -> bool:
    return (await shop.worker.idle())[0] == 0


async def test_a_job_longer_than_its_lease_is_kept(shop: Shop) -> None:
    shop.employ(shop.jobs, beat=0.02)
    running = asyncio.create_task(shop.worker.run())
    ended = asyncio.Event()

    async def slow(job: Job) -> None:
        async with shop.database.unit() as unit:
            await unit.write(update(tables.job).values(leased_until=real_now(-1)))
        await ended.wait()
        await shop.complete(job)

    shop.does = slow
    await shop.add("a")

    async def held() -> bool:
        row = await shop.row()
        return bool(row.leased_until and row.leased_until > real)

    async with shop.database.engine.connect() as connection:
        real = (await connection.execute(select(real_now(5)))).scalar_one()
    await shop.until(held)
    ended.set()
    await shop.worker.drain(1)
    await running
    assert shop.ran == ["a"]


# failures


async def test_later_is_no_failure(shop: Shop) -> None:
    await shop.add("a")

    row = await shop.fails_once(LaterError(NOON + 90 * SECOND))

    assert (row.run_at, row.attempts, row.error) == (NOON + 90 * SECOND, 0, "")


async def test_a_system_that_says_when_is_asked_then_and_not_sooner(shop: Shop) -> None:
    await shop.add("a")

    row = await shop.fails_once(IntegrationError("Graph", "429", retry_after=7.5))

    assert 7.5 <= _after(row) < 8
    assert (row.attempts, row.error) == (0, "IntegrationError: Graph: 429")


async def test_a_system_that_says_later_for_days_is_failing(shop: Shop) -> None:
    await shop.add("a", after=90_000)
    shop.clock.pass_(seconds=90_000)

    row = await shop.fails_once(IntegrationError("Graph", "429", retry_after=1e9))

    assert row.attempts == 1
    assert _after(row) - 90_000 < 3601


@pytest.mark.parametrize(
    ("error", "attempts", "soonest", "latest"),
    [
        (IntegrationError("Graph", "500"), 0, 0.5, 1),
        (IntegrationError("Graph", "500"), 3, 4, 8),
        (IntegrationError("Graph", "500"), MOST_OUTAGES - 2, 300, 600),
        (IntegrationError("Graph", "403", permanent=True), 0, 30, 60),
        (IntegrationError("Graph", "403", permanent=True), 9, 1800, 3600),
        (ConflictError(), 0, 0.05, 0.1),
        (KeyError("bug"), 0, 0.5, 1),
    ],
)
async def test_what_fails_comes_back_ever_later(
    shop: Shop, error: Exception, attempts: int, soonest: float, latest: float
) -> None:
    await shop.add("a")
    await shop.set_attempts(attempts)

    row = await shop.fails_once(error)

    assert soonest <= _after(row) <= latest
    assert row.attempts == attempts + 1
    assert not row.dead


def _after(row: Any) -> float:
    at: datetime = row.run_at
    return (at - NOON).total_seconds()


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (KeyError("top-secret"), MOST_FAILURES),
        (ConflictError(), MOST_FAILURES),
        (IntegrationError("Graph", "gone"), MOST_OUTAGES),
    ],
)
async def test_what_keeps_failing_is_parked_and_says_why(
    shop: Shop, error: Exception, attempts: int
) -> None:
    await shop.add("a")
    await shop.set_attempts(attempts - 1)

    row = await shop.fails_once(error)

    assert row.dead
    assert row.error.startswith(type(error).__name__)
    assert "top-secret" not in row.error


async def test_a_failure_does_not_hold_up_others(shop: Shop) -> None:
    async def fail_first(job: Job) -> None:
        if job.subject == "poison":
            raise KeyError
        await shop.complete(job)

    shop.does = fail_first
    await shop.add("poison", "a", "b")

    await shop.rest()

    assert sorted(shop.ran) == ["a", "b", "poison"]


async def test_a_lost_lease_is_left_to_who_has_it(shop: Shop) -> None:
    await shop.add("a")

    async def lose(job: Job) -> None:
        await shop.complete(job)
        raise LeaseLostError

    shop.does = lose
    await shop.rest()

    assert await shop.row() is None


async def test_a_kind_nobody_does_is_a_bug_that_is_seen(shop: Shop) -> None:
    async with shop.store.begin() as tx:
        await tx.add_job(NewJob(JobKind.LAPSE, "a", NOON))

    await shop.rest()

    assert (await shop.row()).error == "KeyError: see the log"


class Away:
    """Jobs in a database that is away for the first calls of each kind."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.failed: set[str] = set()

    def _once(self, call: str) -> None:
        if call not in self.failed:
            self.failed.add(call)
            raise IntegrationError("the database", "away")

    async def claim(self, limit: int) -> Sequence[Job]:
        self._once("claim")
        return await self._jobs.claim(limit)

    async def hold(self, jobs: Sequence[Job]) -> None:
        self._once("hold")
        await self._jobs.hold(jobs)

    async def put_back(self, job: Job, run_at: datetime, error: str, *, counted: bool) -> None:
        self._once("put_back")
        await self._jobs.put_back(job, run_at, error, counted=counted)

    async def bury(self, job: Job, error: str) -> None:
        await self._jobs.bury(job, error)

    async def waiting(self) -> tuple[int, datetime | None]:
        self._once("waiting")
        return await self._jobs.waiting()


async def test_a_database_that_is_away_does_not_end_the_worker(shop: Shop) -> None:
    away = Away(shop.jobs)
    shop.employ(away, beat=0.01)
    running = asyncio.create_task(shop.worker.run())
    await shop.add("a")

    async def fail(job: Job) -> None:
        raise KeyError

    shop.does = fail
    await shop.until(lambda: _all_failed(away))
    await shop.worker.drain(1)
    await running

    assert (await shop.row()).owner is not None  # its lease will end, and it is found again


async def _all_failed(away: Away) -> bool:
    return away.failed == {"claim", "hold", "put_back", "waiting"}


# the end


async def test_draining_waits_for_what_runs_and_takes_nothing_more(working: Shop) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> None:
        started.set()
        await go_on.wait()
        await working.complete(job)

    working.does = slow
    await working.add("a")
    await started.wait()
    draining = asyncio.create_task(working.worker.drain(5))
    await asyncio.sleep(0.01)
    await working.add("b")
    go_on.set()
    await draining

    assert working.ran == ["a"]
    assert (await working.row()).subject == "b"


async def test_draining_gives_back_what_takes_too_long(working: Shop) -> None:
    started = asyncio.Event()

    async def stuck(job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    working.does = stuck
    await working.add("a")
    await started.wait()

    await working.worker.drain(0.01)

    row = await working.row()
    assert (row.owner, row.attempts, row.run_at) == (None, 0, NOON)


async def test_a_cancelled_worker_gives_back_what_runs(shop: Shop) -> None:
    started = asyncio.Event()

    async def stuck(job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    shop.does = stuck
    await shop.add("a")
    running = asyncio.create_task(shop.worker.run())
    await started.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert (await shop.row()).owner is None


async def test_leases_of_a_process_that_died_are_released_at_the_next_start(shop: Shop) -> None:
    await shop.add("a")
    await shop.jobs.claim(1)
    jobs = DatabaseJobs(shop.database, shop.clock)

    await jobs.release_all()

    [job] = await jobs.claim(1)
    assert job.attempts == 2


async def test_a_worker_that_never_ran_is_drained_at_once(shop: Shop) -> None:
    async with asyncio.timeout(1):
        await shop.worker.drain(5)
