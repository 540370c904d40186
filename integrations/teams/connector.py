"""The one way out to Teams: Bot Connector's REST interface, and only its own errors coming back.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession

from bot.ports import IntegrationError, Outcome
from integrations.teams.errors import TRANSPORT, of_status, of_transport, unreadable
from integrations.teams.limits import Limits

Json = dict[str, Any]
TRIES = 3
PATIENCE = 2.0
"""Seconds that a caller waits here for Teams to take it; after that it comes back later."""
LARGEST_ANSWER = 1024 * 1024
_FAILED = 400


@dataclass(frozen=True, slots=True)
class Where:
    """A conversation, and the address at which its connector takes what is said in it."""

    address: str
    conversation: str


class Connector:
    """Each method raises IntegrationError with the connector's code as detail.

    What happened not, and what may be done twice, is tried again shortly after; a message whose
    answer was lost is not, because it would stand there twice.
    """

    def __init__(
        self, session: ClientSession, token: Callable[[], Awaitable[str]], limits: Limits
    ) -> None:
        self._session = session
        self._token = token
        self._limits = limits

    async def send(self, where: Where, activity: Json) -> str:
        """A new message; its id."""
        return _id(await self._call("POST", where, "activities", activity))

    async def reply(self, where: Where, to: str, activity: Json) -> str:
        """A new message in the thread of another; its id."""
        return _id(await self._call("POST", where, f"activities/{_part(to)}", activity))

    async def update(self, where: Where, message: str, activity: Json) -> None:
        """Replace a message."""
        await self._call("PUT", where, f"activities/{_part(message)}", activity)

    async def delete(self, where: Where, message: str) -> None:
        """Take a message away."""
        await self._call("DELETE", where, f"activities/{_part(message)}")

    async def member(self, where: Where, user: str) -> Json:
        """A member of a conversation, by their id there or their object id."""
        return await self._call("GET", where, f"members/{_part(user)}")

    async def members(self, where: Where, following: str = "") -> Json:
        """A page of the members; `following` is its `continuationToken`."""
        more = f"&continuationToken={_part(following)}" if following else ""
        return await self._call("GET", where, f"pagedmembers?pageSize=500{more}")

    async def channels(self, address: str, team: str) -> Sequence[Json]:
        """The channels of a team that the bot is in."""
        told = await self._call("GET", Where(address, ""), f"v3/teams/{_part(team)}/conversations")
        listed = told.get("conversations")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    async def create(self, address: str, conversation: Json) -> Json:
        """A new conversation: what it is called, and its first message where there is one.

        Without one it may be asked for twice: it is the same conversation then.
        """
        twice = "activity" not in conversation
        where = Where(address, "")
        return await self._call("POST", where, "v3/conversations", conversation, twice=twice)

    async def _call(
        self, method: str, where: Where, path: str, body: Json | None = None, *, twice: bool = False
    ) -> Json:
        for tried in range(1, TRIES + 1):
            try:
                await self._limits.wait(where.conversation)
                return await self._once(method, _url(where, path), body)
            except IntegrationError as failed:
                wait = _wait(failed, tried, twice=twice or method != "POST")
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("the last try either answers or raises")

    async def _once(self, method: str, url: str, body: Json | None) -> Json:
        headers = {"Authorization": f"Bearer {await self._token()}"}
        try:
            async with self._session.request(
                method, url, json=body, headers=headers, allow_redirects=False
            ) as answer:
                status, told = answer.status, await answer.content.read(LARGEST_ANSWER)
        except TRANSPORT as broken:
            raise of_transport(broken) from None
        if status >= _FAILED:
            raise of_status(status, answer.headers, told)
        return _object(told)


def _wait(failed: IntegrationError, tried: int, *, twice: bool) -> float | None:
    """Seconds until the next try; None for none. The jitter keeps replicas from meeting again."""
    certain = failed.outcome is Outcome.DID_NOT or twice
    if failed.permanent or not certain or tried == TRIES:
        return None
    spread = random.uniform(0.1, 0.4) * 2**tried  # noqa: S311  no secret
    wait = spread if failed.retry_after is None else failed.retry_after + spread / 4
    return wait if wait <= PATIENCE else None


def _url(where: Where, path: str) -> str:
    inside = ["v3/conversations", _part(where.conversation)] if where.conversation else []
    return "/".join([where.address.rstrip("/"), *inside, path])


def _part(text: str) -> str:
    return quote(text, safe="")


def _object(told: bytes) -> Json:
    if not told.strip():
        return {}
    try:
        found = json.loads(told)
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(found, dict):
        raise unreadable()
    return found


def _id(told: Json) -> str:
    found = told.get("id")
    if not isinstance(found, str) or not found:
        raise unreadable()
    return found
