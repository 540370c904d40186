"""Socket Mode: the WebSocket an app opens with apps.connections.open, and the envelopes on it.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import json
import secrets
import uuid

from aiohttp import WSMsgType, web

from playground.cast import SLACK_APP_ID
from playground.slack.refusals import Json

MOST_CONNECTIONS = 10


class Sockets:
    """The open connections of the app."""

    def __init__(self) -> None:
        self.address = ""
        """ws://host:port, known once the server listens."""
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Queue[Json]] = {}

    def new_url(self) -> str:
        """A WebSocket address that works once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{self.address}/link?ticket={ticket}&app_id={SLACK_APP_ID}"

    @property
    def connected(self) -> int:
        """How many connections the app holds."""
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to close."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self.connected >= MOST_CONNECTIONS:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._open.append(socket)
        try:
            await socket.send_str(json.dumps(self._hello()))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._open.remove(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "debug_info": {"host": "applink-playground", "approximate_connection_time": 18060},
            "connection_info": {"app_id": SLACK_APP_ID},
        }

    def _acknowledged(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            ack = json.loads(text)
            waiting = self._acks.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
            if waiting is not None:
                waiting.put_nowait(ack)

    async def send(self, kind: str, payload: Json, times: int, seconds: float) -> list[Json | str]:
        """Send the identical envelope `times` times; per send the ack, or why there is none."""
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": 0, "retry_reason": ""}
        self._acks[envelope_id] = asyncio.Queue()
        try:
            text = json.dumps(envelope)
            return [await self._one(envelope_id, text, seconds) for _ in range(times)]
        finally:
            del self._acks[envelope_id]

    async def _one(self, envelope_id: str, text: str, seconds: float) -> Json | str:
        """Over any of the connections, as Slack does; here one after the other."""
        if not self._open:
            return "dispatch_failed: no Socket Mode connection is open"
        socket = self._open.pop(0)
        self._open.append(socket)
        try:
            await socket.send_str(text)
            return await asyncio.wait_for(self._acks[envelope_id].get(), seconds)
        except TimeoutError:
            return "operation_timeout: the app did not answer within 3 seconds"
        except ConnectionError as broken:
            return f"dispatch_failed: {type(broken).__name__}"

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self._open):
            await socket.close()
