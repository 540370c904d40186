"""The bell between replicas: PostgreSQL tells every one of them when any has added work.

Nothing depends on its being heard: without it, work that another replica added waits for a poll.
https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg
import structlog
from sqlalchemy import make_url, text

CHANNEL = "aws_access_work"
RING = text(f"SELECT pg_notify('{CHANNEL}', '')")
"""Sent with the transaction that adds the work, so that it is heard only if that commits."""
AGAIN_SECONDS = 5.0
CONNECT_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class Bell:
    """One connection that listens; where it breaks, or cannot listen, it is tried again."""

    def __init__(self, url: str, on_ring: Callable[[], None]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._on_ring = on_ring
        self._listening: asyncio.Task[None] | None = None
        self._heard = False

    @property
    def heard(self) -> bool:
        """Whether a ring would be heard now."""
        return self._heard

    async def start(self) -> None:
        """Begin to listen, in the background."""
        self._listening = asyncio.create_task(self._listen(), name="bell")

    async def stop(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def _listen(self) -> None:
        while True:
            try:
                await self._until_broken()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as failed:
                _log.info("bell_not_heard", error=type(failed).__name__)
            finally:
                self._heard = False
            await asyncio.sleep(AGAIN_SECONDS)

    async def _until_broken(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=CONNECT_SECONDS)
        broken = asyncio.Event()
        connection.add_termination_listener(lambda *_: broken.set())
        try:
            await connection.add_listener(CHANNEL, self._rung)
            self._heard = True
            self._on_ring()  # what was rung while nobody listened
            await broken.wait()
        finally:
            connection.terminate()

    def _rung(self, *_: object) -> None:
        self._on_ring()
