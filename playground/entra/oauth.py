"""What the sign-in endpoint reads from a request and how it words a refusal."""

import base64
import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playground.cast import BOT_APP_ID
from playground.entra.tokens import GRAPH

OIDC_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"


class OAuthError(Exception):
    """The endpoint refuses: an OAuth `error`, the AADSTS number and what it says.

    https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    """

    def __init__(self, error: str, number: int, says: str, **more: str) -> None:
        super().__init__(f"AADSTS{number}: {says}")
        self.error = error
        self.number = number
        self.more = more

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return 401 if self.error == "invalid_client" else 400

    def body(self, now: int) -> dict[str, Any]:
        """The JSON body."""
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        at = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d %H:%M:%SZ}"
        return {
            "error": self.error,
            "error_description": f"{self} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {at}",
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            **self.more,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """What a `claims` parameter asks for."""

    acrs: frozenset[str] = frozenset()
    mfa: bool = False
    cp1: bool = False


def read_claims(text: str) -> Asked:
    """Parse the `claims` parameter; raises OAuthError when it is not one."""
    if not text:
        return Asked()
    try:
        asked = json.loads(text)
        parts = [asked.get(place) or {} for place in ("access_token", "id_token")]
    except (ValueError, AttributeError):
        says = "The claims parameter is not valid JSON."
        raise OAuthError("invalid_request", 9000514, says) from None
    return Asked(
        acrs=frozenset(_values(part.get("acrs") for part in parts)),
        mfa="mfa" in _values(part.get("amr") for part in parts),
        cp1="cp1" in {value.lower() for value in _values(part.get("xms_cc") for part in parts)},
    )


def _values(requests: Iterable[dict[str, Any] | None]) -> set[str]:
    found: set[str] = set()
    for request in requests:
        if request:
            found.update(request.get("values") or [request.get("value")])
    return {value for value in found if isinstance(value, str)}


@dataclass(frozen=True, slots=True)
class Scopes:
    """A `scope` parameter taken apart: one resource, the permissions at it, and OpenID's words."""

    resource: str
    names: frozenset[str]
    oidc: frozenset[str]
    asked: tuple[str, ...]

    @property
    def is_default(self) -> bool:
        """Whether it asks for everything that was consented to."""
        return ".default" in self.names


def read_scopes(text: str) -> Scopes:
    """Take `scope` apart; raises OAuthError for two resources at once."""
    words = text.split()
    oidc = frozenset(words) & OIDC_SCOPES
    found = {_split(word) for word in words if word not in OIDC_SCOPES}
    resources = {resource for resource, _ in found} or {GRAPH}
    if len(resources) > 1:
        says = "The provided scope is not valid: it names more than one resource."
        raise OAuthError("invalid_scope", 70011, says)
    return Scopes(resources.pop(), frozenset(name for _, name in found), oidc, tuple(words))


def _split(scope: str) -> tuple[str, str]:
    resource, slash, name = scope.rpartition("/")
    resource = resource.rstrip("/")
    if not slash or resource == GRAPH_APP_ID:
        return GRAPH, name
    if resource in (f"api://{BOT_APP_ID}", BOT_APP_ID) or resource.endswith(f"/{BOT_APP_ID}"):
        return BOT_APP_ID, name
    return resource, name


def s256(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
