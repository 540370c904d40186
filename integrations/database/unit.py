"""One unit of work: a connection from the first statement on, a write lock from the first write."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar

import structlog
from sqlalchemy import CursorResult, Executable, Row
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.ports import IntegrationError, Outcome
from bot.store import ConflictError
from integrations.database.engine import BEGIN, BUSY
from integrations.database.history import History, Place, look
from integrations.database.inserts import PerDialect

Found = Row[*tuple[Any, ...]]
"""A row of a query; its columns are its attributes."""
Made = TypeVar("Made")
Statement = Executable | PerDialect
PARTING = 0.3
"""Seconds to wait until a connection is given back."""
CLOSING = 1.0
"""The same at the end, for all that are still on their way."""
_NAME = "the database"
_LOOKED = "its history was looked at"
_DUPLICATE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
_LOST_RACE = {"40001", "40P01"}
"""PostgreSQL gave up on us so that another transaction could go on."""
_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What only a mistake of ours can cause."""
_log = structlog.get_logger(__name__)


class Database:
    """An engine, and the turn that writers of one process take on SQLite.

    Waiting in SQLite itself is polling, without an order; waiting here is first come, first served.
    A database that has forgotten a part of `history` is not worked with.
    """

    def __init__(self, engine: AsyncEngine, history: History | None = None) -> None:
        self.engine = engine
        self.history = history or History()
        self.turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._apart_still: set[asyncio.Task[Any]] = set()

    @property
    def is_shared(self) -> bool:
        """Whether other replicas may work on it too."""
        return self.turn is None

    async def take(self) -> AsyncConnection:
        """A connection that works; who is cancelled meanwhile does not wait for one that is silent.

        Raises HistoryLostError.
        """
        self.history.must_be_whole()
        taking = self._apart(self._connected())
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            if not (self.is_shared and taking.cancel()):
                self._apart(self._unwanted(taking))
            raise

    async def _connected(self) -> AsyncConnection:
        """A new one may lead to another server than the last one, as after a failover."""
        connection = await self.engine.connect()
        if self.history.known is not None and not connection.info.get(_LOOKED):
            try:
                await look(connection, self.history)
                await connection.rollback()
            except BaseException:
                await connection.close()
                raise
            connection.info[_LOOKED] = True
        return connection

    async def _unwanted(self, taking: "asyncio.Task[AsyncConnection]") -> None:
        """SQLite's thread opens it all the same, and tells so a loop that has to be there still."""
        await (await taking).close()

    async def give_back(self, connection: AsyncConnection) -> None:
        """Also for a task that is cancelled: else the connection would be half given back.

        To part from a server that is silent takes seconds, for which nobody has to wait.
        """
        parting = self._apart(connection.close())
        await asyncio.wait([parting], timeout=PARTING if self.is_shared else None)

    async def close(self) -> None:
        """Let go of everything. What is being given back comes first: the rest would never end.

        A connection to SQLite is closed by its thread, which ends with the engine.
        """
        if self._apart_still:
            await asyncio.wait(self._apart_still, timeout=CLOSING)
        await self.engine.dispose()

    def _apart(self, work: Coroutine[Any, Any, Made]) -> "asyncio.Task[Made]":
        """In a task of its own, kept so that it is not lost; how it fails is told to who waits."""
        task = asyncio.create_task(work)
        self._apart_still.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._apart_still.discard(task)
        if not task.cancelled() and (failed := task.exception()) is not None:
            _log.info("connection_lost", error=type(failed).__name__)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator["Unit"]:
        """Statements that are committed together when the block is left without an exception.

        Raises IntegrationError when the database fails, ConflictError when another was first.
        """
        unit = Unit(self)
        try:
            yield unit
            await unit.commit()
            if unit.reaches is not None:
                self.history.reached(unit.reaches)
        finally:
            await unit.close()


class Unit:
    """Not for two tasks at once.

    Reads before the first write see each its own newest state, on SQLite as on PostgreSQL's READ
    COMMITTED: a unit that only reads never waits for a writer, and one that writes is safe because
    every write says which version it replaces. BEGIN IMMEDIATE for all would queue the readers too.
    """

    def __init__(self, database: Database) -> None:
        self.history = database.history
        self.reaches: Place | None = None
        """How far the record goes when this is committed, if it adds to it."""
        self._database = database
        self._connection: AsyncConnection | None = None
        self._writes = False

    async def all(
        self, query: Executable, of: Callable[[Found], Made], /, **values: object
    ) -> list[Made]:
        """Every row of a query, made into what it means."""
        with _told_apart():
            found = (await (await self._open()).execute(query, values)).all()
        return [of(row) for row in found]

    async def one(
        self, query: Executable, of: Callable[[Found], Made], /, **values: object
    ) -> Made | None:
        """The one row of a query, made into what it means, or None."""
        return next(iter(await self.all(query, of, **values)), None)

    async def write(self, statement: Statement, /, **values: object) -> int:
        """Run one changing statement; how many rows it changed."""
        return (await self._change(statement, values)).rowcount

    async def write_all(self, statement: Statement, rows: Sequence[Mapping[str, object]]) -> None:
        """Run one changing statement for each of `rows`."""
        if rows:
            await self._change(statement, rows)

    async def write_returning(self, statement: Statement, **values: object) -> Sequence[Found]:
        """Run one changing statement; the rows it returns."""
        return (await self._change(statement, values)).all()

    async def write_or_undo(self, statement: Statement, **values: object) -> int:
        """As `write`, but a ConflictError leaves the unit usable (PostgreSQL would end it)."""
        connection = await self._begin()
        with _told_apart():
            async with connection.begin_nested():
                return await self.write(statement, **values)

    async def commit(self) -> None:
        """Make it last. When this fails, whether it happened is not known."""
        if self._connection is not None and self._writes:
            with _told_apart(Outcome.UNKNOWN):
                await self._connection.commit()

    async def close(self) -> None:
        """Undo what is not committed, and let the next one write."""
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                await self._database.give_back(connection)
        finally:
            if self._writes and self._database.turn is not None:
                self._database.turn.release()
            self._writes = False

    async def _change(
        self, statement: Statement, values: Mapping[str, object] | Sequence[Mapping[str, object]]
    ) -> CursorResult[*tuple[Any, ...]]:
        connection = await self._begin()
        if isinstance(statement, PerDialect):
            statement = statement.on(connection.dialect.name)
        with _told_apart():
            return await connection.execute(statement, values)

    async def _begin(self) -> AsyncConnection:
        with _told_apart():
            connection = await self._open()
            if not self._writes:
                if self._database.turn is not None:
                    async with asyncio.timeout(BUSY):
                        await self._database.turn.acquire()
                self._writes = True
                if self._database.turn is not None:
                    await connection.exec_driver_sql(BEGIN)
        return connection

    async def _open(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._database.take()
        return self._connection


@contextmanager
def _told_apart(outcome: Outcome = Outcome.DID_NOT) -> Iterator[None]:
    """Vendor errors as ours: a lost race, a failing database, or (left alone) a mistake of ours."""
    try:
        yield
    except DBAPIError as failed:
        code = _code(failed)
        if code in _DUPLICATE | _LOST_RACE:
            raise ConflictError from failed
        if isinstance(failed, _OURS) or code == "SQLITE_ERROR":  # wrong SQL, by its other name
            raise
        raise IntegrationError(_NAME, code or type(failed).__name__, outcome=outcome) from failed
    except (OSError, TimeoutError, NoConnectionError) as failed:
        raise IntegrationError(_NAME, type(failed).__name__, outcome=outcome) from failed


def _code(failed: DBAPIError) -> str:
    with suppress(AttributeError):
        return str(failed.orig.sqlite_errorname)  # type: ignore[union-attr]
    return str(getattr(failed.orig, "sqlstate", None) or "")
