"""The real clock, for what a chat never measures in world time."""

import time


def real_seconds() -> float:
    """Seconds since the epoch, real.

    Signatures, tokens and trigger ids are checked by code that reads the machine's own clock (the
    bot's gates, a person's three seconds), so stepping the world's clock must not spoil them.
    """
    return time.time()  # noqa: TID251 (the reason stands above)
