"""Getting a payload to the app, signed over HTTP or over Socket Mode.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlencode

from playground.kernel.acts import Answer, post
from playground.kernel.realtime import real_seconds
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
        url = f"{self.bot_url()}{PATH}"
        return [await post(url, headers, body, ANSWER_SECONDS) for _ in range(times)]

    def _headers(self, content_type: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(real_seconds()))
        return {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._signing_secret, timestamp, body),
        }
