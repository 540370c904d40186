"""Several replicas on one PostgreSQL: when one is killed, another does its work, once."""

import pytest

from tests.databases import Postgres
from tests.process.remote import Remote
from tests.process.watcher import watching


@pytest.fixture
def database_option(postgres_server: Postgres) -> str:
    return postgres_server.url("replicas")


@pytest.fixture(autouse=True)
async def _database(postgres_server: Postgres) -> None:
    await postgres_server._run("postgres", "CREATE DATABASE replicas")


async def test_a_dead_replicas_work_is_done_by_another(world: Remote) -> None:
    await world.starts_bot()
    await world.links("engineer")
    async with watching(world, "engineer") as watcher:
        await world.fails("timeout")
        await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
        await world.sends_to_pim(1)
        await world.starts_another()
        await world.kills_bot()
        await world.is_held_by("engineer", "dev-poweruser")
    assert watcher.problems == []
    assert len((await world.truth()).ever) == 1
    assert len(watcher.posted) <= 4
