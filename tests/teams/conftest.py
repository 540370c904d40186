import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout
from prometheus_client import CollectorRegistry

from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from integrations.teams.connector import Connector
from integrations.teams.dialogs import Dialogs
from integrations.teams.front_door import route
from integrations.teams.keys import Keys
from integrations.teams.limits import Limits
from integrations.teams.messenger import TeamsMessenger
from integrations.teams.places import Places
from integrations.teams.reception import Reception
from integrations.teams.single_sign_on import SingleSignOn
from integrations.teams.turns import Turns
from integrations.teams.verify import Expected, Verifier
from integrations.web.server import application, listen
from tests.databases import Hands, copied
from tests.slack.desk import ScriptedDesk
from tests.teams.connector import (
    APP,
    TENANT,
    KeyServer,
    activity,
    claims,
    key_server,
    signed,
)
from tests.teams.service import TOKEN, service
from tests.teams.workspaces import TeamsWorkspace

Json = dict[str, Any]
_NUMBERS = itertools.count(1)


@dataclass
class Watch:
    """Seconds that pass when told to."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Door:
    """A verifier and the keys it relies on."""

    server: KeyServer
    verifier: Verifier
    keys: Keys
    watch: Watch = field(default_factory=Watch)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with key_server() as server, ClientSession(timeout=ClientTimeout(total=0.5)) as session:
        watch = Watch()
        keys = Keys(session, f"{server.url}/metadata", watch)
        yield Door(server, Verifier(Expected(APP, TENANT), keys), keys, watch)


@pytest.fixture
async def teams_chat(tmp_path: Path, migrated_file: Path) -> AsyncIterator[TeamsWorkspace]:
    database = Database(connect(copied(migrated_file, tmp_path)))
    async with service() as there, ClientSession(timeout=ClientTimeout(total=5)) as session:

        async def token() -> str:
            return TOKEN

        places = Places(DatabaseStore(database, Hands()), TENANT, there.url)
        hours = itertools.count()
        connector = Connector(session, token, Limits(lambda: 3600.0 * next(hours)))
        silent = SingleSignOn(connector, "api://botid-1", "https://bot.example.com")
        messenger = TeamsMessenger(connector, places, Dialogs(), Expected(APP, TENANT), silent)
        chat = TeamsWorkspace(there, messenger)
        await chat.arrive()
        yield chat
        await silent.stop()
    await database.engine.dispose()


@dataclass
class Desk:
    """The front door as it is mounted, with a scripted desk behind it and Teams in front."""

    chat: TeamsWorkspace
    desk: ScriptedDesk
    url: str
    session: ClientSession

    def said(self, text: str = "status", **changes: Any) -> Json:
        """A message of the member's, from where the connector is."""
        where = self.chat.service.url
        return {
            **activity(),
            "serviceUrl": where,
            "id": f"{next(_NUMBERS)}",
            "text": text,
        } | changes

    def invoked(self, name: str, value: Json, **changes: Any) -> Json:
        """Something that is answered."""
        return self.said(type="invoke", name=name, value=value, **changes)

    async def deliver(self, told: Json, **claimed: Any) -> tuple[int, Any]:
        """As Bot Connector would; the status and what the answer says."""
        made = {**claims(), "serviceurl": told.get("serviceUrl"), **claimed}
        headers = {"Authorization": signed(made)}
        async with self.session.post(self.url, json=told, headers=headers) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text()


@pytest.fixture
async def teams(teams_chat: TeamsWorkspace) -> AsyncIterator[Desk]:
    desk, messenger = ScriptedDesk(), teams_chat.messenger
    reception = Reception(desk, messenger, TENANT)
    async with key_server() as server, ClientSession(timeout=ClientTimeout(total=5)) as session:
        keys = Keys(session, f"{server.url}/metadata", Watch())
        verifier = Verifier(Expected(APP, TENANT, loopback=True), keys)
        app = application([route(verifier, Turns(reception))], {}, CollectorRegistry())
        listening = await listen(app, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.port}/api/messages"
        yield Desk(teams_chat, desk, url, session)
        await listening.stop()
