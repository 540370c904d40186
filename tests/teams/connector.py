"""A Bot Connector of our own: its keys over real HTTP, and activities signed as it would."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.clock import real_seconds

Json = dict[str, Any]
APP = "11111111-2222-4333-8444-555555555555"
TENANT = "99999999-8888-4777-8666-555555555555"
PERSON = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ISSUER = "https://api.botframework.com"
SERVICE = "https://smba.trafficmanager.net/emea/"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key by name; made once, because that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def listed(name: str, endorsements: object = ("msteams",)) -> Json:
    """A key as the connector lists it."""
    numbers = key(name).public_key().public_numbers()
    return {
        "kty": "RSA",
        "kid": name,
        "use": "sig",
        "n": _number(numbers.n),
        "e": _number(numbers.e),
        "endorsements": list(endorsements) if isinstance(endorsements, tuple) else endorsements,
    }


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def activity() -> Json:
    """Somebody says something, as Teams tells it."""
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "29:one", "name": "One", "aadObjectId": PERSON},
        "recipient": {"id": f"28:{APP}"},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": "a:1"},
        "text": "status",
        "channelData": {"tenant": {"id": TENANT}},
    }


def claims() -> Json:
    """What the connector vouches for."""
    now = int(real_seconds())
    return {
        "iss": ISSUER,
        "aud": APP,
        "nbf": now - 5,
        "exp": now + 3600,
        "serviceurl": SERVICE,
    }


def signed(
    claimed: Json, by: str = "k1", *, kid: str | None = None, algorithm: str = "RS256"
) -> str:
    """The header of a request with these claims."""
    header = {"kid": by if kid is None else kid}
    secret: Any = (
        key(by) if algorithm.startswith(("RS", "PS")) else "a secret of thirty-two bytes or so"
    )
    return f"Bearer {jwt.encode(claimed, secret, algorithm=algorithm, headers=header)}"


@dataclass
class KeyServer:
    """Lists the keys. `hangs` makes it never answer, `broken` answer nonsense."""

    keys: list[Json] = field(default_factory=lambda: [listed("k1")])
    hangs: bool = False
    broken: bool = False
    asked: int = 0
    url: str = ""

    async def metadata(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs:
            await asyncio.sleep(3600)
        if self.broken:
            return web.Response(text="<html>", status=200)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def listing(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def key_server() -> AsyncIterator[KeyServer]:
    server = KeyServer()
    app = web.Application()
    app.router.add_get("/metadata", server.metadata)
    app.router.add_get("/keys", server.listing)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
