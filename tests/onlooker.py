"""Reading the bot's database beside it, with the eyes of another connection: only what is committed."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import make_url

Row = Mapping[str, Any]


def looked_up(url: str, queries: Sequence[str]) -> list[list[Row]]:
    """The rows of each query, as SQLite has them, whichever database it is: moments are text."""
    if url.startswith("sqlite"):
        return _of_a_file(url.partition("///")[2], queries)
    with ThreadPoolExecutor(1) as beside:  # whoever asks may be on a loop already
        return beside.submit(lambda: asyncio.run(_of_a_server(url, queries))).result()


def _of_a_file(file: str, queries: Sequence[str]) -> list[list[Row]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5.0)) as connection:
        connection.row_factory = sqlite3.Row
        return [[dict(row) for row in connection.execute(query)] for query in queries]


async def _of_a_server(url: str, queries: Sequence[str]) -> list[list[Row]]:
    where = make_url(url)
    connection = await asyncpg.connect(
        user=where.username, database=where.database, host=where.query["host"]
    )
    try:
        found = [await connection.fetch(query) for query in queries]
    finally:
        await connection.close()
    return [[{name: _plain(value) for name, value in row.items()} for row in one] for one in found]


def _plain(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case _:
            return value
