"""The schema: made once, the same by its steps as in the code, and refused when it is too new."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from integrations.database import tables
from integrations.database.engine import connect
from integrations.database.lock import AlreadyRunningError, only_process
from integrations.database.schema import CODE_VERSION, SchemaTooNewError, upgrade
from integrations.database.unit import Database
from tests.databases import Postgres, sqlite_url


async def _described(engine: AsyncEngine) -> dict[str, object]:
    """Every table, column and index as the database itself tells it."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }

    def describe(connection: Connection) -> dict[str, object]:
        looked = inspect(connection)
        return {
            name: (
                [{**column, "type": str(column["type"])} for column in looked.get_columns(name)],
                looked.get_pk_constraint(name)["constrained_columns"],
                looked.get_foreign_keys(name),
                sorted(
                    str(unique["column_names"]) for unique in looked.get_unique_constraints(name)
                ),
                [check["sqltext"] for check in looked.get_check_constraints(name)],
            )
            for name in looked.get_table_names()
        }

    async with engine.connect() as connection:
        made = await connection.run_sync(describe)
        indexes = await connection.execute(text(queries[engine.dialect.name]))
        made["indexes"] = {name: " ".join(sql.split()) for name, sql in indexes}
    await engine.dispose()
    return made


async def test_the_steps_make_what_the_code_expects(
    empty_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    await asyncio.to_thread(upgrade, empty_url)
    by_steps = await _described(connect(empty_url))
    other = sqlite_url(tmp_path / "other.db")
    if empty_url.startswith("postgresql"):
        server: Postgres = request.getfixturevalue("postgres_server")
        other = await asyncio.to_thread(server.empty)
    engine = connect(other)
    async with engine.begin() as connection:
        await connection.run_sync(tables.metadata.create_all)

    by_code = await _described(engine)

    versions = by_steps.pop("alembic_version")
    assert versions
    by_steps["indexes"].pop("alembic_version_pkc", None)  # type: ignore[attr-defined]
    assert by_steps == by_code


async def test_many_starters_at_once_make_one_schema(empty_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(upgrade, empty_url) for _ in range(3)))

    engine = connect(empty_url)
    async with engine.connect() as connection:
        assert len((await connection.execute(select(tables.schema_info))).all()) == 1
        assert len((await connection.execute(select(tables.audit_head))).all()) == 1
    await engine.dispose()


async def test_each_database_has_a_record_of_its_own(empty_url: str, database: Database) -> None:
    await asyncio.to_thread(upgrade, empty_url)
    other = connect(empty_url)

    ids = set()
    for engine in (other, database.engine):
        async with engine.connect() as connection:
            ids.add((await connection.execute(select(tables.schema_info.c.log_id))).scalar_one())

    assert len(ids) == 2
    await other.dispose()


async def _newer(url: str, needed: int) -> None:
    """As newer code leaves the database behind."""
    engine = connect(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.execute(update(tables.schema_info).values(minimum_code_version=needed))
    await engine.dispose()


async def test_a_schema_that_needs_newer_code_is_refused(empty_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_url)
    await _newer(empty_url, CODE_VERSION + 1)

    with pytest.raises(SchemaTooNewError, match=f"needs code version {CODE_VERSION + 1}"):
        await asyncio.to_thread(upgrade, empty_url)


async def test_a_newer_schema_that_this_code_can_live_with_is_left_alone(empty_url: str) -> None:
    await asyncio.to_thread(upgrade, empty_url)
    await _newer(empty_url, CODE_VERSION)

    await asyncio.to_thread(upgrade, empty_url)


def test_one_process_serves_from_a_file(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "folder" / "aws-access.db")

    with only_process(url), pytest.raises(AlreadyRunningError), only_process(url):
        pass
    with only_process(url):
        pass


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "aws-access.db")
    with only_process(url):
        upgrade(url)

    assert (tmp_path / "aws-access.db").stat().st_mode & 0o077 == 0


def test_a_server_can_have_many_processes() -> None:
    url = "postgresql+asyncpg://nobody@nowhere.invalid/none"

    with only_process(url), only_process(url):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///x.db",
        "mysql+asyncmy://h/d",
    ],
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|the database must be"):
        connect(url)
