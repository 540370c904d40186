"""A bot that checks signatures with Slack's own SDK, keeps every delivery and answers as told."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_sdk.signature import SignatureVerifier


class ListeningBot:
    def __init__(self, signing_secret: str) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[Any] = []
        self.seconds = 0.0
        self._verifier = SignatureVerifier(signing_secret)
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        self.url = ""

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self._hear)
        return app

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.seconds)
        return self._answer()

    def _answer(self) -> web.Response:
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, int):
            return web.Response(status=answer, text="broken")
        if isinstance(answer, str):
            return web.Response(text=answer)
        return web.json_response(answer)

    @property
    def payload(self) -> dict[str, Any]:
        """The last delivery, decoded."""
        body = self.bodies[-1]
        if self.headers[-1]["Content-Type"] == "application/json":
            return dict(json.loads(body))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return dict(json.loads(form["payload"])) if "payload" in form else form

    @property
    def trigger_id(self) -> str:
        return str(self.payload["trigger_id"])
