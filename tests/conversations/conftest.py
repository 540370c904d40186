"""A world with the real bot in it for each test, and a chat; at the end everything is judged."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest

from bot import app
from handlers import dispatch
from integrations.teams import limits
from playground.teams import connector
from tests.conversations.chat import Chat
from tests.conversations.places import MIXED, SLACK, SLACK_OVER_SOCKETS, TEAMS
from tests.conversations.stage import Kept, Stage, Ways, staged
from tests.databases import Postgres, sqlite_url
from tests.handlers.conftest import no_power_cuts

__all__ = ["no_power_cuts"]

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MANY = ((1000, 1.0),)


@pytest.fixture(scope="session", autouse=True)
def _service_models_are_read_once() -> Iterator[None]:
    """botocore reads megabytes of JSON for each client: a third of what starting a bot takes."""
    loader = botocore.session.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda *_: loader)
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Plays each script in every chat it is about, and on both databases.

    Which chats those are says the marker `where`, or the module's WHERE, else it is all. On
    PostgreSQL it is played in the last of them, on SQLite in the others; with `--soak` all on both.
    """
    if "world" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("where")
    wheres = marker.args if marker else getattr(metafunc.module, "WHERE", (SLACK, TEAMS, MIXED))
    *others, last = wheres
    plays = [*((where, SQLITE) for where in others or wheres), (last, POSTGRESQL)]
    if metafunc.config.getoption("--soak"):
        plays = [(where, kind) for where in wheres for kind in (SQLITE, POSTGRESQL)]
    names = [f"{where} on {kind}" if kind == POSTGRESQL else where for where, kind in plays]
    metafunc.parametrize(("where", "bot_database"), plays, ids=names, indirect=True)


@pytest.fixture
def where(request: pytest.FixtureRequest) -> str:
    """The chats that a script is played in."""
    return str(request.param)


@pytest.fixture
def bot_database(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    """A fresh database of one kind."""
    if request.param == POSTGRESQL:
        server: Postgres = request.getfixturevalue("postgres_server")
        url = server.migrated()
        return Kept(url, lambda: server.files(url))
    return Kept(sqlite_url(tmp_path / "bot.db"), lambda: [*tmp_path.glob("bot.db*")])


@pytest.fixture
def decider(where: str) -> str:
    """Who of the approvers decides: in Teams, one who is nowhere else."""
    return "approver" if where in {SLACK, SLACK_OVER_SOCKETS} else "teams-approver"


@pytest.fixture
def ways() -> Ways:
    """How the world is; modules and tests that need another override this."""
    return Ways()


@pytest.fixture
async def world(
    tmp_path: Path, bot_database: Kept, ways: Ways, where: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # A machine that stands still for two seconds must not change what is said here.
    monkeypatch.setattr(dispatch, "COMMIT_SECONDS", 60.0)
    monkeypatch.setattr(app, "LEAVING_SECONDS", 0.0)  # no balancer has to notice
    # Scripts say in seconds what people say in hours: Teams' limits are tried in tests/teams.
    monkeypatch.setattr(limits, "PER_CONVERSATION", MANY)
    monkeypatch.setattr(connector, "PER_THREAD", MANY)
    async with staged(
        tmp_path, bot_database, replace(ways, where=where), monkeypatch.setenv
    ) as stage:
        yield stage
        await stage.settles()
        await stage.stops_bot()
        problems = await stage.problems()
        print(stage.log.getvalue())  # noqa: T201  shown with a test that fails
    assert problems == []


@pytest.fixture
async def chat(world: Stage) -> AsyncIterator[Chat]:
    one = Chat(world)
    yield one
    await world.settles()
    assert one.left_unread() == []
