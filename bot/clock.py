"""The home of time: business time for the product, real time for tokens and signatures."""

import time
from datetime import UTC, datetime, timedelta


def real_now() -> datetime:
    """Real time, UTC: for the life times of tokens, never for business."""
    return datetime.now(UTC)  # noqa: TID251


def real_seconds() -> float:
    """Real time in seconds since the epoch: for the age of signatures."""
    return time.time()  # noqa: TID251


class OffsetClock:
    """Business time: real time, plus an offset that only the development world ever sets."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Now, UTC, aware."""
        return real_now() + self._offset

    def set_offset(self, seconds: float) -> None:
        """Be that far ahead of real time."""
        self._offset = timedelta(seconds=seconds)
