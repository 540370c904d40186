"""The worker: takes due jobs, keeps their leases, gives back what failed, ever more patiently."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.messaging import UnreachableError
from bot.metrics import JOBS_GIVEN_UP
from bot.ports import Clock, IntegrationError
from bot.store import ConflictError, Job, JobKind, Jobs, LeaseLostError

Work = Mapping[JobKind, Callable[[Job], Awaitable[None]]]
"""What does each kind of job. It completes the job in its own transaction, `begin(done=job)`."""

CAPACITY = 16
BREATH = 0.05
"""Real seconds to the next look while there may be more to do than there is room for."""
POLL = 8.0
"""Real seconds between two looks when nobody rings. With a lease of 20 s, the work of a replica that
died is taken over within 30 s."""
POLL_DEAF = 2.0
"""The same where other replicas add work and cannot be heard, or the database did not answer."""
HEARTBEAT = 20.0 / 3  # real seconds: a third of the lease, so that two may be missed
MOST_FAILURES = 8  # unforeseen ones, before a job is parked for an admin to see
MOST_OUTAGES = 200  # a system may be away for a day, or a credential missing for a week
PATIENCE = timedelta(days=1)  # of a system's "later", before that counts as an outage too
_LONGEST_WAIT = 3600.0

_log = structlog.get_logger()
_dice = random.SystemRandom()


class LaterError(Exception):
    """A handler has to come back at `run_at` (business time): nothing failed."""

    def __init__(self, run_at: datetime) -> None:
        super().__init__(run_at.isoformat())
        self.run_at = run_at


def _no() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Around:
    """What goes on around a worker.

    `crowded`: people are waiting for an acknowledgement. `deaf`: work may be added elsewhere
    without `wake` being called.
    """

    crowded: Callable[[], bool] = _no
    deaf: Callable[[], bool] = _no


ALONE = Around()


class Worker:
    """Runs jobs of this process, at most `capacity` at a time.

    While it is crowded around, one at a time: what was noted can wait for a moment, an answer
    within the chat's seconds cannot.
    """

    def __init__(
        self,
        jobs: Jobs,
        clock: Clock,
        work: Work,
        *,
        around: Around = ALONE,
        capacity: int = CAPACITY,
        beat: float = HEARTBEAT,
    ) -> None:
        self._jobs = jobs
        self._clock = clock
        self._work = work
        self._around = around
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
        """How many jobs are due or being done, here or elsewhere, and when the next one is due.

        Rounds, which come again and again, are nothing to wait for.
        """
        waiting, next_at = await self._jobs.waiting(rounds=False)
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
                await _rung(self._woken, POLL_DEAF if pause is None else pause)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=self._patience or 0.0)
            for task in (left := list(self._running)):
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            self._stopped.set()
            await heart

    async def _take(self) -> float:
        """Start what is due and there is room for; how long there will be nothing to do."""
        crowded = self._around.crowded()
        room = (1 if crowded else self._capacity) - len(self._running)
        if room <= 0:
            return BREATH if crowded else self._poll  # whatever ends, wakes
        # Looked up before claiming: what becomes due in between is then late by nothing.
        due, next_at = await self._jobs.waiting()
        claimed = await self._jobs.claim(room) if due else ()
        for job in claimed:
            task = asyncio.create_task(self._do(job))
            self._running[task] = job
            task.add_done_callback(self._done)
        return BREATH if len(claimed) == room else self._until(next_at)

    def _until(self, next_at: datetime | None) -> float:
        until = (next_at - self._clock.now()).total_seconds() if next_at else self._poll
        return min(self._poll, max(0.0, until))

    @property
    def _poll(self) -> float:
        return POLL_DEAF if self._around.deaf() else POLL

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.wake()

    async def _keep_leases(self) -> None:
        while not await _rung(self._stopped, self._beat):
            if self._running:
                await self._guarded(self._jobs.hold(list(self._running.values())))

    async def _do(self, job: Job) -> None:
        try:
            await self._work[job.kind](job)
        except LeaseLostError:
            _log.info("job_taken_over", job=job.id, kind=job.kind)
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
        error = f"{type(failed).__name__}: {failed}"
        if not isinstance(failed, (ConflictError, IntegrationError)):
            _log.error("job_met_a_bug", job=job.id, kind=job.kind, exc_info=failed)
            error = (
                f"{type(failed).__name__}: see the log"  # its text may hold what must not be kept
            )
        pause, counted = _pause(job, failed, now)
        if pause is None:
            JOBS_GIVEN_UP.labels(job.kind).inc()
            _log.error("job_given_up", job=job.id, kind=job.kind, about=job.subject, error=error)
            await self._jobs.bury(job, error)
        else:
            _log.info("job_again", job=job.id, kind=job.kind, seconds=round(pause, 1), error=error)
            await self._jobs.put_back(job, now + timedelta(seconds=pause), error, counted=counted)

    async def _guarded(self, call: Awaitable[float | None]) -> float | None:
        """A database that is away must not end the worker: leases run out, and work is found."""
        try:
            return await call
        except (ConflictError, IntegrationError) as failed:
            _log.warning("worker_goes_on", error=str(failed))
            return None


async def _rung(bell: asyncio.Event, seconds: float) -> bool:
    ringing = asyncio.ensure_future(bell.wait())
    try:
        await asyncio.wait((ringing,), timeout=seconds)
    finally:
        ringing.cancel()
    return bell.is_set()


def _pause(job: Job, failed: Exception, now: datetime) -> tuple[float | None, bool]:
    """Seconds to the next try (None: no more), and whether this one counts as a failure."""
    if job.attempts >= (MOST_OUTAGES if isinstance(failed, IntegrationError) else MOST_FAILURES):
        return None, True
    match failed:
        case UnreachableError():
            return None, True
        case IntegrationError(retry_after=float() | int() as asked):
            wait = min(max(asked, 0.0), _LONGEST_WAIT) + _dice.uniform(0.0, 0.25)
            return wait, now - job.created_at > PATIENCE
        case IntegrationError(permanent=True):
            first, longest = 60.0, _LONGEST_WAIT
        case ConflictError():
            first, longest = 0.1, 10.0
        case _:
            first, longest = 1.0, 600.0
    # Doubling, and anywhere in the last half, so that many do not come back as one.
    return min(longest, first * 2.0 ** min(job.attempts - 1, 32)) * _dice.uniform(0.5, 1.0), True
