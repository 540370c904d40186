"""A sign-in endpoint that answers from a script and remembers what it was asked."""

import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from integrations.entra.settings import EntraSettings
from playground.cast import BOT_APP_ID, TENANT_ID

Json = dict[str, Any]


@dataclass
class Desk:
    """Every token request gets the next of `answers` (status and body), or an access token."""

    url: str = ""
    ca_path: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    answers: deque[tuple[int, Json | str]] = field(default_factory=deque)

    def settings(self, **changed: Any) -> EntraSettings:
        return EntraSettings(
            TENANT_ID, BOT_APP_ID, login_url=self.url, login_ca_file=self.ca_path, **changed
        )

    async def configuration(self, _: web.Request) -> web.Response:
        base = f"{self.url}/{TENANT_ID}/oauth2/v2.0"
        return web.json_response(
            {
                "issuer": f"{self.url}/{TENANT_ID}/v2.0",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
            }
        )

    async def token(self, request: web.Request) -> web.Response:
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        granted: Json = {"access_token": "granted", "expires_in": 3600, "token_type": "Bearer"}
        status, body = self.answers.popleft() if self.answers else (200, granted)
        if isinstance(body, str):
            return web.Response(text=body, status=status)
        return web.json_response(body, status=status)


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    """HTTPS on loopback, vouched for by an authority of its own."""
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    desk = Desk(ca_path=str(folder / "ca.pem"))
    authority.cert_pem.write_to_path(desk.ca_path)
    app = web.Application()
    app.router.add_get(f"/{TENANT_ID}/v2.0/.well-known/openid-configuration", desk.configuration)
    app.router.add_post(f"/{TENANT_ID}/oauth2/v2.0/token", desk.token)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    desk.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield desk
    finally:
        await runner.cleanup()
