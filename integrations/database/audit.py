"""The record as a hash chain: one row per event, written with the state change it tells of.

A row's hashes are, with `||` for bytes after bytes and every integer big-endian in 8 bytes:

    leaf = SHA-256(0x00 || salt || payload)
    row  = SHA-256(0x01 || log_id || seq || previous row's hash || leaf)

The payload is canonical JSON (RFC 8785), hashed as stored. The first row follows 32 zero bytes.
"""

import json
import secrets
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

import asyncpg
import rfc8785
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.audit import Event
from bot.ports import Clock, IntegrationError
from integrations.database import tables
from integrations.database.columns import moment_text
from integrations.database.history import HEAD, Place, row_of
from integrations.database.unit import Found, Unit
from integrations.database.witnesses import NOBODY, Witnesses, contradiction

VERSION = 1
"""Of the payload's form."""
GENESIS = bytes(32)
COPIES = ("at", "what", "request_id", "actor_tenant", "actor_oid", "v")
"""The columns that repeat what the payload says, in the table's order."""
_BATCH = 2000

_e = tables.audit_event.c
_LOCKED_HEAD = HEAD.with_for_update(of=tables.audit_head)
_APPEND = insert(tables.audit_event)
_MOVE_HEAD = update(tables.audit_head).values(seq=bindparam("new"), row_hash=bindparam("new_hash"))
_ROWS = select(tables.audit_event).order_by(_e.seq)


def leaf_hash(salt: bytes, payload: str) -> bytes:
    """What one event is known by; the salt keeps a guess at its text from being checked."""
    return sha256(b"\x00" + salt + payload.encode()).digest()


def row_hash(log_id: bytes, seq: int, previous: bytes, leaf: bytes) -> bytes:
    """What one row, in its place in this database's chain, is known by."""
    place = log_id + seq.to_bytes(8, "big")
    return sha256(b"\x01" + place + previous + leaf).digest()


async def append(unit: Unit, events: Sequence[Event], clock: Clock) -> None:
    """Append events. The head stays locked until the commit, so this is the last thing before it.

    The time is read under the lock: within the chain it never runs backwards. Raises
    HistoryLostError when what was seen of the record is not in it.
    """
    if not events:
        return
    known = unit.history.known
    [head] = await unit.write_returning(_LOCKED_HEAD, seen=row_of(known))
    seq, last = head.seq, head.row_hash
    unit.history.compare(known, Place(head.log_id, seq, last), head.seen_hash)
    at = clock.now()
    appended = []
    for event in events:
        seq += 1
        row = _row(event, at, seq)
        leaf = leaf_hash(row["salt"], row["payload"])
        this = row_hash(head.log_id, seq, last, leaf)
        appended.append({**row, "leaf_hash": leaf, "prev_hash": last, "row_hash": this})
        last = this
    await unit.write_all(_APPEND, appended)
    await unit.write(_MOVE_HEAD, new=seq, new_hash=last)
    unit.reaches = Place(head.log_id, seq, last)


def _row(event: Event, at: datetime, seq: int) -> dict[str, Any]:
    copies: dict[str, Any] = {"at": moment_text(at), "what": event.what.value, "v": VERSION}
    if event.request:
        copies["request_id"] = event.request
    if event.actor:
        copies |= {"actor_tenant": event.actor.tenant, "actor_oid": event.actor.oid}
    said = dict(copies)
    if event.account:
        account = event.account
        said |= {"chat": account.chat.value, "chat_team": account.team, "chat_user": account.user}
    if event.data:
        said["data"] = dict(event.data)
    payload = rfc8785.dumps(said).decode()
    copies = {name: copies.get(name) for name in COPIES}  # each row names every column
    return {**copies, "seq": seq, "payload": payload, "salt": secrets.token_bytes(16)}


@dataclass(frozen=True, slots=True)
class Verified:
    """The chain is whole: `rows` rows, the last of which is `head`."""

    rows: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Tampered:
    """The first row that is not as it was written, and what is wrong with it."""

    seq: int
    what: str


async def verify(engine: AsyncEngine, seen: Witnesses = NOBODY) -> Verified | Tampered:
    """Check every row, its columns, its place, and the head, as they stood at one moment.

    Streams, so memory does not grow with the record. What a chain alone cannot show: that rows
    were cut off its end together with the head, or that all of it was written anew. What others
    have `seen` shows it for the rows up to theirs.
    """
    async with engine.connect() as connection:
        head = await _one_moment(connection)
        chain = _Chain(head.log_id)
        async for batch in _batches(connection, _ROWS):
            problem = chain.extend(batch)
            if problem:
                return problem
        whole = chain.ends_at(head.seq, head.row_hash)
        said = await contradiction(connection, seen) if isinstance(whole, Verified) else None
    return Tampered(*said) if said else whole


class _Chain:
    """How far the chain has been followed."""

    def __init__(self, log_id: bytes) -> None:
        self._log_id = log_id
        self._seq = 0
        self._last = GENESIS

    def extend(self, batch: Sequence[Sequence[Any]]) -> Tampered | None:
        """Follow it through these rows."""
        for row in batch:
            self._seq += 1
            try:
                fine = _is_as_written(row, self._seq, self._last, self._log_id)
                wrong = "" if fine else self._wrong(*row)
            except (AttributeError, TypeError, ValueError):
                wrong = "holds what was never written there"
            if wrong:
                return Tampered(self._seq, wrong)
            self._last = row[-1]
        return None

    def _wrong(self, seq: int, *row: Any) -> str:  # noqa: ANN401 - as it lies in the table
        *copies, payload, salt, leaf, prev, this = row
        if seq != self._seq:
            return f"row {self._seq} is missing"
        if prev != self._last:
            return "does not follow the row before it"
        if payload is None or salt is None:
            return "its payload is gone"
        if leaf_hash(salt, payload) != leaf:
            return "its payload was changed"
        if row_hash(self._log_id, seq, prev, leaf) != this:
            return "its hash was changed"
        said: Mapping[str, object] = json.loads(payload)
        is_copied = copies == [said.get(name) for name in COPIES]
        return "" if is_copied else "its columns differ from its payload"

    def ends_at(self, seq: int, last: bytes) -> Verified | Tampered:
        """Compare the end of the chain with the head."""
        if (seq, last) != (self._seq, self._last):
            return Tampered(self._seq + 1, f"the head says that row {seq} is the last")
        return Verified(seq, last)


def _is_as_written(row: Sequence[Any], seq: int, last: bytes, log_id: bytes) -> bool:
    """The quick answer for a row that names its actor and its request; False is no answer.

    Canonical JSON has its keys in order: the columns are how it begins and how it ends. To parse
    it would take longer than everything else together.
    """
    found, at, what, request_id, tenant, oid, v, payload, salt, leaf, prev, this = row
    return (
        None not in (request_id, tenant, oid, payload, salt)
        and found == seq
        and prev == last
        and type(v) is int
        and sha256(b"\x00" + salt + payload.encode()).digest() == leaf
        and sha256(b"\x01" + log_id + seq.to_bytes(8, "big") + last + leaf).digest() == this
        and payload.startswith(
            f'{{"actor_oid":{_quoted(oid)},"actor_tenant":{_quoted(tenant)}'
            f',"at":{encode_basestring(at)},'
        )
        and payload.endswith(
            f',"request_id":{_quoted(request_id)},"v":{v},"what":{_quoted(what)}}}'
        )
    )


_quoted = lru_cache(maxsize=4096)(encode_basestring)


async def audit_rows(engine: AsyncEngine, after: int = 0) -> AsyncIterator[dict[str, Any]]:
    """The record after row `after`, oldest first, as JSON-ready rows; hashes and salt in hex."""
    names = tables.audit_event.columns.keys()
    async with engine.connect() as connection:
        await _one_moment(connection)
        async for batch in _batches(connection, _ROWS.where(_e.seq > after)):
            for row in batch:
                named = zip(names, row, strict=True)
                yield {name: v.hex() if isinstance(v, bytes) else v for name, v in named}


async def _one_moment(connection: AsyncConnection) -> Found:
    """Let all that is read from now on be of one moment; the head as it is then."""
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql("BEGIN")
    else:
        await connection.execution_options(isolation_level="REPEATABLE READ")
    return (await connection.execute(HEAD, {"seen": 0})).one()


async def _batches(
    connection: AsyncConnection, query: Select[*tuple[Any, ...]]
) -> AsyncIterator[Sequence[Sequence[Any]]]:
    """Straight from the driver: what SQLAlchemy adds to each row would double the time of all."""
    whole = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        if connection.dialect.name == "sqlite":
            fetch = (await driver.execute(str(whole))).fetchmany
        else:
            fetch = (await driver.cursor(str(whole))).fetch
        while batch := await fetch(_BATCH):
            yield batch
    except (sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as failed:
        raise IntegrationError("the database", type(failed).__name__) from failed
