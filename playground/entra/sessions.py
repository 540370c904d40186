"""Who has signed in, and the authorization codes and refresh tokens that came of it."""

import secrets
from dataclasses import dataclass, field, replace

from playground.entra.oauth import OAuthError, Scopes, s256
from playground.entra.tokens import Signer

CODE_LASTS_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Grant:
    """A sign-in: who, through which application, for what, and how strongly."""

    client: str
    oid: str
    scopes: Scopes
    auth_time: int
    nonce: str = ""
    redirect_uri: str = ""
    challenge: str = ""
    acrs: frozenset[str] = frozenset()
    mfa: bool = False
    made: int = 0


@dataclass
class Sessions:
    """The endpoint's memory; every refusal is an OAuthError."""

    signer: Signer
    _codes: dict[str, Grant] = field(default_factory=dict)
    _redeemed: set[str] = field(default_factory=set)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _signed_in: dict[str, int] = field(default_factory=dict)

    def sign_in(self, oid: str, *, fresh: bool, max_age: int | None) -> int:
        """When the person proved who they are, in real seconds: now if they must do so again."""
        now = self.signer.now()
        last = self._signed_in.get(oid)
        if fresh or last is None or (max_age is not None and now - last > max_age):
            last = self._signed_in[oid] = now
        return last

    def code_for(self, grant: Grant) -> str:
        """An authorization code, good once and for ten minutes."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = replace(grant, made=self.signer.now())
        return code

    def redeem_code(self, code: str, client: str, redirect_uri: str, verifier: str) -> Grant:
        """The grant behind a code; any mismatch burns the code."""
        if code in self._redeemed:
            says = "OAuth2 Authorization code was already redeemed."
            raise OAuthError("invalid_grant", 54005, says)
        grant = self._codes.pop(code, None)
        if grant is None or grant.client != client:
            raise OAuthError("invalid_grant", 70000, "The provided value for 'code' is not valid.")
        self._redeemed.add(code)
        if self.signer.now() - grant.made > CODE_LASTS_SECONDS:
            raise OAuthError("invalid_grant", 70008, "The authorization code has expired.")
        if grant.redirect_uri != redirect_uri:
            says = "The reply URL does not match the one of the authorization request."
            raise OAuthError("invalid_grant", 500112, says)
        if not secrets.compare_digest(s256(verifier), grant.challenge):
            says = "The Code_Verifier does not match the code_challenge."
            raise OAuthError("invalid_grant", 501481, says)
        return grant

    def refresh_token_for(self, grant: Grant) -> str:
        """A new refresh token."""
        token = secrets.token_urlsafe(48)
        self._refresh[token] = replace(grant, nonce="")
        return token

    def redeem_refresh(self, token: str, client: str) -> Grant:
        """The grant behind a refresh token, which stays good after use.

        https://learn.microsoft.com/entra/identity-platform/refresh-tokens
        """
        grant = self._refresh.get(token)
        if grant is None or grant.client != client:
            raise OAuthError("invalid_grant", 9002313, "Invalid request. Request is malformed.")
        return grant
