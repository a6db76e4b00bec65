"""The columns that most tables have, never null but for limits; what is not given is empty, zero or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, Text, text

from app.adapters.db.column_types import Choice, ForeignText
from app.domain.sync import Kind


def words(name: str, **options: Any) -> Column[str]:
    """Text that we have checked."""
    return Column(name, Text, nullable=False, server_default="", **options)


def prose(name: str) -> Column[str]:
    """Text from elsewhere, in which anything may stand."""
    return Column(name, ForeignText, nullable=False, server_default="")


def flag(name: str, *, default: bool = False) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def number(name: str, default: int = 0) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, nullable=False, server_default=str(default))


def limits() -> Sequence[Column[Any]]:
    """What a server may be asked for; without a value, as much as others of its kind."""
    return Column("requests_per_second", Float(53)), Column("concurrent_requests", Integer)


def row_id() -> Column[int]:
    """Numbered by the database."""
    return Column("id", Integer, primary_key=True)


def version() -> Column[int]:
    """What a writer must have read."""
    return Column("version", Integer, nullable=False, server_default="1")


def owner(table: str, **options: Any) -> Column[int]:
    """The row goes with the owner's: `owner("profile")` is `profile_id`."""
    return Column(f"{table}_id", ForeignKey(f"{table}s.id", ondelete="CASCADE"), nullable=False, **options)


def kind(**options: Any) -> Column[Any]:
    """Contacts or appointments."""
    return Column("kind", Choice(Kind), nullable=False, **options)
