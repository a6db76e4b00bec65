"""Search over the columns `terms`: folded text in which every word of a question must occur, compared alike by both databases (R41)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, case, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.domain.terms import LONGEST


class Holds(FunctionElement[bool]):
    """Does the first text hold the second, character by character? LIKE would fold ASCII in SQLite and give % a meaning."""

    type = Boolean()
    inherit_cache = True


@compiles(Holds, "postgresql")
def _postgresql_holds(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


@compiles(Holds, "sqlite")
def _sqlite_holds(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


def matching(column: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """Every word occurs in the column; without a word every row matches."""
    return and_(literal(value=True), *(Holds(column, literal(word)) for word in words))


def accumulated(stored: ColumnElement[str], given: ColumnElement[str]) -> ColumnElement[str]:
    """The given terms before the stored ones, so that an item is found by names that it once had."""
    both = func.substr(given.op("||")("\n").op("||")(stored), 1, LONGEST)
    return case((stored == "", given), (Holds(stored, given), stored), else_=both)
