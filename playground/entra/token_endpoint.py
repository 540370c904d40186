"""POST /oauth2/v2.0/token: every grant the product uses, and what may be recorded of it."""

import hmac
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import jwt
from aiohttp import web

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID
from playground.entra.issuing import Issuer, client_info
from playground.entra.oauth import OAuthError, read_claims, read_scopes
from playground.entra.sessions import Grant
from playground.kernel.wire import AS

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECRET_FIELDS = frozenset(
    {
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "password",
        "refresh_token",
    }
)
Form = dict[str, str]


def recorded_form(_: web.Request, raw: bytes) -> Any:  # noqa: ANN401
    """A token request without its secrets."""
    form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    return {k: "(left out)" if k in SECRET_FIELDS else v for k, v in form.items()} or None


@dataclass
class TokenEndpoint:
    """Answers token requests; `secrets` is each application's client secret."""

    issuer: Issuer
    secrets: dict[str, str]

    async def answer(self, request: web.Request) -> web.Response:
        """The HTTP handler."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            client = self._client(form)
            body = self._granted(request, client, form)
        except OAuthError as refused:
            # MSAL replays a cached 400 otherwise: a change in the tenant would go unnoticed.
            headers = {"Retry-After": "0"}
            now = self.issuer.signer.now()
            return web.json_response(refused.body(now), status=refused.status, headers=headers)
        return web.json_response(body, headers={"Cache-Control": "no-store"})

    def _client(self, form: Form) -> str:
        client = form.get("client_id", "")
        if client not in self.secrets:
            says = f"Application with identifier '{client}' was not found in the directory."
            raise OAuthError("unauthorized_client", 700016, says)
        if not hmac.compare_digest(
            form.get("client_secret", "").encode(), self.secrets[client].encode()
        ):
            raise OAuthError("invalid_client", 7000215, "Invalid client secret provided.")
        return client

    def _granted(self, request: web.Request, client: str, form: Form) -> dict[str, Any]:
        asked = read_claims(form.get("claims", ""))
        match form.get("grant_type"):
            case "client_credentials":
                request[AS] = {BOT_APP_ID: "app", GRANTOR_APP_ID: "grantor"}.get(client, "bot")
                return self._for_app(client, form)
            case "authorization_code":
                grant = self._from_code(client, form)
                asked = replace(asked, acrs=asked.acrs | grant.acrs, mfa=asked.mfa or grant.mfa)
            case "refresh_token":
                grant = self._from_refresh(client, form)
            case grant_type if grant_type == JWT_BEARER:
                grant = self._on_behalf_of(client, form)
            case other:
                raise OAuthError("unsupported_grant_type", 70003, f"No grant type {other!r}.")
        request[AS] = f"user:{grant.oid}"
        body = self.issuer.for_person(grant, asked)
        return body | ({"client_info": client_info(grant.oid)} if form.get("client_info") else {})

    def _for_app(self, client: str, form: Form) -> dict[str, Any]:
        scopes = read_scopes(form.get("scope", ""))
        if scopes.names != {".default"}:
            says = "The provided value for scope must be the resource identifier with /.default."
            raise OAuthError("invalid_scope", 1002012, says)
        return self.issuer.for_app(client, scopes.resource)

    def _from_code(self, client: str, form: Form) -> Grant:
        return self.issuer.sessions.redeem_code(
            form.get("code", ""),
            client,
            form.get("redirect_uri", ""),
            form.get("code_verifier", ""),
        )

    def _from_refresh(self, client: str, form: Form) -> Grant:
        grant = self.issuer.sessions.redeem_refresh(form.get("refresh_token", ""), client)
        return replace(grant, scopes=read_scopes(form["scope"])) if form.get("scope") else grant

    def _on_behalf_of(self, client: str, form: Form) -> Grant:
        signer = self.issuer.signer
        if form.get("requested_token_use") != "on_behalf_of":
            raise OAuthError("invalid_request", 90014, "requested_token_use is missing.")
        try:
            claims = signer.read(form.get("assertion", ""), client)
        except jwt.InvalidTokenError as wrong:
            says = f"Assertion failed signature validation: {wrong}."
            raise OAuthError("invalid_grant", 50013, says) from wrong
        if "access_as_user" not in claims.get("scp", "").split():
            says = "An application token cannot be used to sign in on behalf of somebody."
            raise OAuthError("invalid_grant", 50013, says)
        return Grant(
            client,
            claims["oid"],
            read_scopes(form.get("scope", "")),
            claims["iat"],
            acrs=frozenset(claims.get("acrs", ())),
            mfa="mfa" in claims.get("amr", ()),
        )
