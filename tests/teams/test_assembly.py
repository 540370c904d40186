"""The door of Teams is there once the app is named, and only then."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.app import entra_settings
from bot.chats import Desks, open_chats
from bot.domain.ids import Chat
from bot.ports import IntegrationError
from bot.settings import from_environment
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from playground.cast import TENANT_ID
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.facade import Slack
from tests.databases import Hands, copied
from tests.domain.test_settings import APP, ENOUGH
from tests.entra.desk import a_desk
from tests.slack.desk import ScriptedDesk
from tests.web.desk import ScriptedSignIn

TEAMS = {**ENOUGH, "TEAMS_APP_ID": APP, "TEAMS_APP_SECRET": "s"}
SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")


@pytest.mark.parametrize("sso", ["", "api://botid-1"])
async def test_in_teams_alone_there_is_its_door_alone(
    tmp_path: Path, migrated_file: Path, sso: str
) -> None:
    told = {**TEAMS, **dict.fromkeys(SLACK, ""), "TEAMS_SSO_URI": sso}
    settings = from_environment({**told, "LOGIN_URL": "https://127.0.0.1:9"})  # is not there now
    assert settings.teams is not None
    database = Database(connect(copied(migrated_file, tmp_path)))
    sign_in = ScriptedSignIn()
    async with AsyncExitStack() as stack:
        store = DatabaseStore(database, Hands())
        app = entra_settings(settings.teams.app)
        chats = await open_chats(settings, app, store, stack)
        doors = await chats.open_doors(Desks(ScriptedDesk(), sign_in), stack)

        assert list(chats.messengers) == [Chat.TEAMS]
        assert [route.path for route in doors.routes] == ["/api/messages"]
        assert doors.checks == {}
    await database.engine.dispose()


async def test_without_the_apps_id_the_door_stays_shut(tmp_path: Path, migrated_file: Path) -> None:
    wire = Wire(WorldClock())
    slack = Slack(wire.clock, wire)
    await slack.start()
    dev = {"DEV_LOOPBACK": "1", "HOST": "127.0.0.1", "PUBLIC_URL": "http://127.0.0.1:8080"}
    told = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token}
    settings = from_environment({**ENOUGH, **dev, **told})
    database = Database(connect(copied(migrated_file, tmp_path)))
    async with AsyncExitStack() as stack:
        chats = await open_chats(settings, None, DatabaseStore(database, Hands()), stack)
        doors = await chats.open_doors(Desks(ScriptedDesk(), ScriptedSignIn()), stack)

        assert list(chats.messengers) == [Chat.SLACK]
        assert [route.path for route in doors.routes] == ["/slack/events"]
    await database.engine.dispose()
    await slack.stop()


async def test_a_credential_that_entra_refuses_starts_nothing(
    tmp_path: Path, migrated_file: Path
) -> None:
    (tmp_path / "login").mkdir()
    async with a_desk(tmp_path / "login") as login, AsyncExitStack() as stack:
        login.answers.append((401, {"error": "invalid_client", "error_description": "AADSTS7"}))
        told = {**TEAMS, **dict.fromkeys(SLACK, ""), "LOGIN_URL": login.url}
        told |= {"AZURE_TENANT_ID": TENANT_ID, "LOGIN_CA_FILE": login.ca_path}
        settings = from_environment(told)
        assert settings.teams is not None
        database = Database(connect(copied(migrated_file, tmp_path)))
        app = entra_settings(settings.teams.app)

        with pytest.raises(IntegrationError) as refused:
            await open_chats(settings, app, DatabaseStore(database, Hands()), stack)

        assert refused.value.permanent
        await database.engine.dispose()
