"""The first thing that looks at what claims to come from Teams: by Bot Connector, for us, or not.

The object id in an activity is not signed: it is believed only because everything here held.
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt

from integrations.teams.keys import Keys, KeysUnavailableError

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
LEEWAY_SECONDS = 300
LONGEST_TOKEN = 16 * 1024
PUBLIC_HOSTS = ("smba.trafficmanager.net",)
"""Where Teams' connector is in the public cloud."""
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
UNAUTHORIZED, FORBIDDEN, UNAVAILABLE = 401, 403, 503


class TurnedAwayError(Exception):
    """The activity is not taken. `status` is the HTTP answer, `why` a word for the log of ours."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Expected:
    """What an activity must be: for this app, in this tenant, from one of these hosts.

    `loopback` is for development: a connector on this machine, over http.
    """

    app_id: str
    tenant: str
    hosts: tuple[str, ...] = PUBLIC_HOSTS
    issuer: str = ISSUER
    loopback: bool = False


class Verifier:
    """Checks the token of an activity, and then the activity against its token."""

    def __init__(self, expected: Expected, keys: Keys) -> None:
        self._expected = expected
        self._keys = keys

    async def verify(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Returns when every claim holds. Raises TurnedAwayError."""
        token = _bearer(authorization)
        kid = _key_id(token)
        try:
            key = await self._keys.find(kid)
        except KeysUnavailableError:
            raise TurnedAwayError(UNAVAILABLE, "no keys") from None
        if key is None:
            raise TurnedAwayError(UNAUTHORIZED, "unknown key")
        claims = self._claims(token, key.key)
        self._check_channel(activity, key.endorsements)
        self._check_service(activity, claims)
        self._check_tenant(activity)
        _check_person(activity)

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._expected.app_id,
                issuer=self._expected.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as wrong:
            raise TurnedAwayError(UNAUTHORIZED, type(wrong).__name__) from None
        return claims

    def _check_channel(self, activity: Mapping[str, Any], endorsements: frozenset[str]) -> None:
        """The key must be endorsed for the channel: one for another channel may sign what it likes."""
        if activity.get("channelId") != CHANNEL or CHANNEL not in endorsements:
            raise TurnedAwayError(FORBIDDEN, "channel")

    def _check_service(self, activity: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
        """Where our answers, with our token, will go: named by the token, and on the list."""
        service = activity.get("serviceUrl")
        if not isinstance(service, str) or claims.get("serviceurl") != service:
            raise TurnedAwayError(FORBIDDEN, "service url")
        if not goes_to(self._expected, service):
            raise TurnedAwayError(FORBIDDEN, "service host")

    def _check_tenant(self, activity: Mapping[str, Any]) -> None:
        """Our tenant, in both places where Teams says it."""
        conversation = _at(_at(activity, "conversation"), "tenantId")
        channel = _at(_at(_at(activity, "channelData"), "tenant"), "id")
        if not (conversation == channel == self._expected.tenant):
            raise TurnedAwayError(FORBIDDEN, "tenant")


def _check_person(activity: Mapping[str, Any]) -> None:
    """Whoever says or presses something has an object id in Entra; installing may have nobody."""
    if activity.get("type") not in {"message", "invoke"}:
        return
    who = _at(activity, "from")
    oid, user = _at(who, "aadObjectId"), _at(who, "id")
    if not isinstance(oid, str) or not GUID.fullmatch(oid) or not isinstance(user, str) or not user:
        raise TurnedAwayError(FORBIDDEN, "nobody")


def goes_to(expected: Expected, url: str) -> bool:
    """Whether our token may be sent to an address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if expected.loopback and parts.hostname in {"127.0.0.1", "localhost"}:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and parts.hostname in expected.hosts and port in {None, 443}


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.casefold() != "bearer" or not token or len(token) > LONGEST_TOKEN:
        raise TurnedAwayError(UNAUTHORIZED, "no token")
    return token


def _key_id(token: str) -> str:
    """The key a token says it was signed with; for that alone is it believed unread."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as wrong:
        raise TurnedAwayError(UNAUTHORIZED, type(wrong).__name__) from None
    kid = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(kid, str):
        raise TurnedAwayError(UNAUTHORIZED, "header")
    return kid


def _at(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, Mapping) else None
