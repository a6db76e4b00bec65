"""Wice's tables, and a record of one of them as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from app.adapters.wice.wire import Row
from app.domain.ids import ItemId
from app.domain.sync import Found


@dataclass(frozen=True, slots=True)
class Reading:
    """A record as it was read: the raw row beside what it means. `row` is empty when the record does not exist."""

    row: Row
    found: Found


@dataclass(frozen=True, slots=True)
class Table:
    """One of Wice's tables: the letter before its rowids in item ids, and the calls that read it.

    `own_column` tells a full row of a list from one that holds only id and time. `columns`: all that are ever looked at.
    """

    letter: str
    one: str
    list: str
    loop: str
    own_column: str
    columns: frozenset[str]

    def item_id(self, rowid: str) -> ItemId:
        """`p:4711`."""
        return ItemId(f"{self.letter}:{rowid}")

    def cut(self, row: Row) -> Row:
        """A row without the couple of hundred columns that nobody looks at."""
        return {column: row[column] for column in self.columns & row.keys()}
