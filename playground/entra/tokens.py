"""Signing and reading the tokens of the simulated tenant, always on real time."""

import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from playground.cast import TENANT_ID
from playground.kernel.clock import WorldClock

GRAPH = "https://graph.microsoft.com"
LIFETIME_SECONDS = 3900
"""Access tokens live 60 to 90 minutes: https://learn.microsoft.com/entra/identity-platform/access-tokens"""


class Signer:
    """The tenant's signing key; `issuer` is known once the sign-in endpoint listens."""

    def __init__(self, clock: WorldClock) -> None:
        self.issuer = ""
        self._clock = clock
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._kid = uuid.uuid4().hex

    def now(self) -> int:
        """Real time in seconds: skipping the world's clock makes no token older."""
        return int((self._clock.now() - self._clock.offset).timestamp())

    def sign(self, claims: dict[str, Any], lifetime: int = LIFETIME_SECONDS) -> str:
        """An RS256 token of this tenant that says `claims` for `lifetime` seconds."""
        now = self.now()
        always = {
            "iss": self.issuer,
            "tid": TENANT_ID,
            "ver": "2.0",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "uti": uuid.uuid4().hex,
        }
        return jwt.encode(always | claims, self._key, "RS256", headers={"kid": self._kid})

    def read(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a token made here for `audience`; raises jwt.InvalidTokenError."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key.public_key(),
            algorithms=["RS256"],
            audience=audience,
            issuer=self.issuer,
            options={"require": ["exp", "iat", "tid"]},
        )
        return claims

    def jwks(self) -> dict[str, Any]:
        """The public key, as a JSON Web Key Set."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": self._kid, "use": "sig", "alg": "RS256"}]}
