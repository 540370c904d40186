"""For development on loopback only: moving business time, and asking whether work is left."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from aiohttp import web

Waiting = Callable[[], Awaitable[tuple[int, datetime | None]]]


def routes(set_offset: Callable[[float], None], waiting: Waiting) -> Sequence[web.RouteDef]:
    """`POST /dev/clock {"offset_seconds": n}` and `GET /dev/work` → `{"busy": n, "next": time}`.

    `waiting` answers how many jobs are due or being done, and when the next other one is due.
    """

    async def clock(request: web.Request) -> web.Response:
        try:
            offset = float((await request.json())["offset_seconds"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return web.Response(status=400)
        set_offset(offset)
        return web.json_response({"offset_seconds": offset})

    async def work(_request: web.Request) -> web.Response:
        busy, due = await waiting()
        return web.json_response({"busy": busy, "next": due.isoformat() if due else None})

    return (web.post("/dev/clock", clock), web.get("/dev/work", work))
