"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells once for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(frozen=True, slots=True)
class PerDialect:
    """The same statement for each database."""

    sqlite: Executable
    postgresql: Executable

    def on(self, dialect: str) -> Executable:
        """The one for the dialect of that name."""
        return self.sqlite if dialect == "sqlite" else self.postgresql


def per_dialect(build: Callable[[Any], Executable]) -> PerDialect:
    """Build a statement from each dialect's own `insert`; the two have the same methods."""
    return PerDialect(build(sqlite.insert), build(postgresql.insert))


def insert_new(table: Table) -> PerDialect:
    """Insert, or change nothing (and count no row) where a unique index has it already.

    Unlike an error, that leaves a PostgreSQL transaction usable.
    """
    return per_dialect(lambda insert: insert(table).on_conflict_do_nothing())


def put(table: Table) -> PerDialect:
    """Insert, or replace every other column of the row with the same primary key."""
    keys = list(table.primary_key.columns)
    others = [c.name for c in table.columns if not c.primary_key]

    def build(insert: Any) -> Executable:  # noqa: ANN401 - either dialect's insert
        new = insert(table)
        replaced = {name: new.excluded[name] for name in others}
        replacing: Executable = new.on_conflict_do_update(index_elements=keys, set_=replaced)
        return replacing

    return per_dialect(build)
