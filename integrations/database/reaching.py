"""Whether the database can be used at all, and what is kept in it, without changing anything there."""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.ports import IntegrationError
from integrations.database import people
from integrations.database.engine import connect, must_be_there, sqlite_file
from integrations.database.schema import must_be_made
from integrations.database.unit import Database

SYSTEM = "the database"


async def reach(url: str) -> str:
    """What the database is called, once it can be written. Raises IntegrationError."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _writable(sqlite_file(parsed))
    await _accepts_changes(url)
    return _called(parsed)


async def tokens_by_key(url: str) -> Mapping[str, int]:
    """How many tokens are kept under each key; none in a database that is still to be made.

    Raises IntegrationError.
    """
    try:
        must_be_there(url)
    except ValueError:
        return {}
    engine = connect(url)
    try:
        await must_be_made(engine)
        async with Database(engine).unit() as unit:
            return await people.tokens_by_key(unit)
    except ValueError:
        return {}
    finally:
        await engine.dispose()


def _writable(file: Path) -> str:
    folder = file.absolute().parent
    if not folder.is_dir():
        raise IntegrationError(SYSTEM, f"there is no folder {folder}", permanent=True)
    # SQLite writes files beside its own, so the folder counts too.
    for path in (folder, file):
        if path.exists() and not os.access(path, os.W_OK):
            raise IntegrationError(SYSTEM, f"{path} cannot be written", permanent=True)
    return f"{file.absolute()}" if file.exists() else f"{file.absolute()}, made at the first start"


async def _accepts_changes(url: str) -> None:
    engine = connect(url)
    try:
        async with engine.connect() as connection:
            read_only = await connection.scalar(text("SHOW transaction_read_only"))
    except (SQLAlchemyError, OSError) as failed:
        raise IntegrationError(SYSTEM, f"no connection ({type(failed).__name__})") from failed
    finally:
        await engine.dispose()
    if read_only != "off":
        raise IntegrationError(SYSTEM, "it takes no changes (a replica?)", permanent=True)


def _called(url: URL) -> str:
    return f"PostgreSQL {url.database or ''} on {url.host or 'this machine'}"
