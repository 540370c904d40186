"""GET and POST /oauth2/v2.0/authorize: where a person's browser signs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from playground.cast import BOT_APP_ID, PEOPLE
from playground.entra.issuing import Issuer
from playground.entra.oauth import Asked, OAuthError, Scopes, read_claims, read_scopes
from playground.entra.picker import form_post_page, picker_page, trouble_page
from playground.entra.sessions import Grant

PERSON_COOKIE = "playground_person"
"""Whose browser this is: a key of the cast. The page and the control interface set it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A well-formed authorization request."""

    redirect_uri: str
    scopes: Scopes
    challenge: str
    state: str
    nonce: str
    response_mode: str
    fresh: bool
    max_age: int | None
    claims: Asked


@dataclass
class Authorize:
    """Signs browsers in; redirects only to reply addresses that are registered."""

    issuer: Issuer

    async def page(self, request: web.Request) -> web.Response:
        """Sign in whoever's browser this is, or show the accounts to pick from."""
        try:
            asking = self._read(request.query)
        except OAuthError as refused:
            return trouble_page(str(refused), refused.status)
        cookie = request.cookies.get(PERSON_COOKIE, "")
        person = self._person(cookie) or self._person(request.query.get("login_hint", ""))
        if person is None:
            return picker_page(self.issuer.tenant.users.values(), str(request.rel_url))
        return self._sign_in(person, asking)

    async def picked(self, request: web.Request) -> web.Response:
        """Sign in as the account whose button was pressed."""
        try:
            asking = self._read(request.query)
        except OAuthError as refused:
            return trouble_page(str(refused), refused.status)
        person = self._person(str((await request.post()).get("person", "")))
        if person is None:
            return picker_page(self.issuer.tenant.users.values(), str(request.rel_url))
        return self._sign_in(person, asking)

    def _person(self, name: str) -> str | None:
        """The object id behind a key of the cast, a user name or an object id."""
        oid = PEOPLE[name].oid if name in PEOPLE else name
        users = self.issuer.tenant.users.values()
        return next((u.id for u in users if oid in (u.id, u.upn)), None)

    def _read(self, query: Mapping[str, str]) -> Asking:
        if query.get("client_id") != BOT_APP_ID:
            says = f"Application with identifier '{query.get('client_id')}' was not found."
            raise OAuthError("unauthorized_client", 700016, says)
        if query.get("redirect_uri") not in self.issuer.tenant.redirect_uris:
            says = "The redirect URI specified in the request does not match those registered."
            raise OAuthError("invalid_request", 50011, says)
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", 700054, "Only code is enabled.")
        if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
            raise OAuthError("invalid_request", 9002325, "Proof Key for Code Exchange is required.")
        mode = query.get("response_mode", "query")
        if mode not in ("query", "form_post"):
            raise OAuthError("invalid_request", 900971, f"response_mode {mode!r} is not simulated.")
        age = query.get("max_age", "")
        return Asking(
            redirect_uri=query["redirect_uri"],
            scopes=read_scopes(query.get("scope", "")),
            challenge=query["code_challenge"],
            state=query.get("state", ""),
            nonce=query.get("nonce", ""),
            response_mode=mode,
            fresh="login" in query.get("prompt", "").split(),
            max_age=int(age) if age.isdecimal() else None,
            claims=read_claims(query.get("claims", "")),
        )

    def _sign_in(self, oid: str, asking: Asking) -> web.Response:
        if not self.issuer.tenant.users[oid].enabled:
            return trouble_page("AADSTS50057: The user account is disabled.", 200)
        try:
            self.issuer.require_good_standing(oid)
            self.issuer.granted_names(BOT_APP_ID, asking.scopes)
        except OAuthError as refused:
            consent = "consent_required" in {refused.error, refused.more.get("suberror")}
            # The page answers with the errors of RFC 6749, section 4.1.2.1, and OpenID's.
            denied = "access_denied" if refused.error == "invalid_grant" else refused.error
            error = "consent_required" if consent else denied
            return _send_back(asking, {"error": error, "error_description": str(refused)})
        sessions = self.issuer.sessions
        since = sessions.sign_in(oid, fresh=asking.fresh, max_age=asking.max_age)
        grant = Grant(
            BOT_APP_ID,
            oid,
            asking.scopes,
            since,
            nonce=asking.nonce,
            redirect_uri=asking.redirect_uri,
            challenge=asking.challenge,
            acrs=asking.claims.acrs,
            mfa=asking.claims.mfa or bool(asking.claims.acrs),
        )
        return _send_back(asking, {"code": sessions.code_for(grant)})


def _send_back(asking: Asking, fields: dict[str, str]) -> web.Response:
    fields = fields | ({"state": asking.state} if asking.state else {})
    if asking.response_mode == "form_post":
        return form_post_page(asking.redirect_uri, fields)
    joint = "&" if "?" in asking.redirect_uri else "?"
    location = f"{asking.redirect_uri}{joint}{urlencode(fields)}"
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})
