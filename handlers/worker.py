"""The worker: takes due jobs, keeps their leases, and gives back what failed, ever more patiently."""

import asyncio
import logging
import random
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bot.ports import Clock, IntegrationError
from bot.store import ConflictError, Job, JobKind, Jobs, LeaseLostError

Work = Mapping[JobKind, Callable[[Job], Awaitable[None]]]
"""What does each kind of job. It completes the job in its own transaction, `begin(done=job)`."""

POLL = 1.0
"""Real seconds between looks when nothing wakes us: the clock may jump, other replicas add work."""
HEARTBEAT = 20.0 / 3
"""Real seconds between prolongations: a third of the lease, so that two may be missed."""
MOST_FAILURES = 8
"""After so many unforeseen failures a job is parked for an admin to see."""
MOST_OUTAGES = 200
"""A system may be away for a day, or a credential missing for a week, before a job is parked."""
PATIENCE = timedelta(days=1)
"""How long a system may say "later" to a job before that, too, counts as an outage."""
_SOON = (0.05, 0.25)
_LONGEST_WAIT = 3600.0

_log = logging.getLogger(__name__)
_dice = random.SystemRandom()


class LaterError(Exception):
    """A handler has to come back at `run_at` (business time): nothing failed."""

    def __init__(self, run_at: datetime) -> None:
        super().__init__(run_at.isoformat())
        self.run_at = run_at


class Worker:
    """Runs jobs of this process, at most `capacity` at a time."""

    def __init__(
        self, jobs: Jobs, clock: Clock, work: Work, *, capacity: int = 16, beat: float = HEARTBEAT
    ) -> None:
        self._jobs = jobs
        self._clock = clock
        self._work = work
        self._capacity = capacity
        self._beat = beat
        self._running: dict[asyncio.Task[None], Job] = {}
        self._woken = asyncio.Event()
        self._patience: float | None = None
        self._stopped = asyncio.Event()
        self._stopped.set()

    def wake(self) -> None:
        """There may be something to do: work was added, or the clock was moved."""
        self._woken.set()

    async def idle(self) -> tuple[int, datetime | None]:
        """How many jobs are due or being done, here or elsewhere, and when the next one is due."""
        waiting, next_at = await self._jobs.waiting()
        return max(waiting, len(self._running)), next_at

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - what takes longer is given back
        """Take nothing more, give what runs `timeout` seconds to end, and give back the rest."""
        self._patience = timeout
        self.wake()
        await self._stopped.wait()

    async def run(self) -> None:
        """Work until drained, or cancelled (which is draining without patience)."""
        self._stopped.clear()
        heart = asyncio.create_task(self._keep_leases())
        try:
            while self._patience is None:
                self._woken.clear()
                pause = await self._guarded(self._take())
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL if pause is None else pause):
                        await self._woken.wait()
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=self._patience or 0.0)
            for task in (left := list(self._running)):
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            heart.cancel()
            self._stopped.set()

    async def _take(self) -> float:
        """Start what is due and there is room for; how long there will be nothing to do."""
        due, next_at = await self._jobs.waiting()
        room = self._capacity - len(self._running)
        for job in await self._jobs.claim(room) if due and room else ():
            task = asyncio.create_task(self._do(job))
            self._running[task] = job
            task.add_done_callback(self._done)
        until = (next_at - self._clock.now()).total_seconds() if next_at else POLL
        return min(POLL, max(0.0, until))

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.wake()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._beat)
            await self._guarded(self._jobs.hold(list(self._running.values())))

    async def _do(self, job: Job) -> None:
        try:
            await self._work[job.kind](job)
        except LeaseLostError:
            _log.info("job %s (%s) was taken over", job.id, job.kind)
        except LaterError as later:
            await self._guarded(self._jobs.put_back(job, later.run_at, "", counted=False))
        except asyncio.CancelledError:
            now = self._clock.now()
            await self._guarded(self._jobs.put_back(job, now, "interrupted", counted=False))
            raise
        except Exception as failed:  # noqa: BLE001 - told apart, and logged, in _failed
            await self._guarded(self._failed(job, failed))

    async def _failed(self, job: Job, failed: Exception) -> None:
        now = self._clock.now()
        foreseen = isinstance(failed, (ConflictError, IntegrationError))
        # The text of an unforeseen exception may hold what must not be kept: its place will do.
        frame = traceback.extract_tb(failed.__traceback__)[-1]
        said = failed if foreseen else f"in {frame.name}, line {frame.lineno}"
        error = f"{type(failed).__name__}: {said}"
        pause, counted = _pause(job, failed, now)
        told = "given up" if pause is None else f"again in {pause:.1f} s"
        level = logging.INFO if foreseen and pause is not None else logging.ERROR
        _log.log(level, "job %s (%s) %s: %s", job.id, job.kind, told, error, exc_info=not foreseen)
        if pause is None:
            await self._jobs.bury(job, error)
        else:
            run_at = now + timedelta(seconds=pause)
            await self._jobs.put_back(job, run_at, error, counted=counted)

    async def _guarded(self, call: Awaitable[float | None]) -> float | None:
        """A database that is away must not end the worker: leases run out, and work is found."""
        try:
            return await call
        except IntegrationError as failed:
            _log.warning("the worker goes on without: %s", failed)
            return None


def _pause(job: Job, failed: Exception, now: datetime) -> tuple[float | None, bool]:
    """Seconds to the next try (None: no more), and whether this one counts as a failure."""
    match failed:
        case IntegrationError() if job.attempts >= MOST_OUTAGES:
            return None, True
        case IntegrationError(retry_after=float() | int() as asked):
            wait = min(max(asked, 0.0), _LONGEST_WAIT) + _dice.uniform(*_SOON)
            return wait, now - job.created_at > PATIENCE
        case IntegrationError(permanent=True):
            return _growing(60.0, _LONGEST_WAIT, job.attempts), True
        case IntegrationError():
            return _growing(1.0, 600.0, job.attempts), True
        case _ if job.attempts >= MOST_FAILURES:
            return None, True
        case ConflictError():
            return _dice.uniform(*_SOON), True
        case _:
            return _growing(1.0, 600.0, job.attempts), True


def _growing(first: float, longest: float, attempts: int) -> float:
    """Doubling, and anywhere in the last half, so that many do not come back as one."""
    doubled: float = min(longest, first * 2.0 ** min(attempts - 1, 32))
    return doubled * _dice.uniform(0.5, 1.0)
