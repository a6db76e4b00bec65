"""Column types that mean the same on PostgreSQL and SQLite, and the database's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Text, TypeDecorator, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.adapters.db import codec


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, always handed out in UTC; SQLite, which has no zones, stores the UTC wall time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are stored with their zone; this one has none")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Choice(TypeDecorator[StrEnum]):
    """One word of an enumeration, stored as that word; an unknown word is loud."""

    impl = Text
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        return value.value if isinstance(value, self.choices) else None if value is None else self.choices(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 - the base's signature
        return None if value is None else self.choices(value)


class Stored(TypeDecorator[Any]):
    """A domain value of the type `hint` as JSON text (see `codec`)."""

    impl = Text
    cache_ok = True

    def __init__(self, hint: Any) -> None:
        super().__init__()
        self.hint = hint

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        return None if value is None else codec.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the base's signature
        return None if value is None else codec.loads(self.hint, value)


class ForeignText(TypeDecorator[str]):
    """Text that a server or person worded, for people to read: what PostgreSQL cannot store (NUL, lone surrogates) is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's signature
        if value is None or value.isprintable():
            return value
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class DatabaseTime(FunctionElement[datetime]):
    """The database's clock plus an offset: the one clock that all workers share, whatever their own say."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        super().__init__(literal(offset.total_seconds()))


def clock(connection: Connection) -> datetime:
    """The moment to write down, by the clock that all processes share. SQLite's is that of its only machine, which tells more decimals itself."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    return connection.execute(select(DatabaseTime())).scalar_one()


@compiles(DatabaseTime, "postgresql")
def _postgresql_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(DatabaseTime, "sqlite")
def _sqlite_time(element: DatabaseTime, compiler: SQLCompiler, **options: Any) -> str:
    # In the format in which SQLAlchemy stores times there: %f is seconds with three decimals, six are wanted.
    seconds = compiler.process(element.clauses, **options)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000')"
