"""Bot Connector's signing keys: the list that bots read, and the token on every delivery.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import uuid
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from playground.cast import TEAMS_APP_ID
from playground.kernel.realtime import real_seconds

ISSUER = "https://api.botframework.com"
METADATA = "/v1/.well-known/openidconfiguration"
KEYS = "/v1/.well-known/keys"
LIFETIME_SECONDS = 3600


class Keys:
    """The newest key signs; the older ones stay listed. Always on real time."""

    def __init__(self) -> None:
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on, which nobody has read yet."""
        self._keys[uuid.uuid4().hex] = rsa.generate_private_key(65537, 2048)

    def token(self, service_url: str) -> str:
        """What authorizes a delivery that names this service URL."""
        now = int(real_seconds())
        kid, key = list(self._keys.items())[-1]
        claims = {
            "iss": ISSUER,
            "aud": TEAMS_APP_ID,
            "serviceurl": service_url,
            "nbf": now - 5,
            "exp": now + LIFETIME_SECONDS,
        }
        return jwt.encode(claims, key, "RS256", headers={"kid": kid})

    def add_routes(self, app: web.Application) -> None:
        """The two documents, on the site that is the bot's login."""
        app.router.add_get(METADATA, self._metadata)
        app.router.add_get(KEYS, self._listed)

    async def _metadata(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": ISSUER,
                "authorization_endpoint": "https://invalid.botframework.com",
                "jwks_uri": f"{request.url.origin()}{KEYS}",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            }
        )

    async def _listed(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [_shown(kid, key) for kid, key in self._keys.items()]})


def _shown(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return public | {"kid": kid, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}
