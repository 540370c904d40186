"""The schema at start: made or brought up to date by one starter, refused when it is too new."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

import migrations
from bot.ports import IntegrationError
from integrations.database.engine import BEGIN, connect
from integrations.database.tables import schema_info

CODE_VERSION = 1
"""A step that older code cannot live with raises `schema_info.minimum_code_version` to its own."""
_ADVISORY_LOCK = 0x6177735F61636373
"""Ours among the database's advisory locks; the value is arbitrary and must never change."""


class SchemaTooNewError(Exception):
    """The database was made for newer code than this."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            f"the database needs code version {needed} and this is {CODE_VERSION}: start a newer"
            " release, or restore the database from before the upgrade"
        )
        self.needed = needed


def upgrade(url: str) -> None:
    """Bring the database up to date; call in a thread, because it runs its own event loop.

    Other starters wait. All steps are one transaction: a start that is killed has changed nothing.
    Newer steps that this code can live with are left alone. Raises SchemaTooNewError.
    """
    asyncio.run(_upgrade(url))


async def must_be_made(engine: AsyncEngine) -> None:
    """Raises ValueError for a database without our tables, IntegrationError when it is away."""
    try:
        async with engine.connect() as connection:
            made = await connection.run_sync(lambda c: inspect(c).has_table(schema_info.name))
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError("the database", type(unreadable).__name__) from unreadable
    if not made:
        raise ValueError("the database has no tables yet: start the bot once, or upgrade it")


async def _upgrade(url: str) -> None:
    engine = connect(url, hurried=False)
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql(BEGIN)
            else:
                lock = text("SELECT pg_advisory_xact_lock(:ours)")
                await connection.execute(lock, {"ours": _ADVISORY_LOCK})
            await connection.run_sync(_migrate)
            await connection.commit()
    finally:
        await engine.dispose()


def _migrate(connection: Connection) -> None:
    check_version(connection)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None or current in known:
        command.upgrade(config, "head")


def check_version(connection: Connection) -> None:
    """Raises SchemaTooNewError when the schema says that it needs newer code than this."""
    if not inspect(connection).has_table(schema_info.name):
        return
    needed = connection.execute(select(schema_info.c.minimum_code_version)).scalar_one()
    if needed > CODE_VERSION:
        raise SchemaTooNewError(needed)
