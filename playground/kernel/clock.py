"""The world's clock: real time plus an offset, and the list of things that come due."""

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class WorldClock:
    """Real UTC time plus an offset that only grows; simulators read the time here and nowhere else.

    A simulator that promises something for later (SCIM landing, an activation's end) calls
    :meth:`at`; the callback runs when the clock is stepped to or has passed that time.
    """

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """The world's time, UTC, aware."""
        return datetime.now(UTC) + self.offset  # noqa: TID251  the one place

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        """Run `what` once the clock has reached `when`."""
        heapq.heappush(self._due, (when, next(self._order), what))

    def next_due(self) -> datetime | None:
        """When the next promised thing comes due, or None."""
        return self._due[0][0] if self._due else None

    def run_due(self) -> int:
        """Run everything that is due by now; answers how many ran."""
        ran = 0
        while self._due and self._due[0][0] <= self.now():
            _, _, what = heapq.heappop(self._due)
            what()
            ran += 1
        return ran

    def step_to(self, when: datetime) -> None:
        """Move forward to `when` (never back) and run what came due."""
        ahead = when - self.now()
        if ahead > timedelta(0):
            self.offset += ahead
        self.run_due()
