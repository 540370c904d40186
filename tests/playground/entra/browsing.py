"""MSAL as the bot uses it, and a browser that signs in somewhere and stops at the reply address."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import aiohttp
import msal
import requests
from yarl import URL

from playground.cast import BOT_APP_ID, TENANT_ID
from playground.entra.authorize import PERSON_COOKIE
from playground.entra.facade import Entra

REDIRECT = "http://127.0.0.1:9/auth/callback"
SCOPES = ["https://graph.microsoft.com/PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"]
Json = dict[str, Any]


@dataclass
class Msal:
    """A confidential client in a thread, since MSAL blocks."""

    entra: Entra
    session: requests.Session
    app: Any = None

    async def start(self) -> "Msal":
        self.session.trust_env = False
        self.session.verify = str(self.entra.ca_path)
        self.app = await asyncio.to_thread(
            msal.ConfidentialClientApplication,
            BOT_APP_ID,
            client_credential=self.entra.client_secret,
            authority=f"{self.entra.login_url}/{TENANT_ID}",
            http_client=self.session,
            instance_discovery=False,
            azure_region=False,
            client_capabilities=["cp1"],
        )
        return self

    async def begin(self, **more: Any) -> Json:
        """A flow; MSAL warns about every response mode but form_post."""
        flow: Json = await asyncio.to_thread(
            self.app.initiate_auth_code_flow,
            SCOPES,
            redirect_uri=REDIRECT,
            response_mode="form_post",
            **more,
        )
        return flow

    async def finish(self, flow: Json, answer: Json) -> Json:
        result: Json = await asyncio.to_thread(
            self.app.acquire_token_by_auth_code_flow, flow, answer
        )
        return result

    async def refresh(self, token: str) -> Json:
        result: Json = await asyncio.to_thread(
            self.app.acquire_token_by_refresh_token, token, SCOPES
        )
        return result

    async def silently(self, claims: str) -> Json:
        """Refresh from MSAL's cache, asking for claims."""
        (account,) = self.app.get_accounts()
        result: Json = await asyncio.to_thread(
            self.app.acquire_token_silent_with_error, SCOPES, account, claims_challenge=claims
        )
        return result


def changed(uri: str, **query: str) -> str:
    """The address with parts of its query set anew, or taken out when empty."""
    parts = urlsplit(uri)
    both = dict(parse_qsl(parts.query)) | query
    kept = {name: value for name, value in both.items() if value}
    return str(URL(urlunsplit(parts._replace(query=""))).with_query(kept))


@dataclass
class Browser:
    """One person's browser, or nobody's."""

    session: aiohttp.ClientSession
    person: str = ""

    async def open(self, uri: str) -> tuple[int, str, Json]:
        """The status, the page and what the redirect carries back to the application."""
        cookies = {PERSON_COOKIE: self.person} if self.person else {}
        async with self.session.get(uri, cookies=cookies, allow_redirects=False) as answer:
            return answer.status, await answer.text(), _carried(answer)

    async def pick(self, uri: str, oid: str) -> Json:
        """Press the button of an account."""
        async with self.session.post(uri, data={"person": oid}, allow_redirects=False) as answer:
            return _carried(answer)


def _carried(answer: aiohttp.ClientResponse) -> Json:
    location = answer.headers.get("Location", "")
    assert not location or location.startswith(f"{REDIRECT}?")
    return dict(parse_qsl(urlsplit(location).query))
