"""A row of `users` as a user: alone, or joined to what belongs to them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Label, Row

from app.adapters.db.tables_people import users
from app.domain.people import User

PREFIX: Final = "owner_"


def prefixed_columns() -> list[Label[Any]]:
    """The columns of `users` beside those of another table, for `read_user(row, PREFIX)`."""
    return [column.label(PREFIX + column.name) for column in users.columns]


def read_user(row: Row[Any], prefix: str = "") -> User:
    """The user of a row."""
    values = row._mapping  # noqa: SLF001 - the documented way to a row's columns by name
    return User(
        name=values[f"{prefix}name"],
        role=values[f"{prefix}role"],
        active=values[f"{prefix}active"],
        language=values[f"{prefix}language"],
        time_zone=values[f"{prefix}time_zone"],
        theme=values[f"{prefix}theme"],
        has_password=bool(values[f"{prefix}password_hash"]),
        created=values[f"{prefix}created"],
        signed_in=values[f"{prefix}signed_in"],
        id=values[f"{prefix}id"],
        version=values[f"{prefix}version"],
    )
