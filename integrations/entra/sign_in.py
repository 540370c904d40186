"""Signing people in with the authorization code flow and PKCE, and refreshing their tokens.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msal
import requests

from bot.domain.ids import PersonId
from bot.domain.sign_in import CONSENT_REQUIRED, NOT_ASSIGNED
from bot.ports import (
    IntegrationError,
    PersonToken,
    SignedIn,
    SignInNeededError,
    SignInRefusedError,
)
from integrations.entra.credentials import msal_credential
from integrations.entra.flow import opened, sealed
from integrations.entra.id_token import Identity, IdTokens
from integrations.entra.login_session import SYSTEM, LoginSession
from integrations.entra.settings import EntraSettings

Json = dict[str, Any]
PERMISSIONS = (
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "User.Read",
)
_THREADS = 4
_CAPABLE = {"xms_cc": {"values": ["cp1"]}}
_ANSWER = ("code", "state", "error", "error_description")
_PERSON_CAN_MEND = {
    "interaction_required",
    "invalid_grant",
    "login_required",
    CONSENT_REQUIRED,
    "access_denied",
}
_NO_CONSENT = {"AADSTS65001", "AADSTS90094", "AADSTS90095", "AADSTS90008"}
_ANEW: Json = {"prompt": "login", "max_age": 3600}
"""`prompt` makes Entra ask anew. `max_age` makes it say when (auth_time, which is what counts); no
shorter, because the access token lives no longer than that.
https://github.com/AzureAD/microsoft-authentication-library-for-python/issues/444"""
_PASSES = {"server_error", "temporarily_unavailable"}
_TOKEN_STAYS_GOOD = {
    *(CONSENT_REQUIRED, NOT_ASSIGNED),
    *("AADSTS50053", "AADSTS50072", "AADSTS50074", "AADSTS50076", "AADSTS50079", "AADSTS50158"),
    *("AADSTS53000", "AADSTS53001", "AADSTS53002", "AADSTS53003", "AADSTS53004"),
}
"""Refusals of what was asked for, not of the refresh token that it was asked with."""
_NUMBER = re.compile(r"AADSTS\d+")
_NOT_THIS = "The answer does not belong to this sign-in."
_Value = TypeVar("_Value")


class EntraSignIn:
    """:class:`bot.ports.SignIn` over MSAL, which blocks and therefore has threads of its own."""

    def __init__(self, settings: EntraSettings, real_now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._real_now = real_now
        self._scopes = [f"{settings.graph_resource}/{name}" for name in PERMISSIONS]
        self._session = LoginSession(settings)
        self._id_tokens = IdTokens(settings, self._session)
        self._app: msal.ConfidentialClientApplication | None = None
        self._making = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="entra-sign-in")

    async def close(self) -> None:
        """Let running calls end, and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._session.close()

    async def start(
        self, redirect_uri: str, state: str, claims: str = "", *, fresh: bool = False
    ) -> Mapping[str, Any]:
        """Begin a flow whose answer comes back as a GET with `state`, asking for `claims`."""
        flow: Json = await self._call(
            lambda app: app.initiate_auth_code_flow(
                self._scopes,
                redirect_uri=redirect_uri,
                state=state,
                claims_challenge=claims or None,
                response_mode="form_post",
                **(_ANEW if fresh else {}),
            )
        )
        # MSAL would check it against an id_token that it has not verified, and say nothing of use.
        flow.pop("max_age", None)
        return {"auth_uri": _answered_by_get(flow.pop("auth_uri")), **sealed(flow, state)}

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> SignedIn:
        """Redeem the answer and verify who came back. Raises SignInRefusedError."""
        answer = {name: query[name] for name in _ANSWER if name in query}
        begun = opened(flow, answer.get("state", ""))
        if begun is None:
            raise SignInRefusedError("answer", _NOT_THIS)
        result, identity = await self._call(
            lambda app: self._redeemed(_answered(app, begun, answer))
        )
        if identity is None:
            raise _refused(result)
        return self._signed_in(result, identity)

    async def exchange(self, assertion: str) -> SignedIn:
        """Redeem a person's token for this app on their behalf. Raises SignInRefusedError.

        https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
        """
        result, identity = await self._call(
            lambda app: self._redeemed(app.acquire_token_on_behalf_of(assertion, self._scopes))
        )
        if identity is None:
            raise _refused(result)
        return self._signed_in(result, identity)

    async def refresh(self, person: PersonId, refresh_token: str, claims: str = "") -> SignedIn:
        """A fresh access token for the person, asked for with `claims`. Raises SignInNeededError."""
        try:
            result, identity = await self._call(
                lambda app: self._redeemed(
                    # MSAL adds its capabilities to interactive sign-ins only; without them PIM
                    # goes on refusing a token that has what it asked for.
                    app.acquire_token_by_refresh_token(
                        refresh_token, self._scopes, data={"claims": _capable(claims)}
                    )
                )
            )
        except SignInRefusedError as refused:
            raise SignInNeededError(refused.code) from refused
        if identity is None:
            code, asked = _refused(result).code, str(result.get("claims") or "")
            spent = not asked and code not in _TOKEN_STAYS_GOOD
            raise SignInNeededError(code, asked, spent=spent)
        if identity.person != person:
            raise SignInNeededError("id_token")
        return self._signed_in(result, identity)

    def _redeemed(self, result: Json) -> tuple[Json, Identity | None]:
        """MSAL's answer, and who it is for; nobody when it is a refusal."""
        if "error" in result:
            return result, None
        return result, self._id_tokens.verify(str(result.get("id_token") or ""))

    def _signed_in(self, result: Json, identity: Identity) -> SignedIn:
        expires = self._real_now() + timedelta(seconds=int(result["expires_in"]))
        return SignedIn(
            person=identity.person,
            user_name=identity.user_name,
            token=PersonToken(identity.person, result["access_token"], expires),
            refresh_token=str(result.get("refresh_token") or ""),
            proved_at=identity.proved_at,
        )

    async def _call(self, work: Callable[[Any], _Value]) -> _Value:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)

    def _do(self, work: Callable[[Any], _Value]) -> _Value:
        try:
            return work(self._made())
        except requests.RequestException as failed:
            raise IntegrationError(SYSTEM, f"no answer ({type(failed).__name__})") from failed
        except ValueError as wrong:
            raise IntegrationError(SYSTEM, "an answer that is not OAuth") from wrong

    def _made(self) -> msal.ConfidentialClientApplication:
        """MSAL's client, made at the first call because that asks the endpoint for its addresses."""
        with self._making:
            if self._app is None:
                self._app = _client(self._settings, self._session)
            return self._app


class _KeepsNothing(msal.TokenCache):  # type: ignore[misc]
    """People's tokens live where the product puts them, not in MSAL."""

    def add(self, *_: Any, **__: Any) -> None:  # noqa: ANN401  MSAL's own signature
        pass


class _Forgetful(dict[str, Any]):
    """MSAL would replay a refusal for a minute, though consent may have been given meanwhile."""

    def __setitem__(self, key: str, value: Any) -> None:  # noqa: ANN401  any answer
        pass


def _client(
    settings: EntraSettings, session: requests.Session
) -> msal.ConfidentialClientApplication:
    try:
        return msal.ConfidentialClientApplication(
            settings.client_id,
            client_credential=msal_credential(settings),
            authority=settings.authority,
            http_client=session,
            instance_discovery=False,
            azure_region=False,
            # Without it PIM keeps refusing a token that does carry the authentication context.
            client_capabilities=["cp1"],
            token_cache=_KeepsNothing(),
            http_cache=_Forgetful(),
        )
    except ValueError as wrong:
        raise IntegrationError(SYSTEM, str(wrong), permanent=True) from wrong


def _answered(app: Any, flow: Json, answer: dict[str, str]) -> Json:  # noqa: ANN401  untyped MSAL
    try:
        result: Json = app.acquire_token_by_auth_code_flow(flow, answer)
    except json.JSONDecodeError:
        raise
    except (ValueError, RuntimeError) as wrong:
        # MSAL's way of saying that the state or the nonce is not the flow's.
        raise SignInRefusedError("answer", _NOT_THIS) from wrong
    return result


def _answered_by_get(auth_uri: str) -> str:
    """The same address, answered by a redirect: a POST from Entra would lose our SameSite cookie.

    MSAL warns about every other way of asking for it; the code is bound by PKCE and our state.
    """
    parts = urlsplit(auth_uri)
    query = dict(parse_qsl(parts.query)) | {"response_mode": "query"}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _capable(claims: str) -> str:
    """The claims, and that we can deal with claims challenges."""
    asked: Json = json.loads(claims) if claims else {}
    return json.dumps({**asked, "access_token": {**asked.get("access_token", {}), **_CAPABLE}})


def _refused(result: Json) -> SignInRefusedError:
    """Entra's refusal; IntegrationError instead when not the person but the set-up is at fault."""
    error, text = str(result["error"]), str(result.get("error_description") or "")
    found = _NUMBER.search(text)
    code = found[0] if found else error
    if CONSENT_REQUIRED in {error, result.get("suberror")} or code in _NO_CONSENT:
        return SignInRefusedError(CONSENT_REQUIRED, text)
    if error not in _PERSON_CAN_MEND:
        raise IntegrationError(SYSTEM, f"{code}: {text}", permanent=error not in _PASSES)
    return SignInRefusedError(code, text)
