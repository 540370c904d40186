"""A world with the real bot in it for each test, and a chat; at the end everything is judged."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import botocore.session
import pytest

from tests.conversations.chat import Chat
from tests.conversations.stage import Stage, Ways, staged

SLACK = "slack"
SLACK_OVER_SOCKETS = "slack over sockets"


@pytest.fixture(scope="session", autouse=True)
def _service_models_are_read_once() -> Iterator[None]:
    """botocore reads megabytes of JSON for each client: a third of what starting a bot takes."""
    loader = botocore.session.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda *_: loader)
        yield


@pytest.fixture(params=[SLACK])
def where(request: pytest.FixtureRequest) -> str:
    """The chat that a script is played in."""
    return str(request.param)


@pytest.fixture
def ways(where: str) -> Ways:
    """How the world is; modules and tests that need another override this."""
    return Ways(over_sockets=where == SLACK_OVER_SOCKETS)


@pytest.fixture
async def world(
    tmp_path: Path, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    async with staged(tmp_path, ways, monkeypatch.setenv) as stage:
        yield stage
        await stage.settles()
        await stage.stops_bot()
        problems = await stage.problems()
        print(stage.log.getvalue())  # noqa: T201  shown with a test that fails
    assert problems == []


@pytest.fixture
async def chat(world: Stage) -> AsyncIterator[Chat]:
    one = Chat(world.world.slack, world)
    yield one
    await world.settles()
    assert one.left_unread() == []
