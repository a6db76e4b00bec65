"""INSERT ... ON CONFLICT, which PostgreSQL and SQLite spell alike and SQLAlchemy keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Row = Mapping[str, Any]
Excluded = ReadOnlyColumnCollection[str, Any]


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    computed: Callable[[Excluded], Mapping[str, ColumnElement[Any]]] = lambda _excluded: {},
) -> None:
    """Insert `rows`, which all name the same columns, or change those whose primary key is there, in one batch.

    `computed` says which columns of a row that is there take another value than the given one; it is handed the given row's columns.
    """
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    changed |= computed(statement.excluded)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))
