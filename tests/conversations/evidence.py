"""What is left after a test, to be judged: the bot's database, Entra, AWS, the wire, the messages."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.store import JobKind

Row = Mapping[str, Any]
_TABLES = (
    "request",
    "decision",
    "activation",
    "kept_token",
    "sign_in",
    "job",
    "link",
    "posting",
    "person_lock",
)


@dataclass(frozen=True)
class Evidence:
    """Rows are as the database has them, except that the record's payloads are read."""

    tables: Mapping[str, Sequence[Row]]
    events: Sequence[Row]
    entra: Row
    calls: Sequence[Row]
    deeds: Mapping[str, int] | None
    """How often each Slack user did something, where that was counted."""
    posted: Sequence[Row]
    """Every message that notified somebody, as first read."""
    shown: Sequence[Row]
    """Every message as it is now."""

    @property
    def requests(self) -> Sequence[Row]:
        return self.tables["request"]

    @property
    def activations(self) -> Sequence[Row]:
        return self.tables["activation"]

    def events_of(self, request: str) -> list[Row]:
        return [event for event in self.events if event["request_id"] == request]


def tables_of(database: Path) -> dict[str, list[Row]]:
    """Every row there is, read as an onlooker."""
    with closing(_onlooker(database)) as connection:
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
            for table in _TABLES
        }


def traces_in(database: Path) -> dict[str, list[Row]]:
    """Every row that somebody caused: all but the rounds the bot goes by itself."""
    tables = tables_of(database)
    tables["job"] = [job for job in tables["job"] if job["kind"] != JobKind.RECONCILE.value]
    return {table: rows for table, rows in tables.items() if rows}


def events_of(database: Path) -> list[Row]:
    """The record, oldest first."""
    with closing(_onlooker(database)) as connection:
        rows = connection.execute("SELECT * FROM audit_event ORDER BY seq").fetchall()
    return [{**dict(row), "payload": json.loads(row["payload"])} for row in rows]


def _onlooker(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5.0)
    connection.row_factory = sqlite3.Row
    return connection
