"""Teams' limits on what a bot sends, kept here so that it does not have to refuse.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable

PER_CONVERSATION = ((7, 1.0), (8, 2.0), (60, 30.0))
"""How many in how many seconds; beyond that, Teams' own answer says when to come back."""
PER_TENANT = ((30, 1.0),)
MOST_KEPT = 5000

_Sent = deque[float]


class Limits:
    """Of one process: several replicas share Teams' limits without knowing of each other."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._all: _Sent = deque(maxlen=30)
        self._sent: OrderedDict[str, _Sent] = OrderedDict()

    async def wait(self, conversation: str) -> None:
        """Return when one more call may be made, and count it; an empty one is in no conversation."""
        here = self._of(conversation)
        while (seconds := self._left(here)) > 0:  # noqa: ASYNC110  it is time that is waited for
            await asyncio.sleep(seconds)
        for sent in (here, self._all):
            sent.append(self._monotonic())

    def _of(self, conversation: str) -> _Sent:
        if not conversation:
            return deque(maxlen=1)
        here = self._sent.setdefault(conversation, deque(maxlen=60))
        self._sent.move_to_end(conversation)
        if len(self._sent) > MOST_KEPT:
            self._sent.popitem(last=False)
        return here

    def _left(self, here: _Sent) -> float:
        now = self._monotonic()
        waits = (_left(here, PER_CONVERSATION, now), _left(self._all, PER_TENANT, now))
        return max(waits)


def _left(sent: _Sent, rules: tuple[tuple[int, float], ...], now: float) -> float:
    """Seconds until none of the rules would be broken."""
    waits = (sent[-most] + seconds - now for most, seconds in rules if len(sent) >= most)
    return max(waits, default=0.0)
