"""The world's clock over the control interface: look at it, skip, and wait until all is quiet."""

from collections.abc import Sequence
from typing import Any

from playground.control.operations import Argument, Given, MalformedError, Operation
from playground.entra.times import parse_duration
from playground.kernel.clock import WorldClock
from playground.stepping import SETTLE_SECONDS, Stepper


class Time:
    """What can be done with time."""

    def __init__(self, clock: WorldClock, stepper: Stepper) -> None:
        self._clock = clock
        self._stepper = stepper

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        return (
            Operation(
                "GET",
                "/clock",
                "The world's time, and when the next thing is due.",
                '{"now", "offset_seconds", "next"}',
                self._look,
            ),
            Operation(
                "POST",
                "/clock",
                "Skip time. The world stops at every moment something is due, in the simulators "
                "or in a replica of the bot, and waits until it is done.",
                '{"now"}',
                self._skip,
                (Argument("advance", "an ISO 8601 duration such as PT30M"),),
                {"advance": "PT30M"},
            ),
            Operation(
                "POST",
                "/settle",
                "Wait, without skipping, until nothing is due any more.",
                '{"now", "settled"}: whether that came in time',
                self._settle,
                (Argument("seconds", "how long to wait at most", "number", SETTLE_SECONDS),),
                {"seconds": 5},
            ),
        )

    async def _look(self, given: Given) -> dict[str, Any]:
        del given
        due = await self._stepper.next_due()
        return {
            "now": self._clock.now().isoformat(),
            "offset_seconds": self._clock.offset.total_seconds(),
            "next": due.isoformat() if due else None,
        }

    async def _skip(self, given: Given) -> dict[str, Any]:
        try:
            by = parse_duration(given["advance"])
        except (ValueError, OverflowError) as wrong:
            raise MalformedError(f"advance: {wrong}") from wrong
        return {"now": (await self._stepper.skip(by)).isoformat()}

    async def _settle(self, given: Given) -> dict[str, Any]:
        settled = await self._stepper.settle(given["seconds"])
        return {"now": self._clock.now().isoformat(), "settled": settled}
