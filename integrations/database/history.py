"""Whether a database is still the one it was: what was seen of its record has to be in it.

A backup that was restored, or an asynchronous standby that took over, has forgotten the last
decisions. To go on from it would contradict what people were told, and what Entra holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import HistoryLostError, IntegrationError
from integrations.database import tables
from integrations.database.engine import connect

SYSTEM = "the database"
_h, _e = tables.audit_head.c, tables.audit_event.c
_LOG_ID = select(tables.schema_info.c.log_id).scalar_subquery()
_SEEN = select(_e.row_hash).where(_e.seq == bindparam("seen")).scalar_subquery()
HEAD = select(_h.seq, _h.row_hash, _LOG_ID.label("log_id"), _SEEN.label("seen_hash"))
"""Where the record ends, and what stands now at the row `seen`."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a record, and so all before it: the chain's hash at `seq` speaks for them."""

    log_id: bytes
    seq: int
    row_hash: bytes


class History:
    """The furthest place that is known to have been committed, and whether the database has it.

    It begins at `known`, and goes on with what this process commits; `on_more` is told each time.
    """

    def __init__(
        self, known: Place | None = None, on_more: Callable[[], None] = lambda: None
    ) -> None:
        self._known = known
        self._on_more = on_more
        self._lost = ""

    @property
    def known(self) -> Place | None:
        """The furthest place there is."""
        return self._known

    async def whole(self) -> bool:
        """Whether nothing is missing, as far as was looked: a check of readiness."""
        return not self._lost

    def must_be_whole(self) -> None:
        """Raises HistoryLostError from the moment on at which something was found missing."""
        if self._lost:
            raise HistoryLostError(SYSTEM, self._lost)

    def compare(self, known: Place | None, head: Place, seen_hash: bytes | None) -> None:
        """With where a record ends, and what it has at the row that was known when it was asked.

        Raises HistoryLostError, now and from now on, when the database is not a later state.
        """
        if missing := missing_from(head, seen_hash, known):
            _log.critical("history_lost", missing=missing, do="see docs/replicas.md")
            self._lost = missing
        self.must_be_whole()

    def reached(self, place: Place) -> None:
        """This much is committed. Commits are told of in any order."""
        if self._known is None or place.seq > self._known.seq:
            self._known = place
            self._on_more()


def row_of(known: Place | None) -> int:
    """Which row :data:`HEAD` has to look at; 0, which no record has, when none is known."""
    return known.seq if known else 0


def missing_from(head: Place, seen_hash: bytes | None, known: Place | None) -> str:
    """What a record that ends at `head` lacks of what is known; empty when nothing."""
    if known is None:
        return ""
    if head.log_id != known.log_id:
        return "it is another database: its record is not the one that was written until now"
    if head.seq < known.seq:
        lost = known.seq - head.seq
        rows = "row" if lost == 1 else "rows"
        return f"its record ends at row {head.seq}: the {lost} {rows} after it were written, and are gone"
    if known.seq and seen_hash != known.row_hash:
        return (
            f"row {known.seq} of its record is not the one that was written: another was put there"
        )
    return ""


async def look(connection: AsyncConnection, history: History) -> Place:
    """Where the record ends. Raises HistoryLostError."""
    known = history.known
    found = (await connection.execute(HEAD, {"seen": row_of(known)})).one()
    head = Place(found.log_id, found.seq, found.row_hash)
    history.compare(known, head, found.seen_hash)
    return head


async def must_go_on(url: str, history: History) -> None:
    """Look before anything is changed in it, and begin at its end where nothing is known.

    Raises HistoryLostError; IntegrationError when the database is away.
    """
    engine = connect(url)
    try:
        async with engine.connect() as connection:
            is_made = await connection.run_sync(
                lambda c: inspect(c).has_table(tables.audit_head.name)
            )
            if is_made:
                history.reached(await look(connection, history))
            elif history.known is not None:
                raise HistoryLostError(SYSTEM, "it is empty: what was written until now is gone")
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError(SYSTEM, type(unreadable).__name__) from unreadable
    finally:
        await engine.dispose()
