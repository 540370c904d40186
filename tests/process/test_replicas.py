"""Several replicas on one PostgreSQL: when one is killed, another does its work, once."""

import asyncio
import time
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tests.databases import Postgres
from tests.process.processes import Started
from tests.process.remote import Remote
from tests.process.watcher import watching

TAKEN_OVER_SECONDS = 30.0
LEFT_SECONDS = 10.0


@pytest.fixture
def database_option(postgres_server: Postgres, started: Started) -> Iterator[str]:
    url = postgres_server.empty()
    yield url
    files = postgres_server.files(url)
    assert [one for f in files for one in started.leaks.found_in(f.read_bytes(), f.name)] == []


async def test_a_dead_replicas_work_is_done_by_another(world: Remote) -> None:
    await world.starts_bot()
    await world.links("engineer")
    async with watching(world, "engineer") as watcher:
        await world.fails("timeout")
        await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
        await world.sends_to_pim(1)
        await world.starts_another()
        await world.kills_bot()
        began = time.monotonic()
        await world.is_held_by("engineer", "dev-poweruser")
        assert time.monotonic() - began < TAKEN_OVER_SECONDS
    assert watcher.problems == []
    assert len((await world.truth()).ever) == 1
    assert len(watcher.posted) <= 4


async def test_a_replica_that_is_told_to_end_says_so_first_and_hands_its_work_over(
    world: Remote,
) -> None:
    """While it still takes what comes, and in the middle of a call that is not answered."""
    await world.starts_bot()
    await world.links("engineer")
    await world.starts_another()
    leaving, _ = world.replicas
    await world.fails("timeout", times=2)
    await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
    await world.sends_to_pim(1)

    began = time.monotonic()
    ending = asyncio.create_task(world.stops_bot())
    said = []
    while (status := await world.readiness(leaving)) is not None:
        said.append(status)
        await asyncio.sleep(0.05)

    assert await ending == 0
    assert time.monotonic() - began < LEFT_SECONDS
    assert HTTPStatus.SERVICE_UNAVAILABLE in said
    await world.is_held_by("engineer", "dev-poweruser")
    assert len((await world.truth()).ever) == 1
