"""A replica small enough to read: registers, counts what it gets, and has work due when told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from playground.kernel.clock import WorldClock
from playground.serving import Site


class FakeBot:
    """Work is a list of due times; a due job is done as soon as somebody looks."""

    def __init__(self, name: str = "bot") -> None:
        self.name = name
        self.seen: list[tuple[str, str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.clock = WorldClock()
        self.due: list[datetime] = []
        self.done: list[datetime] = []
        self.busy = 0
        self.again: timedelta | None = None
        self.offsets: list[float] = []
        app = web.Application()
        app.router.add_get("/dev/work", self._work)
        app.router.add_post("/dev/clock", self._set_clock)
        app.router.add_route("*", "/{rest:.*}", self._anything)
        self.site = Site(app)

    async def start(self, registry: str) -> None:
        await self.site.start()
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{registry}/replicas", json={"url": self.site.url}) as answer,
        ):
            self._set_offset((await answer.json())["offset_seconds"])

    async def stop(self) -> None:
        await self.site.stop()

    def _set_offset(self, seconds: float) -> None:
        self.offsets.append(seconds)
        self.clock.offset = timedelta(seconds=seconds)

    async def _work(self, _: web.Request) -> web.Response:
        now = self.clock.now()
        for due in [one for one in self.due if one <= now]:
            self.due.remove(due)
            self.done.append(now)
            if self.again is not None:
                self.due.append(now + self.again)
        nearest = min(self.due, default=None)
        shown = nearest.astimezone(UTC).isoformat() if nearest else None
        return web.json_response({"busy": self.busy, "next": shown})

    async def _set_clock(self, request: web.Request) -> web.Response:
        self._set_offset((await request.json())["offset_seconds"])
        return web.Response(status=204)

    async def _anything(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.path_qs, await request.read()))
        self.headers.append(dict(request.headers))
        if request.path == "/sign-in/go":
            raise web.HTTPFound("/elsewhere", headers={"Set-Cookie": "a=1"})
        if request.path == "/auth/break" and request.transport is not None:
            request.transport.abort()
        return web.json_response({"from": self.name}, headers={"X-Bot": self.name})


async def call(method: str, url: str, **more: Any) -> tuple[int, Any, Any]:
    """Status, JSON and headers of one call, redirects not followed."""
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, url, allow_redirects=False, **more) as answer,
    ):
        told = await answer.json() if answer.content_type == "application/json" else None
        return answer.status, told, answer.headers
