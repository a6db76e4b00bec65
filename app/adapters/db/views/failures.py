"""The list of items that their server refused, of all profiles (R32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from app.adapters.db.tables import accounts, failures, profiles
from app.adapters.db.views import paging
from app.adapters.db.views.paging import Keys
from app.adapters.db.views.profiles import given
from app.domain.views import Cut, FailureFilter, FailureRow, Page

_ROW: Final = (failures.c.profile_id, failures.c.key)
_ORDERS: Final[Mapping[str, Keys]] = {
    "count": (failures.c.count, *_ROW),
    "profile": (accounts.c.name_key, profiles.c.name, *_ROW),
    "label": (failures.c.label, *_ROW),
}
_STORED: Final = ("kind", "key", "label", "code", "message", "count")
_FROM: Final = failures.join(profiles, profiles.c.id == failures.c.profile_id).join(
    accounts, accounts.c.id == profiles.c.account_id
)


def page(connection: Connection, wanted: FailureFilter, cut: Cut) -> Page[FailureRow]:
    """See `app.ports.views.Views.failures`."""
    cut = cut if cut.sort else replace(cut, sort="count", descending=True)
    named = (accounts.c.name.label("account"), profiles.c.name.label("profile"))
    conditions = list(_conditions(wanted))
    query = select(*(failures.c[name] for name in _STORED), *named).select_from(_FROM).where(*conditions)
    found = paging.page(connection, query, paging.keys_of(_ORDERS, cut), cut)
    total = connection.execute(select(func.count()).select_from(_FROM).where(*conditions)).scalar_one()
    rows = [FailureRow(**{name: row._mapping[name] for name in (*_STORED, "account", "profile")}) for row in found.rows]  # noqa: SLF001 - SQLAlchemy's documented name; `row.count` is tuple's method
    return Page(rows=rows, next=found.next, previous=found.previous, total=total)


def _conditions(wanted: FailureFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.account:
        yield accounts.c.name == given(wanted.account)
    if wanted.profile:
        yield profiles.c.name == given(wanted.profile)
    if wanted.code:
        yield failures.c.code == given(wanted.code)
    if wanted.at_least:
        yield failures.c.count >= wanted.at_least
