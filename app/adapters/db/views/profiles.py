"""Lists of profiles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, select

from app.adapters.db.column_types import ForeignText
from app.adapters.db.tables import accounts, exchange_servers, profiles, templates, wice_servers
from app.adapters.db.terms import matching
from app.adapters.db.views import paging
from app.adapters.db.views.health import BUSY, PROFILES, profile_rank
from app.adapters.db.views.paging import NEVER, Keys
from app.domain.run import RequestState
from app.domain.terms import words_of
from app.domain.views import AccountFilter, AccountState, Cut, Page, ProfileFilter, ProfileRow

_rank: Final = profile_rank()
_BY_NAME: Final = (accounts.c.name_key, profiles.c.name, profiles.c.id)
_ORDERS: Final[Mapping[str, Keys]] = {
    "name": _BY_NAME,
    "state": (_rank, *_BY_NAME),
    "synced_at": (func.coalesce(profiles.c.synced_at, NEVER), profiles.c.id),
    "last_finished": (func.coalesce(profiles.c.last_finished, NEVER), profiles.c.id),
}
_STORED: Final = (
    *("id", "name", "active", "contacts", "appointments", "direction", "schedule", "version", "last_run"),
    *("last_status", "last_finished", "last_message", "waiting_run", "synced_at", "failed_runs", "failed_items"),
    *("frozen_items", "due_at", "deep_compared_at"),
)
_OWNED: Final = profiles.join(accounts, accounts.c.id == profiles.c.account_id)
_FROM: Final = PROFILES.join(accounts, accounts.c.id == profiles.c.account_id)
_BUSY: Final = {AccountState.RUNNING.rank: RequestState.RUNNING, AccountState.WAITING.rank: RequestState.QUEUED}


def page(connection: Connection, wanted: ProfileFilter, cut: Cut) -> Page[ProfileRow]:
    """See `app.ports.views.Views.profiles`."""
    conditions = list(_conditions(wanted))
    # Who is busy is of interest only for the state.
    listed = _FROM if wanted.state or cut.sort == "state" else _OWNED
    query = select(profiles.c.id).select_from(listed).where(*conditions)
    found = paging.page(connection, query, paging.keys_of(_ORDERS, cut), cut)
    rows = {row.id: row for row in read(connection, profiles.c.id.in_([row.id for row in found.rows]))}
    counted = (_FROM if wanted.state else _OWNED) if conditions else profiles
    total = connection.execute(select(func.count()).select_from(counted).where(*conditions)).scalar_one()
    return Page(rows=[rows[row.id] for row in found.rows], next=found.next, previous=found.previous, total=total)


def read(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[ProfileRow]:
    """The profiles that fit, with all that lists show, by account and name."""
    return map(_profile, connection.execute(in_full().where(*conditions).order_by(*_BY_NAME)))


def in_full() -> Select[Any]:
    """Profiles with all that lists show."""
    return select(
        *(profiles.c[name] for name in _STORED),
        profiles.c.account_id,
        accounts.c.name.label("account"),
        func.coalesce(templates.c.name, "").label("template"),
        _rank.label("rank"),
        BUSY.c.rank.label("busy"),
    ).select_from(_FROM.outerjoin(templates, templates.c.id == profiles.c.template_id))


def _profile(row: Row[Any]) -> ProfileRow:
    stored = {name: getattr(row, name) for name in _STORED}
    return ProfileRow(
        **stored,
        account=row.account,
        template=row.template,
        state=AccountState.ranked(row.rank),
        busy=_BUSY.get(row.busy),
    )


def of_accounts(connection: Connection, owners: Collection[int]) -> dict[int, list[ProfileRow]]:
    """The profiles of each of these accounts, by name."""
    found: dict[int, list[ProfileRow]] = {owner: [] for owner in owners}
    query = in_full().where(profiles.c.account_id.in_(owners)).order_by(*_BY_NAME)
    for row in connection.execute(query):
        found[row.account_id].append(_profile(row))
    return found


def _conditions(wanted: ProfileFilter) -> Iterator[ColumnElement[bool]]:
    yield from account_conditions(wanted)
    if wanted.account:
        yield accounts.c.name == given(wanted.account)
    if wanted.template:
        yield follows(wanted.template)
    if wanted.active is not None:
        both = profiles.c.active & accounts.c.active
        yield both if wanted.active else ~both
    if wanted.state:
        yield _rank == wanted.state.rank


def account_conditions(wanted: AccountFilter) -> Iterator[ColumnElement[bool]]:
    """What both filters ask of the account itself."""
    if words := words_of(wanted.text):
        yield matching(accounts.c.terms, words)
    if wanted.wice_server:
        named = select(wice_servers.c.id).where(wice_servers.c.name == given(wanted.wice_server))
        yield accounts.c.wice_server_id == named.scalar_subquery()
    if wanted.exchange_server:
        named = select(exchange_servers.c.id).where(exchange_servers.c.name == given(wanted.exchange_server))
        yield accounts.c.exchange_server_id == named.scalar_subquery()


def follows(template: str) -> ColumnElement[bool]:
    """Does the profile follow this template?"""
    named = select(templates.c.id).where(templates.c.name == given(template))
    return profiles.c.template_id == named.scalar_subquery()


def given(text: str) -> ColumnElement[str]:
    """A name from an address, which may hold what no database takes."""
    return literal(text, ForeignText())
