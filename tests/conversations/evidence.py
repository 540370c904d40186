"""What is left after a test, to be judged: the bot's database, Entra, AWS, the wire, the messages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.store import JobKind
from tests.onlooker import Row, looked_up

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


def tables_of(url: str) -> dict[str, list[Row]]:
    """Every row there is, read as an onlooker."""
    found = looked_up(url, [f"SELECT * FROM {table}" for table in _TABLES])  # noqa: S608
    return dict(zip(_TABLES, found, strict=True))


def traces_in(url: str) -> dict[str, list[Row]]:
    """Every row that somebody caused: all but the rounds the bot goes by itself."""
    tables = tables_of(url)
    tables["job"] = [job for job in tables["job"] if job["kind"] != JobKind.RECONCILE.value]
    return {table: rows for table, rows in tables.items() if rows}


def events_of(url: str) -> list[Row]:
    """The record, oldest first."""
    [rows] = looked_up(url, ["SELECT * FROM audit_event ORDER BY seq"])
    return [{**row, "payload": json.loads(row["payload"])} for row in rows]
