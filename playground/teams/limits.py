"""How much a bot may send: so many requests in so many seconds, per conversation and in all.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from playground.teams.refusals import throttled

Windows = Sequence[tuple[int, float]]
"""How many, in how many seconds."""

PER_THREAD: Windows = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""Sending to one conversation, and creating conversations with one person or channel."""
READING_MEMBERS: Windows = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))
IN_ALL: Windows = ((30, 1.0),)


class Limits:
    """Counts what was let through, by the world's time."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[datetime]] = defaultdict(deque)

    def use(self, what: str, windows: Windows, now: datetime) -> None:
        """Let one more through. Raises Refused (429) with when to come again."""
        seen = self._seen[what]
        longest = max(seconds for _, seconds in windows)
        while seen and now - seen[0] >= timedelta(seconds=longest):
            seen.popleft()
        for most, seconds in windows:
            window = timedelta(seconds=seconds)
            inside = [at for at in seen if now - at < window]
            if len(inside) >= most:
                raise throttled(max(0.1, (inside[-most] + window - now).total_seconds()))
        seen.append(now)
