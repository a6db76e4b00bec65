"""The columns of an account that lists sort by and search: folded here, because databases fold ASCII only, or by rules of their own."""

from __future__ import annotations

import unicodedata

from sqlalchemy import Connection, select, update

from app.adapters.db.tables import accounts
from app.domain.terms import joined

_NAMES = (accounts.c.name, accounts.c.email, accounts.c.mailbox, accounts.c.wice_username)


def refresh(connection: Connection, account: int) -> None:
    """Bring the folded columns of a row in line with its names; to be called after they were written."""
    names = connection.execute(select(*_NAMES).where(accounts.c.id == account)).one()
    keys = {"name_key": sort_key(names.name), "terms": joined(*names)}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**keys))


def sort_key(name: str) -> str:
    """`name` without case and accents: "Österreich" stands between "oslo" and "OTTO", as in a German dictionary."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
