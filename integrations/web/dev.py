"""For development on loopback only: moving business time, and asking whether work is left."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from aiohttp import web

Waiting = Callable[[], Awaitable[tuple[int, datetime | None]]]
LONGEST = 1.0
"""Real seconds that a question may wait for its answer to be none."""
LOOK_SECONDS = 0.01


def routes(set_offset: Callable[[float], None], waiting: Waiting) -> Sequence[web.RouteDef]:
    """`POST /dev/clock {"offset_seconds": n}` and `GET /dev/work` → `{"busy": n, "next": time}`.

    `waiting` answers how many jobs are due or being done, and when the next other one is due. With
    `?wait=seconds` it is answered as soon as there is none, and after so long in any case.
    """

    async def clock(request: web.Request) -> web.Response:
        try:
            offset = float((await request.json())["offset_seconds"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return web.Response(status=400)
        set_offset(offset)
        return web.json_response({"offset_seconds": offset})

    async def work(request: web.Request) -> web.Response:
        try:
            patience = min(float(request.query.get("wait", 0)), LONGEST)
        except ValueError:
            return web.Response(status=400)
        until = asyncio.get_running_loop().time() + patience
        busy, due = await waiting()
        while busy and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_SECONDS)
            busy, due = await waiting()
        return web.json_response({"busy": busy, "next": due.isoformat() if due else None})

    return (web.post("/dev/clock", clock), web.get("/dev/work", work))
