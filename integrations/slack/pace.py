"""Slack's limits on what a bot posts, kept here so that it does not have to refuse.

One message a second in a conversation, with short bursts; what else is too fast Slack itself says, and
for how long (https://docs.slack.dev/apis/web-api/rate-limits).
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.ports import IntegrationError
from integrations.slack.errors import SYSTEM

POST = "chat.postMessage"
EACH = 1.0
"""Seconds for each message in a conversation."""
BURST = 10
"""Messages at once after a while of silence. Slack names no number; its own answer is the last word."""
LONGEST = 3.0
"""Seconds to wait for one's turn: work that would wait for longer comes back by itself."""
MOST_KEPT = 5000
_AT_ONCE = (BURST - 1) * EACH

Key = tuple[str, str]


@dataclass(slots=True)
class _Place:
    """`taken`: until when turns are given, if each took its time; `promised`: to who comes back."""

    taken: float = -math.inf
    promised: float = -math.inf
    closed_until: float = -math.inf


class Pace:
    """Of one process: several replicas share Slack's limits without knowing of each other."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._places: OrderedDict[Key, _Place] = OrderedDict()

    async def turn(self, method: str, channel: str) -> None:
        """Return when the call may be made: first come, first served in a conversation.

        Raises IntegrationError, which says when to come back; nothing was done.
        """
        place, now = self._place(method, channel), self._monotonic()
        if place.closed_until > now:
            raise _later(place.closed_until - now)
        if method == POST and (wait := _wait(place, now)) > 0:
            await self._sleep(wait)

    def refused(self, method: str, channel: str, seconds: float | None) -> None:
        """Slack has said so: nobody need ask it again before that."""
        place = self._place(method, channel)
        place.closed_until = self._monotonic() + (seconds or EACH)

    def _place(self, method: str, channel: str) -> _Place:
        key = (method, channel if method == POST else "")
        place = self._places.setdefault(key, _Place())
        self._places.move_to_end(key)
        if len(self._places) > MOST_KEPT:
            self._places.popitem(last=False)
        return place


def _wait(place: _Place, now: float) -> float:
    """Take a turn: the seconds to it. Who would wait too long is promised another, each one's own."""
    turn = max(place.taken, now)
    if (wait := turn - _AT_ONCE - now) <= LONGEST:
        place.taken = turn + EACH
        return wait
    place.promised = max(place.promised, turn) + EACH
    raise _later(place.promised - _AT_ONCE - now)


def _later(seconds: float) -> IntegrationError:
    return IntegrationError(SYSTEM, "paced", retry_after=seconds)
