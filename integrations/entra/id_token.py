"""Who signed in: the check of an id_token, which MSAL reads but does not verify.

https://learn.microsoft.com/entra/identity-platform/id-tokens#validate-tokens
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import requests

from bot.domain.ids import PersonId
from bot.ports import SignInRefusedError
from integrations.entra.settings import GUID, EntraSettings

_KEYS_LAST = 3600.0
_SKEW_SECONDS = 60
_REQUIRED = ["iss", "aud", "exp", "iat", "tid", "oid"]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a verified id_token says it is, and since when. `user_name` is for showing, never for deciding."""

    person: PersonId
    user_name: str
    proved_at: datetime | None = None


class IdTokens:
    """Verifies id_tokens of our tenant for our app. Blocks: call it off the event loop."""

    def __init__(self, settings: EntraSettings, session: requests.Session) -> None:
        self._settings = settings
        self._session = session
        self._keys: Mapping[str | None, jwt.PyJWK] = {}
        self._fetched = -_KEYS_LAST

    def verify(self, id_token: str) -> Identity:
        """Signature, issuer, audience, times and tenant; SignInRefusedError when one is wrong."""
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key(jwt.get_unverified_header(id_token).get("kid")),
                algorithms=["RS256"],
                audience=self._settings.client_id,
                issuer=f"{self._settings.authority}/v2.0",
                leeway=_SKEW_SECONDS,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWTError as wrong:
            raise SignInRefusedError("id_token", f"Entra's answer is not valid: {wrong}") from wrong
        return self._identity(claims)

    def _identity(self, claims: dict[str, Any]) -> Identity:
        tenant, oid = str(claims["tid"]), str(claims["oid"])
        if tenant.casefold() != self._settings.tenant.casefold():
            raise SignInRefusedError("tenant", "The account is of another organisation.")
        if not GUID.fullmatch(oid):
            raise SignInRefusedError("id_token", "Entra's answer names nobody.")
        return Identity(
            PersonId(self._settings.tenant, oid.lower()),
            str(claims.get("preferred_username", "")),
            _moment(claims.get("auth_time")),
        )

    def _key(self, kid: str | None) -> jwt.PyJWK:
        if kid not in self._keys or time.monotonic() - self._fetched > _KEYS_LAST:
            self._fetch()
        if kid not in self._keys:
            raise jwt.InvalidKeyError("signed with an unknown key")
        return self._keys[kid]

    def _fetch(self) -> None:
        answer = self._session.get(f"{self._settings.authority}/discovery/v2.0/keys")
        answer.raise_for_status()
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys}
        self._fetched = time.monotonic()


def _moment(auth_time: object) -> datetime | None:
    """When the person proved who they are: https://openid.net/specs/openid-connect-core-1_0.html#IDToken"""
    if not isinstance(auth_time, int):
        return None
    try:
        return datetime.fromtimestamp(auth_time, UTC)
    except (OverflowError, ValueError, OSError):
        return None
