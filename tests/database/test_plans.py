"""Every query is served by an index, on both databases: their own plans say so."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Executable
from sqlalchemy.ext.compiler import compiles

from bot.store import RequestFilter
from integrations.database import (
    approvals,
    audit,
    jobs,
    messages,
    orphans,
    people,
    requests,
    sweeping,
)
from integrations.database.inserts import PerDialect
from integrations.database.unit import Database
from tests.contracts.store_world import ANA, ANAS, NOON

PERSON = {"tenant": ANA.tenant, "oid": ANA.oid}
ACCOUNT = {"chat": "slack", "team": ANAS.team, "chat_user": ANAS.user}


class Explain(Executable, ClauseElement):
    """What the database would do for a statement."""

    inherit_cache = False

    def __init__(self, statement: Any) -> None:
        self.statement = statement


@compiles(Explain, "sqlite")
def _sqlite(element: Explain, compiler: Any, **kw: Any) -> str:
    return f"EXPLAIN QUERY PLAN {compiler.process(element.statement, **kw)}"


@compiles(Explain, "postgresql")
def _postgresql(element: Explain, compiler: Any, **kw: Any) -> str:
    return f"EXPLAIN {compiler.process(element.statement, **kw)}"


async def plan(database: Database, statement: Any, **values: object) -> str:
    """The plan; PostgreSQL is told that reading a whole table or sorting is dear, as it will be."""
    dialect = database.engine.dialect.name
    chosen = statement.on(dialect) if isinstance(statement, PerDialect) else statement
    async with database.engine.connect() as connection:
        if dialect == "postgresql":
            for costly in ("seqscan", "sort", "bitmapscan"):
                await connection.exec_driver_sql(f"SET enable_{costly} = off")
        rows = await connection.execute(Explain(chosen), values)
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    "wanted",
    [
        RequestFilter(),
        RequestFilter(since=NOON),
        RequestFilter(person=ANA),
        RequestFilter(person=ANA, since=NOON),
        RequestFilter(person=ANA, access="dev", state="denied", since=NOON),
        RequestFilter(access="dev"),
        RequestFilter(access="dev", since=NOON),
        RequestFilter(state="denied"),
        RequestFilter(state="denied", since=NOON),
        RequestFilter(access="dev", state="denied"),
        RequestFilter(access="dev", state="denied", since=NOON),
    ],
)
@pytest.mark.parametrize("listing", [requests.listing, requests.listing_beside])
async def test_every_list_is_read_from_an_index_in_its_order(
    database: Database, wanted: RequestFilter, listing: Callable[[RequestFilter], Any]
) -> None:
    found = await plan(database, listing(wanted))

    assert "Index Scan" in found or "USING INDEX" in found
    assert "Sort" not in found
    assert "TEMP B-TREE" not in found
    assert "Seq Scan" not in found


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (requests._REQUEST, {"id": "R-1"}),
        (requests._OPEN_OF_PERSON, PERSON),
        (requests._OPEN_OF_ACCOUNT, ACCOUNT),
        (requests._ACTIVATION, {"id": "A-1"}),
        (requests._ACTIVATION_OF, {"request_id": "R-1"}),
        (requests._ACTIVATIONS_OF, {"requests": ["R-1", "R-2"]}),
        (requests._ACTIVE, PERSON),
        (requests._ACTIVE_IN, {**PERSON, "group_id": "g"}),
        (requests._ENDED_SINCE, {**PERSON, "since": NOON}),
        (approvals._INVITATIONS, {"request_id": "R-1"}),
        (approvals._WAITING_FOR, PERSON),
        (approvals._DECISIONS, {"request_id": "R-1"}),
        (approvals._OPEN_VOTES, PERSON),
        (people._LINK, ACCOUNT),
        (people._ACCOUNTS, PERSON),
        (people._NAMED, {"tenants": ["t"], "oids": ["a", "b"]}),
        (people._TOKEN, PERSON),
        (people._SIGN_IN, {"key": "k"}),
        (people._SIGN_IN_BY_STATE, {"state_key": "s"}),
        (messages._POSTING, {"subject": "s", "topic": "t"}),
        (messages._HOME, ACCOUNT),
        (messages._PLACE, {"chat": "teams", "key": "29:ana"}),
        (messages._PLACE_OF, {"chat": "teams", "oid": ANA.oid}),
        (messages._PLACE_AT, {"chat": "teams", "conversation": "a:1"}),
        (messages._FORGET, {"most": 5}),
        (jobs._OLDEST, {"now": NOON, "most": 5}),
        (jobs._WAITING, {"now": NOON}),
        (jobs._WAITING_PLANNED, {"now": NOON}),
        (sweeping._LEFT_REQUESTS, {"most": 5}),
        (sweeping._LEFT_ACTIVATIONS, {"most": 5}),
        (orphans._ASKED, {}),
        (orphans._CAUSED, {}),
        (orphans._KNOWN, {"ids": ["a", "b"]}),
        (sweeping._OLD_SIGN_INS, {"before": NOON}),
        (audit._ROWS, {}),
    ],
)
async def test_every_query_is_served_by_an_index(
    database: Database, statement: Any, values: dict[str, object]
) -> None:
    found = await plan(database, statement, **values)

    assert "Seq Scan" not in found
    scans = [line for line in found.splitlines() if line.startswith("SCAN ")]
    # A query without a table; the whole record in its order; what is open, which is never much.
    assert {line.removeprefix("SCAN ") for line in scans} <= {
        "CONSTANT ROW",
        "audit_event",
        "request USING INDEX request_open",
        "activation USING INDEX activation_active",
    }
