"""The one web server: limits and headers for all, probes and metrics, and whatever is mounted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

LARGEST_BODY = 256 * 1024
BODY_SECONDS = 5.0
CHECK_SECONDS = 3.0
KEEP_ALIVE_SECONDS = 30.0
LINGER_SECONDS = 1.0
SHUTDOWN_SECONDS = 3.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Server": "aws-access",
}
Check = Callable[[], Awaitable[bool]]
_log = structlog.get_logger(__name__)


def application(
    routes: Iterable[web.AbstractRouteDef],
    checks: Mapping[str, Check],
    registry: CollectorRegistry,
    *,
    body_seconds: float = BODY_SECONDS,
) -> web.Application:
    """The application. `checks` say by name what must work for this replica to be sent traffic.

    No body is larger than 256 KiB or takes longer than `body_seconds` to arrive.
    """
    app = web.Application(
        client_max_size=LARGEST_BODY, middlewares=[_errors_hidden, _whole_body(body_seconds)]
    )
    app.on_response_prepare.append(_add_headers)
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _ready(checks))
    app.router.add_get("/metrics", _metrics(registry))
    app.router.add_routes(routes)
    return app


class Listening:
    """A server that listens; `port` is the real one where 0 was asked for."""

    def __init__(self, runner: web.AppRunner) -> None:
        self._runner = runner

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Accept nothing more, let requests end, and close."""
        await self._runner.cleanup()


async def listen(app: web.Application, host: str, port: int) -> Listening:
    """Listen. There is no access log: paths hold the secrets of sign-in links."""
    protocol = logging.getLogger(f"{__name__}.protocol")
    protocol.setLevel(logging.CRITICAL)  # it logs whatever anybody sends that is no HTTP
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=protocol,
        auto_decompress=False,  # signatures are over what was sent, and nobody we know compresses
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        lingering_time=LINGER_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return Listening(runner)


def _whole_body(seconds: float) -> Middleware:
    @web.middleware
    async def whole_body(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Have the body in full before anything else, so that a slow one holds nothing up."""
        if (request.content_length or 0) > LARGEST_BODY:
            return _closed(413)
        try:
            async with asyncio.timeout(seconds):
                await request.read()
        except TimeoutError:
            return _closed(408)
        except web.HTTPRequestEntityTooLarge:
            return _closed(413)
        except (web.RequestPayloadError, ConnectionError):
            return _closed(400)
        return await handler(request)

    return whole_body


@web.middleware
async def _errors_hidden(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A bug is an empty 500; of the address only its pattern is logged."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001  whatever it is, the caller gets an answer
        route = request.match_info.route.resource
        _log.exception("web_handler_failed", where=route.canonical if route else "")
        return web.Response(status=500)


def _closed(status: int) -> web.Response:
    response = web.Response(status=status)
    response.force_close()
    return response


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


def _ready(checks: Mapping[str, Check]) -> Handler:
    async def ready(_request: web.Request) -> web.Response:
        passed = await asyncio.gather(*map(_passes, checks.values()))
        told = dict(zip(checks, passed, strict=True))
        return web.json_response(
            {"ready": all(passed), "checks": told}, status=200 if all(passed) else 503
        )

    return ready


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as broken:  # noqa: BLE001  a check that fails in any way has not passed
        _log.warning("readiness_check_failed", error=type(broken).__name__)
        return False


def _metrics(registry: CollectorRegistry) -> Handler:
    async def metrics(_request: web.Request) -> web.Response:
        """https://prometheus.io/docs/instrumenting/exposition_formats/"""
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    return metrics
