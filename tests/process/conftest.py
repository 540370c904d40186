"""Processes that end with the test that started them."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.process.processes import Started
from tests.process.remote import Remote, a_world


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Started]:
    processes = Started(tmp_path)
    yield processes
    await processes.end()
    assert processes.leaked() == []


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


@pytest.fixture
async def world(
    started: Started, http: aiohttp.ClientSession, database_option: str, options: tuple[str, ...]
) -> Remote:
    """A world with no bot in it yet."""
    return await a_world(started, http, "--database-url", database_option, *options)


@pytest.fixture
def database_option(tmp_path: Path) -> str:
    """Where the bot keeps its data; a test that needs another database overrides it."""
    return f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
def options() -> tuple[str, ...]:
    """What else the world is told; a module that needs another one overrides it."""
    return ()
