"""INSERT ... ON CONFLICT, which PostgreSQL and SQLite spell alike and SQLAlchemy keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Row = Mapping[str, Any]
Excluded = ReadOnlyColumnCollection[str, Any]


Computed = Callable[[Excluded], Mapping[str, ColumnElement[Any]]]


def as_given(_excluded: Excluded) -> Mapping[str, ColumnElement[Any]]:
    """No column takes another value than the given one."""
    return {}


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, computed: Computed = as_given) -> None:
    """Insert `rows`, which all name the same columns, or change those whose primary key is there, in one batch.

    `computed` says which columns of a row that is there take another value than the given one; it is handed the given row's columns. It is a
    function of a module: it is asked once, and the statement kept.
    """
    if rows:
        connection.execute(_statement(connection.dialect.name, table, tuple(rows[0]), computed), list(rows))


@lru_cache(maxsize=64)
def _statement(dialect: str, table: Table, names: tuple[str, ...], computed: Computed) -> Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed: dict[str, Any] = {name: statement.excluded[name] for name in names if name not in keys}
    changed |= computed(statement.excluded)
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
