"""Skipping time: step through every moment at which something is due, and let each be done."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from playground.kernel.clock import WorldClock
from playground.replicas import Replicas, Work

SETTLE_SECONDS = 10.0
"""How long (real) one step may take before the next is made anyway."""
SKIP_SECONDS = 90.0
"""How long (real) one skip may take; what is left is then stepped over at once."""
MOST_STEPS = 2000
LOOK_SECONDS = 0.02
PATIENCE = 0.2
"""How long (real) the bot may take to finish before a simulator is asked again what it has to do."""


class Stepper:
    """Moves the world's clock, and the clock of every replica with it, only ever forward.

    `awaited` says whether a simulator is about to tell the bot something.
    """

    def __init__(
        self, clock: WorldClock, replicas: Replicas, awaited: Callable[[], bool] = lambda: False
    ) -> None:
        self._clock = clock
        self._replicas = replicas
        self._awaited = awaited
        self._one_at_a_time = asyncio.Lock()
        self._found: Sequence[Work] = ()
        """What was found when last everything had settled."""

    async def settle(self, seconds: float = SETTLE_SECONDS) -> bool:
        """Wait until nothing is due any more; False when that did not come in time."""
        deadline = _real() + seconds
        while not await self._idle():
            if _real() >= deadline:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def skip(self, by: timedelta) -> datetime:
        """Move forward by `by`, stopping at each moment something is due; answers the new now."""
        async with self._one_at_a_time:
            target = self._clock.now() + by
            deadline = _real() + SKIP_SECONDS
            await self.settle()
            for _ in range(MOST_STEPS):
                due = self._next(self._found)
                if due is None or due > target or _real() >= deadline:
                    break
                await self._step_to(due)
            await self._step_to(target)
            return self._clock.now()

    async def next_due(self) -> datetime | None:
        """The next moment at which the simulators or a replica have something to do."""
        return self._next(await self._replicas.work())

    def _next(self, found: Sequence[Work]) -> datetime | None:
        promised = [work.next for work in found]
        ahead = [
            due
            for due in (*promised, self._clock.next_due())
            if due is not None and due > self._clock.now()
        ]
        return min(ahead, default=None)

    async def _step_to(self, when: datetime) -> None:
        self._clock.step_to(when)
        await self._replicas.set_offset(self._clock.offset.total_seconds())
        await self.settle()

    async def _idle(self) -> bool:
        self._clock.run_due()
        if self._awaited():
            return False
        self._found = work = await self._replicas.work(PATIENCE)
        now = self._clock.now()
        due = (self._clock.next_due(), *(one.next for one in work))
        return not any(one.busy for one in work) and all(d is None or d > now for d in due)


def _real() -> float:
    return asyncio.get_running_loop().time()
