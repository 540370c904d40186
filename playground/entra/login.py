"""The sign-in endpoints as two sites: HTTPS for the application, plain HTTP for browsers."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, TEAMS_APP_ID, TENANT_ID
from playground.entra.authorize import Authorize
from playground.entra.issuing import Issuer
from playground.entra.sessions import Sessions
from playground.entra.state import Tenant
from playground.entra.token_endpoint import TokenEndpoint, recorded_form
from playground.entra.tokens import Signer
from playground.kernel.wire import Wire


@dataclass
class Login:
    """The state behind both sites; the addresses are known once they listen."""

    tenant: Tenant
    signer: Signer
    https: str = ""
    http: str = ""
    secrets: dict[str, str] = field(
        default_factory=lambda: {
            client: secrets.token_urlsafe(24)
            for client in (BOT_APP_ID, GRANTOR_APP_ID, TEAMS_APP_ID)
        }
    )

    def __post_init__(self) -> None:
        self.issuer = Issuer(self.tenant, self.signer, Sessions(self.signer))
        self.authorize = Authorize(self.issuer)

    @property
    def authorize_url(self) -> str:
        """The page where people sign in."""
        return f"{self.http}/{TENANT_ID}/oauth2/v2.0/authorize"

    def listens_at(self, https: str, http: str) -> None:
        """Say where the two sites are: scheme, host and port."""
        self.https, self.http = https, http
        self.signer.issuer = f"{https}/{TENANT_ID}/v2.0"

    def application_site(self, wire: Wire) -> web.Application:
        """Discovery, keys and tokens; every call is the bot's, and recorded."""
        app = web.Application(middlewares=[wire.middleware("login", _broken, recorded_form)])
        token = TokenEndpoint(self.issuer, self.secrets)
        app.router.add_get(
            f"/{TENANT_ID}/v2.0/.well-known/openid-configuration", self._configuration
        )
        app.router.add_get(f"/{TENANT_ID}/discovery/v2.0/keys", self._keys)
        app.router.add_post(f"/{TENANT_ID}/oauth2/v2.0/token", token.answer)
        return app

    def browser_site(self) -> web.Application:
        """The page where people sign in."""
        app = web.Application()
        path = f"/{TENANT_ID}/oauth2/v2.0/authorize"
        app.router.add_get(path, self.authorize.page)
        app.router.add_post(path, self.authorize.picked)
        return app

    async def _configuration(self, _: web.Request) -> web.Response:
        told = datetime.fromtimestamp(self.signer.now(), UTC) + self.tenant.clock_ahead
        return web.json_response(
            headers={"Date": format_datetime(told, usegmt=True)},
            data={
                "issuer": self.signer.issuer,
                "authorization_endpoint": self.authorize_url,
                "token_endpoint": f"{self.https}/{TENANT_ID}/oauth2/v2.0/token",
                "jwks_uri": f"{self.https}/{TENANT_ID}/discovery/v2.0/keys",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
            },
        )

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.signer.jwks())


def _broken(status: int) -> web.Response:
    body = {
        "error": "temporarily_unavailable",
        "error_description": "AADSTS90033: A transient error has occurred. Please try again.",
        "error_codes": [90033],
    }
    return web.json_response(body, status=status)
