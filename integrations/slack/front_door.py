"""The one HTTP route that Slack calls: size, signature, shape, and only then bolt.

https://docs.slack.dev/apis/web-api/using-the-web-api and …/authentication/verifying-requests-from-slack
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from integrations.inbound import whole
from integrations.slack.gate import verified

PATH = "/slack/events"
LARGEST_BODY = 256 * 1024
_MALFORMED = (ValueError, RecursionError, AttributeError, TypeError, KeyError)
"""What bolt's parser raises over bodies that Slack never sends."""
_log = structlog.get_logger(__name__)


def route(
    bolt: AsyncApp, signing_secrets: tuple[str, ...], real_now: Callable[[], float]
) -> web.RouteDef:
    """The route to add to the web server. `real_now` is real time in seconds since the epoch.

    Raises ValueError without a secret: every request would have to be refused.
    """
    secrets = tuple(secret.encode() for secret in signing_secrets if secret)
    if not secrets:
        raise ValueError("Slack over HTTP needs a signing secret")
    return web.post(PATH, _door(bolt, secrets, real_now))


def _door(
    bolt: AsyncApp, secrets: tuple[bytes, ...], real_now: Callable[[], float]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        body = await whole(request, LARGEST_BODY)
        if body is None:
            return web.Response(status=413)
        if not verified(request.headers, body, secrets, real_now()):
            return web.Response(status=401)
        return await answered(bolt, body, request.headers, request.query_string)

    return events


async def answered(
    bolt: AsyncApp, body: bytes, headers: Mapping[str, str], query: str = ""
) -> web.Response:
    """What a body gets that Slack has signed. Never raises, whatever it is."""
    try:
        parsed = AsyncBoltRequest(body=body.decode("utf-8"), query=query, headers=dict(headers))
    except _MALFORMED:
        return web.Response(status=400)
    try:
        answer = await bolt.async_dispatch(parsed)
    except Exception as broken:  # noqa: BLE001  bolt's own error handling trips over odd shapes
        _log.error("slack_payload_unreadable", error=type(broken).__name__)
        return web.Response(status=400)
    return await to_aiohttp_response(answer)
