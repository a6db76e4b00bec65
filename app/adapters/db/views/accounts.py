"""Lists of accounts, and how many there are of each state, per server and in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Table, func, select

from app.adapters.db.tables import accounts, exchange_servers, profiles, templates, wice_servers
from app.adapters.db.views import paging
from app.adapters.db.views import profiles as profile_views
from app.adapters.db.views.health import health
from app.adapters.db.views.profiles import account_conditions, follows, given
from app.domain.sync import Side
from app.domain.views import AccountFilter, AccountRow, AccountState, Cut, Page, ServerRow, TemplateRow

_ORDERS: Final = {
    "name": ("name_key", "id"),
    "state": ("rank", "name_key", "id"),
    "synced_at": ("synced_at", "id"),
    "last_finished": ("last_finished", "id"),
}
_STORED: Final = ("id", "name", "email", "mailbox", "wice_username", "active", "version")


def page(connection: Connection, wanted: AccountFilter, cut: Cut) -> Page[AccountRow]:
    """See `app.ports.views.Views.accounts`."""
    conditions = list(_conditions(wanted))
    # Without a question about states nobody looks at the profiles of all accounts.
    by_health = wanted.state is not None or cut.sort not in ("", "name")
    listed: FromClause = health(conditions) if by_health else accounts
    fitting = [listed.c.rank == wanted.state.rank] if wanted.state else [] if by_health else conditions
    orders = {name: tuple(listed.c[key] for key in keys) for name, keys in _ORDERS.items() if keys[0] in listed.c}
    total = _count(listed, fitting) if wanted.state else _count(accounts, conditions)
    query = select(listed.c.id, total.scalar_subquery().label("total")).where(*fitting)
    found = paging.page(connection, query, paging.keys_of(orders, cut), cut)
    counted: int = found.rows[0].total if found.rows else connection.execute(total).scalar_one()
    rows = _rows(connection, [row.id for row in found.rows])
    return Page(rows=rows, next=found.next, previous=found.previous, total=counted)


def names(connection: Connection, wanted: AccountFilter) -> Sequence[str]:
    """See `app.ports.views.Views.account_names`."""
    conditions = list(_conditions(wanted))
    query = select(accounts.c.name).where(*conditions).order_by(accounts.c.name_key, accounts.c.id)
    if wanted.state:
        every = health(conditions)
        query = query.join(every, every.c.id == accounts.c.id).where(every.c.rank == wanted.state.rank)
    return connection.execute(query).scalars().all()


def _count(listed: FromClause, conditions: Sequence[ColumnElement[bool]]) -> Select[int]:
    return select(func.count()).select_from(listed).where(*conditions)


def one(connection: Connection, name: str) -> AccountRow | None:
    """See `app.ports.views.Views.account`."""
    found = connection.execute(select(accounts.c.id).where(accounts.c.name == given(name))).scalar()
    return None if found is None else _rows(connection, [found])[0]


def states(connection: Connection) -> dict[AccountState, int]:
    """See `app.ports.views.Views.states`."""
    every = health()
    query = select(every.c.rank, func.count()).group_by(every.c.rank)
    counted = {AccountState.ranked(rank): count for rank, count in connection.execute(query)}
    return {state: counted.get(state, 0) for state in AccountState}


def servers(connection: Connection) -> list[ServerRow]:
    """See `app.ports.views.Views.servers`."""
    every = health()
    pair = (every.c.wice_server_id, every.c.exchange_server_id)
    failing = func.count().filter(every.c.rank == AccountState.FAILING.rank)
    counted = connection.execute(
        select(*pair, func.count().label("all"), failing.label("failing")).group_by(*pair)
    ).all()
    return [
        *_servers(connection, Side.WICE, wice_servers, counted),
        *_servers(connection, Side.EXCHANGE, exchange_servers, counted),
    ]


def template_rows(connection: Connection) -> list[TemplateRow]:
    """See `app.ports.views.Views.templates`."""
    counted = select(profiles.c.template_id, func.count().label("profiles")).group_by(profiles.c.template_id).subquery()
    query = (
        select(templates.c.name, templates.c.version, func.coalesce(counted.c.profiles, 0).label("profiles"))
        .outerjoin(counted, counted.c.template_id == templates.c.id)
        .order_by(templates.c.name)
    )
    return [TemplateRow(**row) for row in connection.execute(query).mappings()]


def _conditions(wanted: AccountFilter) -> Iterator[ColumnElement[bool]]:
    yield from account_conditions(wanted)
    if wanted.template:
        yield accounts.c.id.in_(select(profiles.c.account_id).where(follows(wanted.template)))
    if wanted.active is not None:
        yield accounts.c.active if wanted.active else ~accounts.c.active


def _rows(connection: Connection, ids: Sequence[int]) -> list[AccountRow]:
    servers = (wice_servers.c.name.label("wice_server"), exchange_servers.c.name.label("exchange_server"))
    query = (
        select(*(accounts.c[name] for name in _STORED), *servers)
        .join(wice_servers, wice_servers.c.id == accounts.c.wice_server_id)
        .join(exchange_servers, exchange_servers.c.id == accounts.c.exchange_server_id)
        .where(accounts.c.id.in_(ids))
    )
    found = {row["id"]: row for row in connection.execute(query).mappings()}
    owned = profile_views.of_accounts(connection, ids)
    return [AccountRow(**found[account], profiles=tuple(owned[account])) for account in ids]


def _servers(connection: Connection, side: Side, table: Table, counted: Sequence[Row[Any]]) -> list[ServerRow]:
    column = f"{side}_server_id"
    return [
        ServerRow(
            side=side,
            name=row.name,
            url=row.url,
            version=row.version,
            accounts=sum(some.all for some in counted if getattr(some, column) == row.id),
            failing=sum(some.failing for some in counted if getattr(some, column) == row.id),
        )
        for row in connection.execute(
            select(table.c.id, table.c.name, table.c.url, table.c.version).order_by(table.c.name)
        )
    ]
