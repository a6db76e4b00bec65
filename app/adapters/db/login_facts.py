"""What is known of the logins of a profile, in SQL: how often each was refused, whether it is known to be right, and who shares it.

`REFUSED` says in the database what `app.rules.logins.is_refused` says of a `Login`, since schedules choose among thousands of profiles there.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)

from app.adapters.db import login_marks
from app.adapters.db.tables import accounts, exchange_servers, logins, profiles, wice_servers
from app.domain.account import Access
from app.domain.logins import HALTED_AFTER, Login, Whose
from app.domain.sync import Side

REFUSALS: Final = 10
"""More refusals than are counted: `version * REFUSALS + refusals` is what stands in the columns `refused`."""

_at_wice = logins.alias("wice_logins")
_at_exchange = logins.alias("exchange_logins")
_others = accounts.alias("others")
_own = exchange_servers.c.access == Access.DELEGATE
MARK: Final = {Side.WICE: accounts.c.wice_login, Side.EXCHANGE: accounts.c.exchange_login}

ALL: Final[FromClause] = (
    profiles.join(accounts)
    .join(wice_servers)
    .join(exchange_servers)
    .outerjoin(_at_wice, _at_wice.c.mark == accounts.c.wice_login)
    .outerjoin(_at_exchange, _at_exchange.c.mark == accounts.c.exchange_login)
)
"""What the conditions below are about."""


def first_of(server: Table) -> ColumnElement[int]:
    """What stands in the columns `refused` of a server's present version before the first refusal."""
    return cast(server.c.version, BigInteger) * REFUSALS


def _refusals(refused: ColumnElement[int], server: Table) -> ColumnElement[int]:
    """In a row since the server was edited."""
    known = func.coalesce(refused, 0)
    return case((known > first_of(server), known - first_of(server)), else_=0)


def _is_shared(mark: Column[str]) -> ColumnElement[bool]:
    same = _others.c[mark.name] == mark
    return exists().where(same, _others.c.id != accounts.c.id, mark != "").correlate(accounts)


def _is_refused(refusals: ColumnElement[int], mark: Column[str]) -> ColumnElement[bool]:
    enough = case((_is_shared(mark), HALTED_AFTER[Whose.SHARED]), else_=HALTED_AFTER[Whose.OWN])
    # Most were never refused: of them nobody asks who shares them.
    return case((refusals == 0, False), else_=refusals >= enough)


_wice = _refusals(_at_wice.c.refused, wice_servers)
_exchange = _refusals(_at_exchange.c.refused, exchange_servers)
_service = _refusals(exchange_servers.c.refused, exchange_servers)

REFUSED: Final[ColumnElement[bool]] = or_(
    _is_refused(_wice, accounts.c.wice_login),
    and_(_own, _is_refused(_exchange, accounts.c.exchange_login)),
    and_(~_own, _service >= HALTED_AFTER[Whose.SERVICE]),
)
"""Does a run of this profile have to sign in with something that was refused?"""

TRUSTED: Final[ColumnElement[bool]] = and_(exchange_servers.c.proven == exchange_servers.c.version, _service == 0)
"""Of an Exchange server: its login has got through since it was edited, and was not refused since."""

DOUBTED: Final[ColumnElement[bool]] = or_(_wice > 0, and_(_own, _exchange > 0), and_(~_own, ~TRUSTED))
"""Was a login of this profile refused, or is a service account's not known to be right?"""


def _facts(side: Side, server: Table, known: FromClause, refusals: ColumnElement[int]) -> list[ColumnElement[Any]]:
    mark = MARK[side]
    columns = {
        "name": server.c.name,
        "version": server.c.version,
        "refusals": refusals,
        "proven": func.coalesce(known.c.proven == server.c.version, false()),
        "shared": _is_shared(mark),
    }
    return [column.label(f"{side.value}_{name}") for name, column in columns.items()]


STANDING: Final[Select[Any]] = select(
    *login_marks.COLUMNS,
    *_facts(Side.WICE, wice_servers, _at_wice, _wice),
    *_facts(Side.EXCHANGE, exchange_servers, _at_exchange, _exchange),
    _own.label("own"),
    _service.label("service_refusals"),
    TRUSTED.label("service_proven"),
).select_from(ALL)


def own_login(connection: Connection, row: Row[Any], side: Side) -> Login:
    """The account's own one, from a row of `STANDING`."""
    name, version, refusals, proven, shared = (
        getattr(row, f"{side.value}_{fact}") for fact in ("name", "version", "refusals", "proven", "shared")
    )
    key = getattr(row, f"{side.value}_login")
    users, first = 1, row.account
    if shared:
        same = select(func.count(), func.min(accounts.c.id)).where(MARK[side] == key)
        users, first = connection.execute(same).one()
    return Login(
        side=side,
        whose=Whose.SHARED if shared else Whose.OWN,
        server=name,
        users=users,
        refusals=refusals,
        proven=proven,
        # Not by its mark: who may try what is read by others.
        turn=f"{side.value} account {first}",
        version=version,
        key=key,
    )


def _login_at_exchange(connection: Connection, row: Row[Any]) -> Login:
    if row.own:
        return own_login(connection, row, Side.EXCHANGE)
    return Login(
        side=Side.EXCHANGE,
        whose=Whose.SERVICE,
        server=row.exchange_name,
        users=0,
        refusals=row.service_refusals,
        proven=row.service_proven,
        turn=f"server {row.exchange_server_id}",
        version=row.exchange_version,
        key=str(row.exchange_server_id),
    )


def both_logins(connection: Connection, row: Row[Any]) -> tuple[Login, Login]:
    """At Wice and at Exchange, from a row of `STANDING`."""
    return own_login(connection, row, Side.WICE), _login_at_exchange(connection, row)
