"""What Agents Playground leaves out and Teams does: Bot Connector's signature on every activity.

The bot runs with its verification on, and reads the keys here.
"""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from playground.serving import Site

ISSUER = "https://api.botframework.com"
KID = "realclient"
METADATA, KEYS = "/v1/.well-known/openidconfiguration", "/v1/.well-known/keys"


@dataclass
class Signing:
    """A proxy before the bot, and the login that vouches for its key, on one port."""

    app_id: str
    bot: str
    site: Site
    turned_away: list[int]
    """The statuses of everything that the bot did not take."""

    @property
    def url(self) -> str:
        return self.site.url


@asynccontextmanager
async def signing(app_id: str, bot: str) -> AsyncIterator[Signing]:
    """Sign for this app, and pass on to the bot at that base URL."""
    key = rsa.generate_private_key(65537, 2048)
    app = web.Application()
    site = Site(app)
    one = Signing(app_id, bot, site, [])

    async def metadata(_: web.Request) -> web.Response:
        told = {"issuer": ISSUER, "jwks_uri": f"{site.url}{KEYS}"}
        return web.json_response({**told, "id_token_signing_alg_values_supported": ["RS256"]})

    async def keys(_: web.Request) -> web.Response:
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        more = {"kid": KID, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}
        return web.json_response({"keys": [{**public, **more}]})

    async def passed_on(request: web.Request) -> web.Response:
        raw = await request.read()
        now = int(time.time())  # noqa: TID251  a token lives on real time
        claims = {
            "iss": ISSUER,
            "aud": app_id,
            "serviceurl": json.loads(raw).get("serviceUrl"),
            "nbf": now - 5,
            "exp": now + 3600,
        }
        token = jwt.encode(claims, key, "RS256", headers={"kid": KID})
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(trust_env=False) as http,
            http.post(f"{bot}/api/messages", data=raw, headers=headers) as answer,
        ):
            if answer.status >= 400:
                one.turned_away.append(answer.status)
            body, kind = await answer.read(), answer.content_type
            return web.Response(status=answer.status, body=body, content_type=kind)

    app.router.add_get(METADATA, metadata)
    app.router.add_get(KEYS, keys)
    app.router.add_post("/api/messages", passed_on)
    await site.start()
    try:
        yield one
    finally:
        await site.stop()
