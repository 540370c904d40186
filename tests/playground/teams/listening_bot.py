"""A bot that checks signatures against the published keys, keeps every activity and answers as told."""

import asyncio
import json
from typing import Any

import aiohttp
import jwt
from aiohttp import web

from playground.cast import TEAMS_APP_ID
from playground.serving import Site


class ListeningBot:
    def __init__(self, login_url: str) -> None:
        self.activities: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.claims: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        self.seconds = 0.0
        self.url = ""
        self._login_url = login_url
        app = web.Application()
        app.router.add_post("/api/messages", self._hear)
        self._site = Site(app)

    async def start(self) -> None:
        await self._site.start()
        self.url = self._site.url

    async def stop(self) -> None:
        await self._site.stop()

    @property
    def last(self) -> dict[str, Any]:
        return self.activities[-1]

    async def _hear(self, request: web.Request) -> web.Response:
        try:
            claims = await self._verified(request.headers.get("Authorization", ""))
        except jwt.InvalidTokenError:
            return web.Response(status=401)
        self.claims.append(claims)
        self.bodies.append(await request.read())
        self.activities.append(json.loads(self.bodies[-1]))
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, int):
            return web.Response(status=answer or 200)
        return web.json_response(answer)

    async def _verified(self, authorization: str) -> dict[str, Any]:
        token = authorization.removeprefix("Bearer ")
        async with aiohttp.ClientSession() as http:
            path = "/v1/.well-known/openidconfiguration"
            async with http.get(f"{self._login_url}{path}") as answer:
                told = await answer.json()
            async with http.get(told["jwks_uri"]) as answer:
                keys = {one["kid"]: one for one in (await answer.json())["keys"]}
        key = keys[jwt.get_unverified_header(token)["kid"]]
        assert key["endorsements"] == ["msteams"]
        return dict(
            jwt.decode(
                token,
                jwt.PyJWK(key, algorithm="RS256"),
                algorithms=["RS256"],
                audience=TEAMS_APP_ID,
                issuer=told["issuer"],
            )
        )
