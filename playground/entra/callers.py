"""Whose token a Graph call carries, and what that token may do."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import web

from playground.cast import BOT_APP_ID
from playground.entra.refusals import (
    GraphError,
    bad_token,
    insufficient_privileges,
    scope_missing,
    unauthorized_access,
)
from playground.entra.state import Actor, Tenant
from playground.entra.tokens import GRAPH, Signer
from playground.kernel.wire import AS, Handler


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls Graph, and the permissions in the token."""

    actor: Actor
    permissions: frozenset[str]

    @property
    def label(self) -> str:
        """How the recorder names the credential."""
        if self.actor.oid is not None:
            return f"user:{self.actor.oid}"
        return "app" if self.actor.app == BOT_APP_ID else "grantor"

    def has(self, permission: str) -> bool:
        """Whether the token holds a permission; writing includes reading."""
        return bool({permission, permission.replace(".Read.", ".ReadWrite.")} & self.permissions)


CALLER = web.RequestKey("caller", Caller)
REFUSED = web.RequestKey("refused", GraphError)


@dataclass
class Door:
    """Reads the bearer token of every call."""

    tenant: Tenant
    signer: Signer

    @web.middleware
    async def identify(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note the caller, or why there is none, for those that answer and those that record."""
        try:
            request[CALLER] = caller = self._caller(request.headers.get("Authorization", ""))
            request[AS] = caller.label
        except GraphError as refused:
            request[REFUSED] = refused
        return await handler(request)

    def _caller(self, header: str) -> Caller:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise bad_token("Access token is empty.", self._challenge())
        try:
            claims = self.signer.read(token, GRAPH)
        except jwt.ExpiredSignatureError:
            says = "Lifetime validation failed, the token is expired."
            raise bad_token(says, self._challenge()) from None
        except jwt.InvalidTokenError as wrong:
            says = f"Access token validation failure. {wrong}."
            raise bad_token(says, self._challenge()) from None
        return self._from_claims(claims)

    def _from_claims(self, claims: dict[str, Any]) -> Caller:
        if "scp" not in claims:
            return Caller(Actor(app=claims["azp"]), frozenset(claims.get("roles", ())))
        user = self.tenant.users.get(claims["oid"])
        if user is None or not user.enabled:
            # Continuous access evaluation: a disabled account's tokens stop at once.
            # https://learn.microsoft.com/entra/identity-platform/claims-challenge
            asked = {"access_token": {"nbf": {"essential": True, "value": str(self.signer.now())}}}
            coded = base64.b64encode(json.dumps(asked).encode()).decode()
            says = "Continuous access evaluation resulted in challenge with result: InteractionRequired"
            more = f', error="insufficient_claims", claims="{coded}"'
            raise bad_token(says, self._challenge() + more)
        actor = Actor(
            app=claims["azp"],
            oid=user.id,
            mfa="mfa" in claims.get("amr", ()),
            acrs=frozenset(claims.get("acrs", ())),
            cp1="cp1" in claims.get("xms_cc", ()),
        )
        return Caller(actor, frozenset(claims["scp"].split()))

    def _challenge(self) -> str:
        where = self.signer.issuer.removesuffix("/v2.0")
        return f'Bearer realm="", authorization_uri="{where}/oauth2/v2.0/authorize"'


def pim_caller(request: web.Request, permission: str) -> Caller:
    """The caller of a PIM call, who must hold the permission."""
    caller = request[CALLER]
    if not caller.has(permission):
        raise scope_missing([permission])
    return caller


def directory_caller(request: web.Request, *any_of: str) -> Caller:
    """The caller of a directory call, who must hold one of the permissions."""
    caller = request[CALLER]
    if not any(caller.has(permission) for permission in any_of):
        raise insufficient_privileges()
    return caller


def person(caller: Caller) -> str:
    """The person who calls; an application may not."""
    if caller.actor.oid is None:
        raise unauthorized_access()
    return caller.actor.oid
