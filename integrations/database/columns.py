"""Column types that mean the same on SQLite and PostgreSQL, and the databases' own real clock."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Float, Integer, String, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Serial = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; on SQLite only INTEGER is the row's own number and needs no second index."""


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC, exact to the microsecond.

    SQLite has no type for it: there it is text of one fixed width, which sorts as time does.
    """

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Timestamptz on PostgreSQL, fixed-width text on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuses a time without a zone: ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone cannot be stored"
            raise ValueError(msg)
        return value if dialect.name == "postgresql" else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's signature
        """Always UTC, whatever zone the connection is set to."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


class Json(TypeDecorator[Mapping[str, Any]]):
    """A JSON object kept as text, so that both databases give back exactly what was stored."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        """Keeps None as NULL."""
        del dialect
        return None if value is None else json.dumps(dict(value), separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Mapping[str, Any] | None:  # noqa: ANN401 - SQLAlchemy's signature
        """NULL is None."""
        del dialect
        return None if value is None else json.loads(value)


class real_now(FunctionElement[datetime]):  # noqa: N801 - reads as an SQL function
    """The database's own clock, `seconds` from now: for leases and replays, never business time."""

    type = Moment()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(literal(float(seconds), Float()))


@compiles(real_now, "postgresql")
def _on_postgresql(element: real_now, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    seconds = compiler.process(element.clauses, **kw)
    # Not clock_timestamp(): that may differ from row to row, so no index can be asked by it.
    return f"(statement_timestamp() + make_interval(secs => {seconds}))"


@compiles(real_now, "sqlite")
def _on_sqlite(element: real_now, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', {seconds} || ' seconds')"


def moment_text(at: datetime) -> str:
    """An aware time as fixed-width text: `2026-03-04T09:30:00.000000Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
