"""Lists of accounts, and how many there are of each state, per server and in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Table, func, select

from app.adapters.db.tables import accounts, exchange_servers, profiles, templates, wice_servers
from app.adapters.db.views import paging
from app.adapters.db.views import profiles as profile_views
from app.adapters.db.views.health import ACCOUNTS, account_rank, account_time
from app.adapters.db.views.paging import Keys
from app.adapters.db.views.profiles import account_conditions, follows, given
from app.domain.sync import Side
from app.domain.views import AccountFilter, AccountRow, AccountState, Cut, Page, ServerRow, TemplateRow

_rank: Final = account_rank()
_ORDERS: Final[Mapping[str, Keys]] = {
    "name": (accounts.c.name_key, accounts.c.id),
    "state": (_rank, accounts.c.name_key, accounts.c.id),
    "synced_at": (account_time("synced_at"), accounts.c.id),
    "last_finished": (account_time("last_finished"), accounts.c.id),
}
_STORED: Final = ("id", "name", "email", "mailbox", "wice_username", "active", "version")


def page(connection: Connection, wanted: AccountFilter, cut: Cut) -> Page[AccountRow]:
    """See `app.ports.views.Views.accounts`."""
    keys = paging.keys_of(_ORDERS, cut)
    conditions = list(_conditions(wanted))
    # Without a question about states nobody looks at the profiles of all accounts.
    asked = _from(by_state=wanted.state is not None)
    sorted_from = _from(by_state=wanted.state is not None or keys is not _ORDERS["name"])
    found = paging.page(connection, select(accounts.c.id).select_from(sorted_from).where(*conditions), keys, cut)
    total = connection.execute(select(func.count()).select_from(asked).where(*conditions)).scalar_one()
    rows = _rows(connection, [row.id for row in found.rows])
    return Page(rows=rows, next=found.next, previous=found.previous, total=total)


def one(connection: Connection, name: str) -> AccountRow | None:
    """See `app.ports.views.Views.account`."""
    found = connection.execute(select(accounts.c.id).where(accounts.c.name == given(name))).scalar()
    return None if found is None else _rows(connection, [found])[0]


def states(connection: Connection) -> dict[AccountState, int]:
    """See `app.ports.views.Views.states`."""
    query = select(_rank, func.count()).select_from(ACCOUNTS).group_by(_rank)
    counted = {AccountState.ranked(rank): count for rank, count in connection.execute(query)}
    return {state: counted.get(state, 0) for state in AccountState}


def servers(connection: Connection) -> list[ServerRow]:
    """See `app.ports.views.Views.servers`."""
    pair = (accounts.c.wice_server_id, accounts.c.exchange_server_id)
    failing = func.count().filter(_rank == AccountState.FAILING.rank)
    counted = connection.execute(
        select(*pair, func.count().label("all"), failing.label("failing")).select_from(ACCOUNTS).group_by(*pair)
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


def _from(*, by_state: bool) -> FromClause:
    return ACCOUNTS if by_state else accounts


def _conditions(wanted: AccountFilter) -> Iterator[ColumnElement[bool]]:
    yield from account_conditions(wanted)
    if wanted.template:
        yield accounts.c.id.in_(select(profiles.c.account_id).where(follows(wanted.template)))
    if wanted.active is not None:
        yield accounts.c.active if wanted.active else ~accounts.c.active
    if wanted.state:
        yield _rank == wanted.state.rank


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
