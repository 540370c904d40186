"""The one HTTP route that Bot Connector calls: size, shape, signature, and only then the turn.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from aiohttp import web

from integrations.inbound import whole
from integrations.teams.activities import Answer
from integrations.teams.verify import TurnedAwayError, Verifier

PATH = "/api/messages"
LARGEST_BODY = 256 * 1024
_log = structlog.get_logger(__name__)


class Taking(Protocol):
    """What takes an activity in."""

    async def take(self, raw: dict[str, Any]) -> Answer | None:
        """Hear one activity; for an invoke, what it is answered with."""
        ...


def route(verifier: Verifier, turns: Taking) -> web.RouteDef:
    """The route to add to the web server."""
    return web.post(PATH, _door(verifier, turns))


def _door(verifier: Verifier, turns: Taking) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def messages(request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization", "")
        if not authorization:
            return web.Response(status=401)
        if request.content_type != "application/json":
            return web.Response(status=415)
        body = await whole(request, LARGEST_BODY)
        if body is None:
            return web.Response(status=413)
        activity = _activity(body)
        if activity is None:
            return web.Response(status=400)
        try:
            await verifier.verify(authorization, activity)
        except TurnedAwayError as away:
            _log.debug("teams_activity_turned_away", why=away.why)
            return web.Response(status=away.status)
        return await answered(turns, activity)

    return messages


async def answered(turns: Taking, activity: dict[str, Any]) -> web.Response:
    """What an activity gets that Bot Connector has signed. Never raises, whatever it is.

    An invoke is answered with a body; a kind of it that nobody knows here with 501.
    """
    try:
        answer = await turns.take(activity)
    except Exception as broken:  # noqa: BLE001  botbuilder trips over odd shapes
        _log.error("teams_activity_unreadable", error=type(broken).__name__)
        return web.Response(status=400)
    if activity["type"] != "invoke":
        return web.Response(status=200)
    if answer is None:
        return web.Response(status=501)
    return web.json_response(answer.body, status=answer.status)


def _activity(body: bytes) -> dict[str, Any] | None:
    """The JSON object that has a type; None for everything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        return None
    return found
