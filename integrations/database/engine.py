"""Connections: SQLite made durable and quick, PostgreSQL kept from waiting, no values in error texts."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY = 10.0
"""Seconds to wait for another process' write lock, or for a free connection."""
CONNECTIONS = 20
"""Of one process: the worker's sixteen jobs, and what people ask meanwhile."""
CONNECT = 5.0
"""Seconds to reach PostgreSQL."""
ANSWER = 8.0
"""Seconds until a statement that PostgreSQL should long have given up is given up here: nobody answers."""
_LIMITS = {
    "statement_timeout": "6s",
    "lock_timeout": "4s",
    # A process that is stopped in the middle must not hold the record's head, and all others up.
    "idle_in_transaction_session_timeout": "6s",
}
"""https://www.postgresql.org/docs/current/runtime-config-client.html"""
_LIMIT = "SELECT " + ", ".join(f"set_config('{k}', '{v}', false)" for k, v in _LIMITS.items())
_ELSEWHERE = ("08", "57P", "25006", "25P03")
"""SQLSTATEs after which a connection is worth nothing: it is cut, or its server serves no writers.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
_WAL = "PRAGMA journal_mode = WAL"
_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # a commit that was answered survives a power cut
    "PRAGMA foreign_keys = ON",
    # Without it INSERT OR REPLACE would pass by the triggers that guard the audit log.
    "PRAGMA recursive_triggers = ON",
)


def connect(url: str, *, hurried: bool = True) -> AsyncEngine:
    """Engine for `sqlite+aiosqlite:///file` or `postgresql+asyncpg://…`; ValueError for others.

    `hurried`: whoever does not answer within seconds is given up; an upgrade may take its time.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql+asyncpg":
        return _postgresql(parsed, hurried=hurried)
    file = sqlite_file(parsed)

    async def open_file(*_: object, **__: object) -> aiosqlite.Connection:
        return await _Inline(lambda: _open(file))

    return create_async_engine(
        parsed,
        async_creator=open_file,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY,
    )


def _postgresql(url: URL, *, hurried: bool) -> AsyncEngine:
    made = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=0,  # what overflows is opened and closed for each use
        pool_timeout=BUSY,
        pool_pre_ping=True,  # a restarted server costs nobody a click
        connect_args={"timeout": CONNECT, "command_timeout": ANSWER if hurried else None},
    )
    event.listen(made.sync_engine, "handle_error", _notice_failover)
    if hurried:
        # Not at the connection's start: a pooler in between refuses what it does not know.
        event.listen(made.sync_engine, "connect", _limit)
    return made


def _limit(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's, adapted
    cursor = connection.cursor()
    cursor.execute(_LIMIT)
    cursor.close()
    connection.commit()


def _notice_failover(failed: ExceptionContext) -> None:
    """After a failover the old server may still answer, and only read: all its connections go."""
    code = str(getattr(failed.original_exception, "sqlstate", None) or "")
    if code.startswith(_ELSEWHERE):
        failed.is_disconnect = True


def is_shared(url: str) -> bool:
    """Whether several processes may work on it at once."""
    return make_url(url).drivername == "postgresql+asyncpg"


def check_url(url: str) -> None:
    """ValueError, saying what would do, for a database that `connect` cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unreadable")
    if parsed.drivername != "postgresql+asyncpg":
        sqlite_file(parsed)


def must_be_there(url: str) -> None:
    """ValueError for a SQLite file that is not there: connecting would make it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not sqlite_file(parsed).is_file():
        raise ValueError(f"there is no file {sqlite_file(parsed)}")


def sqlite_file(url: URL) -> Path:
    """The database file of a SQLite URL; ValueError when it names none, or another database."""
    if url.drivername != "sqlite+aiosqlite":
        msg = "the database must be sqlite+aiosqlite:///FILE or postgresql+asyncpg://HOST/NAME"
        raise ValueError(msg)
    if not url.database or ":memory:" in url.database:
        msg = "SQLite needs a file: sqlite+aiosqlite:///aws-access.db"
        raise ValueError(msg)
    return Path(url.database)


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file,
        timeout=BUSY,
        isolation_level=None,  # we say BEGIN ourselves, and only where something is written
        check_same_thread=False,
    )
    _into_wal(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


def _into_wal(connection: sqlite3.Connection) -> None:
    """While somebody else does so to a new file, SQLite does not wait, but says that it is locked."""
    until = time.monotonic() + BUSY
    while True:
        try:
            connection.execute(_WAL)
        except sqlite3.OperationalError as locked:
            if locked.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        else:
            return
        time.sleep(0.01)


BEGIN = "BEGIN IMMEDIATE"
"""Starts a writing transaction on SQLite."""
_WAITS = {"commit", "close"}


class _Inline(aiosqlite.Connection):
    """Runs in the connection's thread only what can wait: for the disk, or for a lock.

    Every other statement is some microseconds of memory; taking it to the thread and back costs
    twenty times that, four times a statement. Should aiosqlite cease to call `_execute`, all would
    run in the thread again: slower, and as correct.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # an engine that was not disposed of must not hang the exit

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - aiosqlite's signature
        mine = self._connection
        waits = fn.__name__ in _WAITS and getattr(fn, "__self__", None) is mine
        if mine is not None and BEGIN in args:
            mine.execute("PRAGMA busy_timeout = 0")
            try:
                return fn(*args, **kwargs)
            except sqlite3.OperationalError:
                waits = True  # another process writes
            finally:
                mine.execute(f"PRAGMA busy_timeout = {int(BUSY * 1000)}")
        if mine is None or waits:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)
