"""What the token endpoint answers: access, identity and refresh tokens for a grant."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from playground.cast import BOT_APP_ID, TENANT_ID
from playground.entra.consent import APP_ROLES, consent_missing, granted_names, service_principal
from playground.entra.oauth import Asked, OAuthError, Scopes
from playground.entra.sessions import Grant, Sessions
from playground.entra.sign_in_refusals import sign_in_refusal
from playground.entra.state import Tenant, User
from playground.entra.tokens import GRAPH, LIFETIME_SECONDS, Signer


@dataclass
class Issuer:
    """Makes token answers; every refusal is an OAuthError."""

    tenant: Tenant
    signer: Signer
    sessions: Sessions

    def require_good_standing(self, oid: str) -> User:
        """The person, if the account is enabled and the application consented to."""
        user = self.tenant.users.get(oid)
        if user is None:
            raise OAuthError("invalid_grant", 50034, "The user account does not exist.")
        if not user.enabled:
            raise OAuthError("invalid_grant", 50057, "The user account is disabled.")
        if self.tenant.consent_missing:
            raise consent_missing(BOT_APP_ID)
        if oid in self.tenant.sign_in_refused:
            raise sign_in_refusal(self.tenant.sign_in_refused[oid])
        return user

    def granted_names(self, client: str, scopes: Scopes) -> frozenset[str]:
        """The delegated permissions in force; raises OAuthError for one nobody consents to now."""
        names = granted_names(client, scopes)
        if names & self.tenant.consent_withdrawn:
            raise consent_missing(client)
        return names

    def for_person(self, grant: Grant, asked: Asked) -> dict[str, Any]:
        """The answer to a person's grant: what its scopes and the claims asked for entitle to."""
        user = self.require_good_standing(grant.oid)
        _require_satisfied(grant, asked)
        names = self.granted_names(grant.client, grant.scopes)
        answer = _answer(self._access_token(grant, asked, user, names))
        answer["scope"] = _scope_words(grant.scopes, names)
        if "openid" in grant.scopes.oidc:
            answer["id_token"] = self._id_token(grant, asked, user)
        if "offline_access" in grant.scopes.oidc:
            answer["refresh_token"] = self.sessions.refresh_token_for(grant)
        return answer

    def for_app(self, client: str, resource: str) -> dict[str, Any]:
        """The answer for an application by itself."""
        oid = service_principal(client)
        roles = (
            sorted(self.tenant.granted.get(client, APP_ROLES.get(client, frozenset())))
            if resource == GRAPH
            else []
        )
        claims = {"aud": resource, "azp": client, "oid": oid, "sub": oid, "idtyp": "app"}
        return _answer(self.signer.sign(claims | {"roles": roles}))

    def teams_token(self, oid: str) -> str:
        """The token Teams single sign-on hands to a bot; an OAuthError where nobody may have one.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview
        """
        scopes = Scopes(BOT_APP_ID, frozenset({"access_as_user"}), frozenset(), ())
        grant = Grant(BOT_APP_ID, oid, scopes, self.signer.now())
        user = self.require_good_standing(oid)
        return self._access_token(grant, Asked(), user, scopes.names)

    def _access_token(self, grant: Grant, asked: Asked, user: User, names: frozenset[str]) -> str:
        return self.signer.sign(
            {
                **_person(user, grant.client),
                "aud": grant.scopes.resource,
                "azp": grant.client,
                "scp": " ".join(sorted(names | (grant.scopes.oidc - {"offline_access"}))),
                **_strength(grant, asked),
                **({"xms_cc": ["cp1"]} if asked.cp1 else {}),
            }
        )

    def _id_token(self, grant: Grant, asked: Asked, user: User) -> str:
        return self.signer.sign(
            {
                **_person(user, grant.client),
                "aud": grant.client,
                "auth_time": grant.auth_time,
                **({"nonce": grant.nonce} if grant.nonce else {}),
                **_strength(grant, asked),
            }
        )


def client_info(oid: str) -> str:
    """The account, as MSAL asks for it with client_info=1."""
    info = json.dumps({"uid": oid, "utid": TENANT_ID}).encode()
    return base64.urlsafe_b64encode(info).rstrip(b"=").decode()


def _answer(access_token: str) -> dict[str, Any]:
    return {
        "token_type": "Bearer",
        "expires_in": LIFETIME_SECONDS,
        "ext_expires_in": LIFETIME_SECONDS,
        "access_token": access_token,
    }


def _require_satisfied(grant: Grant, asked: Asked) -> None:
    claims: dict[str, Any] = {}
    if missing := sorted(asked.acrs - grant.acrs):
        claims["acrs"] = {"essential": True, "value": missing[0]}
    if asked.mfa and not grant.mfa:
        claims["amr"] = {"values": ["mfa"]}
    if claims:
        raise OAuthError(
            "interaction_required",
            50076,
            "You must use multi-factor authentication to access this resource.",
            suberror="basic_action",
            claims=json.dumps({"access_token": claims}, separators=(",", ":")),
        )


def _person(user: User, client: str) -> dict[str, Any]:
    pairwise = hashlib.sha256(f"{user.id}{client}".encode()).digest()
    return {
        "oid": user.id,
        "sub": base64.urlsafe_b64encode(pairwise).rstrip(b"=").decode(),
        "name": user.name,
        "preferred_username": user.upn,
    }


def _strength(grant: Grant, asked: Asked) -> dict[str, Any]:
    """An authentication context is in a token only when that token's request asked for it."""
    methods = ["pwd", "mfa"] if grant.mfa else ["pwd"]
    acrs = sorted(grant.acrs & asked.acrs)
    return {"amr": methods, **({"acrs": acrs} if acrs else {})}


def _scope_words(scopes: Scopes, names: frozenset[str]) -> str:
    added = [f"{scopes.resource}/{name}" for name in sorted(names)] if scopes.is_default else []
    return " ".join([*scopes.asked, *added])
