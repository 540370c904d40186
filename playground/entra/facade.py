"""The simulated Entra as one thing: start it, look at it, do something to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, TEAMS_APP_ID
from playground.entra.graph import graph_site
from playground.entra.login import Login
from playground.entra.operations import HELP as DAILY
from playground.entra.operations import Operations
from playground.entra.overview import overview
from playground.entra.pim import Pim
from playground.entra.setting_up import HELP as SETTING_UP
from playground.entra.setting_up import SettingUp
from playground.entra.state import OnMembership, Tenant
from playground.entra.tokens import Signer
from playground.entra.world import tenant_of_the_world
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire

__all__ = ["HELP", "Entra"]
HELP = {**DAILY, **SETTING_UP}
"""Every op of `POST /entra`, with its arguments."""

Json = dict[str, Any]
STOPS_IN_SECONDS = 0.2


@dataclass
class Entra:
    """Directory, PIM, Graph and sign-in on loopback; `folder` gets the CA's certificate.

    The addresses are empty until :meth:`start` has run.
    """

    clock: WorldClock
    wire: Wire
    folder: Path
    login_url: str = ""
    """https, without a tenant: what MSAL and azure-identity take as authority."""
    authorize_url: str = ""
    """http: the page where browsers sign in."""
    graph_url: str = ""
    """http, with /v1.0 and no slash at the end."""
    _runners: list[web.AppRunner] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tenant: Tenant = tenant_of_the_world(self.clock)
        self.pim = Pim(self.tenant)
        self.signer = Signer(self.clock)
        self.login = Login(self.tenant, self.signer)
        self._operations = Operations(self.pim)
        self._setting_up = SettingUp(self.tenant)

    @property
    def ca_path(self) -> Path:
        """The PEM file of the only authority that vouches for `login_url`."""
        return self.folder / "entra-ca.pem"

    @property
    def client_secret(self) -> str:
        """Of the application that reads and that people sign in to."""
        return self.login.secrets[BOT_APP_ID]

    @property
    def grantor_secret(self) -> str:
        """Of the application that may assign."""
        return self.login.secrets[GRANTOR_APP_ID]

    @property
    def teams_secret(self) -> str:
        """Of the application that is the bot in Teams."""
        return self.login.secrets[TEAMS_APP_ID]

    async def start(self, host: str = "127.0.0.1") -> None:
        """Listen on three free ports of `host`."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_path))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host, "localhost").configure_cert(tls)
        self.login_url = await self._listen(self.login.application_site(self.wire), host, tls)
        browsers = await self._listen(self.login.browser_site(), host)
        self.login.listens_at(self.login_url, browsers)
        self.authorize_url = self.login.authorize_url
        graph = await self._listen(graph_site(self.pim, self.signer, self.wire), host)
        self.graph_url = f"{graph}/v1.0"

    async def stop(self) -> None:
        """Stop listening."""
        while self._runners:
            await self._runners.pop().cleanup()

    def register_redirect(self, uri: str) -> None:
        """Allow a reply address; sign-in redirects to no other."""
        self.tenant.redirect_uris.add(uri)

    def teams_token(self, oid: str) -> str:
        """The single sign-on token Teams would hand to the bot for a person."""
        return self.login.issuer.teams_token(oid)

    def on_membership(self, listener: OnMembership) -> None:
        """Call `listener(group id, oid, present, pim)` at every change of membership."""
        self.tenant.on_membership(listener)

    def shown(self) -> Json:
        """The tenant as `GET /entra` answers it."""
        return overview(self.tenant)

    def operate(self, op: str, args: Json) -> Json:
        """One `POST /entra`; raises ValueError with a sentence when it is malformed."""
        if op in SETTING_UP:
            return self._setting_up.operate(op, args)
        return self._operations.operate(op, args)

    async def _listen(
        self, app: web.Application, host: str, tls: ssl.SSLContext | None = None
    ) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOPS_IN_SECONDS)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, host, 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        return f"{'https' if tls else 'http'}://{host}:{port}"
