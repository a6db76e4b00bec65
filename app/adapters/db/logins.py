"""How it stands with logins: refused by a server, or known to be right. What follows from it says `app.rules.logins`.

What is known holds for the version that the server had then: whoever edits the server, it is forgotten. A service account is the Exchange server's,
and it stands there; an account's own login is known by its mark (`login_marks`), so that all who have the same share what one of them found out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
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
    update,
)

from app.adapters.db import audit, hints, login_marks
from app.adapters.db.secrets import Secrets
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, exchange_servers, logins, profiles, wice_servers
from app.adapters.db.upsert import upsert
from app.domain.account import Access, Account, ExchangeServer, WiceServer
from app.domain.ids import ProfileId
from app.domain.logins import HALTED_AFTER, Login, Whose
from app.domain.people import Actor
from app.domain.run import RunStatus
from app.domain.sync import Side

_REFUSALS: Final = 10
"""More refusals than are counted: `version * _REFUSALS + refusals` is what stands in the columns `refused`."""
_COUNTED: Final = max(HALTED_AFTER.values())

_at_wice = logins.alias("wice_logins")
_at_exchange = logins.alias("exchange_logins")
_others = accounts.alias("others")
_own = exchange_servers.c.access == Access.DELEGATE
_MARK: Final = {Side.WICE: accounts.c.wice_login, Side.EXCHANGE: accounts.c.exchange_login}
_PROVEN: Final[Mapping[str, Any]] = {"refused": 0, "proven": exchange_servers.c.version}

ALL: Final[FromClause] = (
    profiles.join(accounts)
    .join(wice_servers)
    .join(exchange_servers)
    .outerjoin(_at_wice, _at_wice.c.mark == accounts.c.wice_login)
    .outerjoin(_at_exchange, _at_exchange.c.mark == accounts.c.exchange_login)
)
"""What the conditions below are about."""


def _first(server: Table) -> ColumnElement[int]:
    return cast(server.c.version, BigInteger) * _REFUSALS


def _refusals(refused: ColumnElement[int], server: Table) -> ColumnElement[int]:
    """In a row since the server was edited."""
    known = func.coalesce(refused, 0)
    return case((known > _first(server), known - _first(server)), else_=0)


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


class SqlLogins:
    """`app.ports.requests.Logins` in a database."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets

    def of(self, profile: ProfileId) -> tuple[Login, ...]:
        """See `app.ports.requests.Logins.of`."""
        query = _STANDING.where(profiles.c.id == profile)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return ()
            if login_marks.are_right(self._secrets, row):
                return _both(connection, row)
        with writing(self._engine) as connection:
            login_marks.renew(connection, self._secrets, accounts.c.id == row.account)
            row = connection.execute(query).one_or_none()
            return () if row is None else _both(connection, row)

    def proven(self, login: Login) -> None:
        """See `app.ports.requests.Logins.proven`."""
        with writing(self._engine) as connection:
            _note_proven(connection, login)

    def passed(self, account: Account, server: WiceServer | ExchangeServer, by: Actor) -> bool:
        """See `app.ports.requests.Logins.passed`."""
        side, table = (Side.WICE, wice_servers) if isinstance(server, WiceServer) else (Side.EXCHANGE, exchange_servers)
        there = select(table.c.id).where(table.c.name == server.name, table.c.version == server.version)
        with writing(self._engine) as connection:
            server_id = connection.execute(there).scalar()
            if server_id is None:
                return False
            mark = login_marks.of_account(self._secrets, account, side, server_id)
            refused = connection.execute(select(logins.c.refused).where(logins.c.mark == mark)).scalar()
            was_refused = (refused or 0) > server.version * _REFUSALS
            if was_refused:
                audit.note(connection, by, "resumed", "account", account.name, after={"server": server.name})
                _go_on(connection, _MARK[side] == mark)
            _prove(connection, mark, server.version)
            return was_refused

    def passed_for_all(self, server: ExchangeServer, by: Actor) -> bool:
        """See `app.ports.requests.Logins.passed_for_all`."""
        same = and_(exchange_servers.c.name == server.name, exchange_servers.c.version == server.version)
        with writing(self._engine) as connection:
            refusals = connection.execute(select(_service).where(same)).scalar()
            if refusals:
                audit.note(connection, by, "resumed", "exchange_server", server.name)
                here = select(exchange_servers.c.id).where(same).scalar_subquery()
                _go_on(connection, accounts.c.exchange_server_id == here)
            connection.execute(update(exchange_servers).where(same).values(**_PROVEN))
            return bool(refusals)


def _facts(side: Side, server: Table, known: FromClause, refusals: ColumnElement[int]) -> list[ColumnElement[Any]]:
    mark = _MARK[side]
    columns = {
        "name": server.c.name,
        "version": server.c.version,
        "refusals": refusals,
        "proven": func.coalesce(known.c.proven == server.c.version, false()),
        "shared": _is_shared(mark),
    }
    return [column.label(f"{side.value}_{name}") for name, column in columns.items()]


_STANDING: Final[Select[Any]] = select(
    *login_marks.COLUMNS,
    *_facts(Side.WICE, wice_servers, _at_wice, _wice),
    *_facts(Side.EXCHANGE, exchange_servers, _at_exchange, _exchange),
    _own.label("own"),
    _service.label("service_refusals"),
    TRUSTED.label("service_proven"),
).select_from(ALL)


def _own_login(connection: Connection, row: Row[Any], side: Side) -> Login:
    name, version, refusals, proven, shared = (
        getattr(row, f"{side.value}_{fact}") for fact in ("name", "version", "refusals", "proven", "shared")
    )
    key = getattr(row, f"{side.value}_login")
    users, first = 1, row.account
    if shared:
        same = select(func.count(), func.min(accounts.c.id)).where(_MARK[side] == key)
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
        return _own_login(connection, row, Side.EXCHANGE)
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


def _both(connection: Connection, row: Row[Any]) -> tuple[Login, Login]:
    return _own_login(connection, row, Side.WICE), _login_at_exchange(connection, row)


def _prove(connection: Connection, mark: str, version: int) -> None:
    upsert(connection, logins, [{"mark": mark, "refused": 0, "proven": version}])


def _go_on(connection: Connection, concerned: ColumnElement[bool]) -> None:
    """What failed of these accounts is due at once. Profiles come before logins, as where a run ends: else two might wait for each other."""
    theirs = profiles.c.account_id.in_(select(accounts.c.id).where(concerned))
    hints.due_at_once(connection, and_(theirs, profiles.c.last_status == RunStatus.FAILED))


def note_refused(connection: Connection, profile: ProfileId, side: Side) -> None:
    """A run of this profile was refused at `side`. Its lease has proven that nobody has edited anything since it began."""
    row = connection.execute(_STANDING.where(profiles.c.id == profile)).one()
    if side is Side.EXCHANGE and not row.own:
        refused = _next(row.exchange_version, row.service_refusals)
        mine = exchange_servers.c.id == row.exchange_server_id
        connection.execute(update(exchange_servers).where(mine).values(refused=refused))
    elif (login := _own_login(connection, row, side)).key:
        refused = _next(login.version, login.refusals)
        upsert(connection, logins, [{"mark": login.key, "refused": refused, "proven": 0}])


def _next(version: int, refusals: int) -> int:
    return version * _REFUSALS + min(refusals + 1, _COUNTED)


def note_accepted(connection: Connection, profile: ProfileId) -> None:
    """A run of this profile has got through at both sides."""
    doubted = or_(_wice > 0, and_(_own, _exchange > 0), and_(~_own, ~TRUSTED))
    row = connection.execute(_STANDING.where(profiles.c.id == profile, doubted)).one_or_none()
    if row is None:
        return
    for login in _both(connection, row):
        _note_proven(connection, login)


def _note_proven(connection: Connection, login: Login) -> None:
    if login.whose is not Whose.SERVICE:
        _prove(connection, login.key, login.version)
        return
    same = and_(exchange_servers.c.id == int(login.key), exchange_servers.c.version == login.version)
    connection.execute(update(exchange_servers).where(same).values(**_PROVEN))
