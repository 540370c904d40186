"""The bot's audit log, read straight from its database and never written."""

import asyncio
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

TABLE = "audit_event"
QUERY = f"SELECT * FROM {TABLE} ORDER BY seq"  # noqa: S608  (a constant)
BUSY_SECONDS = 5.0

Row = dict[str, Any]


async def audit_rows(database_url: str) -> list[Row]:
    """Every row, oldest first, its JSON as data; none while the bot has not made the table yet.

    `database_url` is SQLAlchemy's, as the bot is given it: sqlite+aiosqlite or postgresql+asyncpg.
    """
    if urlsplit(database_url).scheme.startswith("sqlite"):
        rows = await asyncio.to_thread(_from_sqlite, Path(_sqlite_path(database_url)))
    else:
        rows = await _from_postgresql(database_url)
    return [{name: _readable(value) for name, value in row.items()} for row in rows]


def _sqlite_path(database_url: str) -> str:
    """SQLAlchemy writes three slashes before a relative path and four before an absolute one."""
    return unquote(database_url.partition("://")[2].removeprefix("/").partition("?")[0])


def _from_sqlite(path: Path) -> list[Mapping[str, Any]]:
    if not path.exists():
        return []
    # Not `immutable=1`: the newest rows may still be in the write-ahead log.
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as database:
        database.row_factory = sqlite3.Row
        tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,))
        if tables.fetchone() is None:
            return []
        return [dict(row) for row in database.execute(QUERY)]


async def _from_postgresql(database_url: str) -> list[Mapping[str, Any]]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", "", 1))
    try:
        async with connection.transaction(readonly=True):
            return [dict(row) for row in await connection.fetch(QUERY)]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


def _readable(value: object) -> object:
    """JSON text as data, bytes as hexadecimal, the rest as it is."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
