"""Getting a payload to the app, signed over HTTP or over Socket Mode, and reading its answer.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import aiohttp

from playground.slack.realtime import real_seconds
from playground.slack.refusals import Json
from playground.slack.sockets import Sockets
from playground.slack.state import Workspace

BotUrl = Callable[[], str]
"""Answers the app's base URL, asked anew for each delivery."""

ANSWER_SECONDS = 3.0
PATH = "/slack/events"
FORM = "application/x-www-form-urlencoded"


class Kind(StrEnum):
    """What is delivered, under the name Socket Mode gives it."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status with its body, or why there is none (`failure`)."""

    status: int = 0
    reply: Any = ""
    failure: str = ""

    @property
    def accepted(self) -> bool:
        """Whether Slack takes it as an acknowledgement."""
        return self.status == 200  # noqa: PLR2004

    def shown(self) -> Json:
        """The answer as the control interface reports it."""
        if self.failure:
            return {"undelivered": self.failure}
        return {"status": self.status, "reply": self.reply}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature."""
    base = b"v0:%b:%b" % (timestamp.encode(), body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encoded(kind: Kind, payload: Json) -> tuple[str, bytes]:
    """The content type and the bytes of an HTTP delivery."""
    if kind is Kind.EVENT:
        return "application/json", json.dumps(payload).encode()
    form = payload if kind is Kind.COMMAND else {"payload": json.dumps(payload)}
    return FORM, urlencode(form).encode()


class Delivery:
    """Sends to the app at `{bot}/slack/events`, or through its sockets in Socket Mode."""

    def __init__(self, workspace: Workspace, sockets: Sockets, signing_secret: str) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._signing_secret = signing_secret
        self.bot_url: BotUrl | None = None

    async def send(self, kind: Kind, payload: Json, times: int = 1) -> list[Answer]:
        """Deliver the identical bytes `times` times, one after the other."""
        if self._workspace.socket_mode:
            replies = await self._sockets.send(kind.value, payload, times, ANSWER_SECONDS)
            return [
                Answer(failure=one) if isinstance(one, str) else Answer(200, one.get("payload", ""))
                for one in replies
            ]
        if self.bot_url is None:
            return [Answer(failure="the app has no request URL")] * times
        content_type, body = encoded(kind, payload)
        headers = self._headers(content_type, body)
        return [await self._post(f"{self.bot_url()}{PATH}", headers, body) for _ in range(times)]

    def _headers(self, content_type: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(real_seconds()))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._signing_secret, timestamp, body),
        }

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        # A connection per delivery: one kept open to a replica that was killed would fail the next.
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return Answer(answer.status, _reply(answer.content_type, await answer.text()))
        except TimeoutError:
            return Answer(failure="operation_timeout: the app did not answer within 3 seconds")
        except aiohttp.ClientError as broken:
            return Answer(failure=f"dispatch_failed: {type(broken).__name__}")


def _reply(content_type: str, text: str) -> object:
    if content_type != "application/json":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
