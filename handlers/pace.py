"""How fast one person may ask: a token bucket for each chat account, in this process' memory.

It keeps one account, or a script that runs wild with it, from taking the bot away from all others.
It is no security boundary: each replica counts for itself, and a restart forgets.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.ids import ChatAccount

MOST_AT_ONCE = 60
"""Commands, buttons and forms in a row: more than anybody needs, also in the worst hour."""
PER_SECOND = 1.0
MOST_KEPT = 10_000
"""Accounts remembered; whoever was away the longest is forgotten, and starts afresh."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pace:
    """The buckets of everybody. `monotonic` is real time in seconds: skipped time fills nothing."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: dict[ChatAccount, _Bucket] = {}

    def spend(self, account: ChatAccount) -> float:
        """Take one; 0, or how many seconds to wait when there is none."""
        bucket = self._filled(account)
        if bucket.left < 1.0:
            return (1.0 - bucket.left) / PER_SECOND
        bucket.left -= 1.0
        return 0.0

    def give_back(self, account: ChatAccount) -> None:
        """It was the same act delivered again: that must not use up what the person may do."""
        bucket = self._filled(account)
        bucket.left = min(bucket.left + 1.0, MOST_AT_ONCE)

    def _filled(self, account: ChatAccount) -> _Bucket:
        now = self._monotonic()
        bucket = self._buckets.pop(account, None) or _Bucket(MOST_AT_ONCE, now)
        bucket.left = min(bucket.left + (now - bucket.at) * PER_SECOND, MOST_AT_ONCE)
        bucket.at = now
        if len(self._buckets) >= MOST_KEPT:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[account] = bucket  # the last used stands last
        return bucket
