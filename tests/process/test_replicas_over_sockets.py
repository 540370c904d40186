"""Several replicas over Socket Mode: Slack spreads what happens over their connections."""

from http import HTTPStatus

import pytest

from tests.databases import Postgres
from tests.process.remote import Remote
from tests.process.watcher import watching

ASK = "/aws-access activate {} 1h INC-42 because"


@pytest.fixture
def database_option(postgres_server: Postgres) -> str:
    return postgres_server.empty()


@pytest.fixture
def options() -> tuple[str, ...]:
    return ("--socket-mode",)


async def _says(world: Remote, text: str) -> None:
    """Until it is acknowledged, as people do: a connection that has just gone costs an error."""

    async def acknowledged() -> bool:
        told = await world.post("/say", who="engineer", text=text)
        return bool(told.get("status") == HTTPStatus.OK)

    await world.until(acknowledged)


async def test_what_slack_sends_over_two_connections_is_done_once(world: Remote) -> None:
    await world.starts_bot()
    await world.starts_another()
    await world.links("engineer")

    async with watching(world, "engineer") as watcher:
        await world.says("engineer", "activate dev-poweruser 1h INC-42 because", times=4)
        await world.is_held_by("engineer", "dev-poweruser")

    assert watcher.problems == []
    assert len((await world.truth()).ever) == 1
    assert len(await world.asked_of_pim()) == 1


async def test_who_is_killed_or_told_to_end_leaves_the_rest_to_the_others(world: Remote) -> None:
    """The first in the middle of a call that is not answered; the connections go with them."""
    await world.starts_bot()
    await world.links("engineer")
    await world.starts_another()
    async with watching(world, "engineer") as watcher:
        await world.fails("timeout")
        await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
        await world.sends_to_pim(1)
        await world.kills_bot()
        await _says(world, ASK.format("prod-readonly"))
        for access in ("dev-poweruser", "prod-readonly"):
            await world.is_held_by("engineer", access)
        await world.starts_bot()
        await _says(world, ASK.format("seed-admin"))
        assert await world.stops_bot() == 0
        await world.is_held_by("engineer", "seed-admin")
        await _says(world, "/aws-access status")
        await world.card("engineer", "Your AWS access")
    assert watcher.problems == []
    assert len((await world.truth()).ever) == 3
