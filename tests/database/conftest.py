"""What tests of the database start from: one with nothing in it, and a shop, closed or open."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integrations.database.engine import connect
from integrations.database.jobs import DatabaseJobs
from integrations.database.unit import Database
from tests.database.shop import Shop
from tests.databases import Hands, Postgres, copied, sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "empty.db")
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.empty()


@pytest.fixture
async def shop(tmp_path: Path, migrated_file: Path, clock: Hands) -> AsyncIterator[Shop]:
    database = Database(connect(copied(migrated_file, tmp_path)))
    yield Shop(database, clock, DatabaseJobs(database, clock))
    await database.engine.dispose()


@pytest.fixture
async def working(shop: Shop) -> AsyncIterator[Shop]:
    """A shop that is open during the test."""
    running = asyncio.create_task(shop.worker.run())
    yield shop
    await shop.worker.drain(1)
    await running
