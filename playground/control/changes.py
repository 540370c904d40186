"""Tells pages that something happened, so that they look again instead of asking all the time."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import ClientConnectionResetError, web

LOOK_SECONDS = 0.15
KEEP_ALIVE_SECONDS = 15.0


class Changes:
    """A Server-Sent Events stream of what changed.

    `look` answers numbers that differ when something happened; each change is one event
    `changed` with those numbers as its data.
    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    def __init__(self, look: Callable[[], dict[str, Any]]) -> None:
        self._look = look
        self._touched = 0
        self._streams: set[asyncio.Task[Any]] = set()

    def touch(self) -> None:
        """Say that something happened which `look` may not show."""
        self._touched += 1

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer `GET /events`; lasts until the client or the world goes."""
        answer = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await answer.prepare(request)
        task = asyncio.ensure_future(self._tell(answer))
        self._streams.add(task)
        try:
            await task
        except (asyncio.CancelledError, ClientConnectionResetError):
            task.cancel()
        finally:
            self._streams.discard(task)
        return answer

    async def close(self) -> None:
        """End every stream."""
        for task in tuple(self._streams):
            task.cancel()

    async def _tell(self, answer: web.StreamResponse) -> None:
        told: dict[str, Any] | None = None
        quiet = 0.0
        while True:
            now = {**self._look(), "touched": self._touched}
            if now != told:
                await answer.write(f"event: changed\ndata: {json.dumps(now)}\n\n".encode())
                told, quiet = now, 0.0
            elif quiet >= KEEP_ALIVE_SECONDS:
                await answer.write(b": still here\n\n")
                quiet = 0.0
            await asyncio.sleep(LOOK_SECONDS)
            quiet += LOOK_SECONDS
