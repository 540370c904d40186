"""The bot's own calls to the connector, as a bot with a token makes them."""

import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from playground.cast import TEAMS_APP_ID, TENANT_ID
from playground.entra.facade import Entra
from playground.teams.facade import Teams

Json = dict[str, Any]
SCOPE = "https://api.botframework.com/.default"


async def token(entra: Entra, client: str = TEAMS_APP_ID, scope: str = SCOPE) -> str:
    """A token of an application by itself, from the simulated login."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client,
        "client_secret": entra.login.secrets[client],
        "scope": scope,
    }
    tls = ssl.create_default_context(cafile=entra.ca_path)
    url = f"{entra.login_url}/{TENANT_ID}/oauth2/v2.0/token"
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls)) as http,
        http.post(url, data=form) as answer,
    ):
        return str((await answer.json())["access_token"])


@dataclass
class Sender:
    teams: Teams
    token: str
    retry_after: list[str | None] = field(default_factory=list)

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.teams.service_url}v3/{path}"
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, url, json=body, headers=headers) as answer,
        ):
            self.retry_after.append(answer.headers.get("Retry-After"))
            return answer.status, await answer.json()

    async def sends(self, who: str, activity: Json) -> str:
        """A message to somebody; its id."""
        conversation = self.teams.tenant.personal(self.teams.tenant.accounts[who])
        path = f"conversations/{quote(conversation.id)}/activities"
        status, told = await self.call("POST", path, activity)
        assert status == 201, told
        return str(told["id"])

    async def edits(self, who: str, message: str, activity: Json) -> None:
        conversation = self.teams.tenant.personal(self.teams.tenant.accounts[who])
        path = f"conversations/{quote(conversation.id)}/activities/{message}"
        status, told = await self.call("PUT", path, activity)
        assert status == 200, told
