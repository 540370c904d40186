"""What tests of several folders start from."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from integrations.database.engine import connect
from integrations.database.schema import upgrade
from integrations.database.unit import Database
from tests.browser.chromium import NoChromiumError, chromium
from tests.databases import Hands, Postgres, copied, postgres, sqlite_url

# Without a deadline: on a shared machine anything can take long once.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


MEMORY = Path("/dev/shm")  # noqa: S108  where Linux keeps files in memory
ROOM = 4 * 2**30


def pytest_configure() -> None:
    """Keep the tests' files in memory, where a busy disk makes no commit wait for seconds."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # noqa: TID251  pytest reads it


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make soak` takes the long way."""
    parser.addoption("--soak", action="store_true", help="try everything, which takes long")


@pytest.fixture
def clock() -> Hands:
    """Business time, at noon of a day in March until it is moved."""
    return Hands()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for all tests of the run."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema in it, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    upgrade(sqlite_url(file))
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database with the schema, on each kind of database."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        return server.migrated()
    template: Path = request.getfixturevalue("migrated_file")
    return copied(template, tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, on each kind of database."""
    opened = Database(connect(database_url))
    yield opened
    await opened.engine.dispose()


_IN_A_BROWSER = ("tests/browser/", "tests/web/test_browser.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A machine of somebody who has no Chromium may leave out what needs one; CI may not."""
    try:
        chromium()
    except NoChromiumError as why:
        if os.environ.get("CI"):  # noqa: TID251  CI says so there
            return
        for item in items:
            if item.nodeid.startswith(_IN_A_BROWSER):
                item.add_marker(pytest.mark.skip(reason=str(why)))
