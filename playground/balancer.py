"""The one public address in front of the bot's replicas, and where a starting replica registers."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from playground.kernel.clock import WorldClock
from playground.replicas import Replicas
from playground.serving import Site

OPEN = (
    "/slack/events",
    "/api/messages",
    "/readyz",
    "/healthz",
    "/metrics",
    "/sign-in",
    "/sign-in/{rest:.*}",
    "/auth/{rest:.*}",
)
"""What of the bot can be reached from outside; `/dev` cannot."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to one connection (RFC 9110 section 7.6.1), and the length we set anew."""

LARGEST_BODY = 1024 * 1024
BODY_SECONDS = 10.0
PATIENCE_SECONDS = 60.0


class Balancer:
    """A reverse proxy on loopback: round robin over the living replicas.

    A refused connection moves on to the next replica, because nothing was sent. A connection
    that breaks later is answered 502 and never tried again: the first replica may have acted.
    """

    def __init__(self, clock: WorldClock, replicas: Replicas) -> None:
        self._clock = clock
        self._replicas = replicas
        self._session: aiohttp.ClientSession | None = None
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_post("/replicas", self._register)
        for path in OPEN:
            app.router.add_route("*", path, self._forward)
        self._site = Site(app)

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=PATIENCE_SECONDS),
            trust_env=False,
        )
        await self._site.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._site.stop()
        if self._session is not None:
            await self._session.close()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return self._site.url

    async def _register(self, request: web.Request) -> web.Response:
        try:
            told = await request.json()
            url = str(told["url"]).rstrip("/")
        except (ValueError, KeyError, TypeError):
            return _refusal(HTTPStatus.BAD_REQUEST, 'registering takes {"url": …}')
        if not url.startswith("http://127.0.0.1:"):
            return _refusal(HTTPStatus.BAD_REQUEST, "a replica listens on http://127.0.0.1")
        self._replicas.add(url)
        return web.json_response({"offset_seconds": self._clock.offset.total_seconds()})

    async def _forward(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                await request.read()
        except TimeoutError:
            return _refusal(HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive")
        except (web.RequestPayloadError, ConnectionError):
            return _refusal(HTTPStatus.BAD_REQUEST, "the body broke off")
        for url in self._replicas.in_turn():
            try:
                return await self._from(url, request)
            except aiohttp.ClientConnectorError:
                self._replicas.forget(url)
            except (aiohttp.ClientError, TimeoutError):
                return _refusal(HTTPStatus.BAD_GATEWAY, "the replica did not answer")
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "no replica of the bot is running")

    async def _from(self, url: str, request: web.Request) -> web.Response:
        if self._session is None:
            raise RuntimeError("the balancer is not started")
        async with self._session.request(
            request.method,
            f"{url}{request.path_qs}",
            headers=_passed_on(request.headers.items()),
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            return web.Response(
                status=answer.status,
                reason=answer.reason,
                headers=_passed_on(answer.headers.items()),
                body=await answer.read(),
            )


def _passed_on(headers: Iterable[tuple[str, str]]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in headers if name.lower() not in HOP_BY_HOP)


def _refusal(status: HTTPStatus, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
