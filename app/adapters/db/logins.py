"""Logins that a server refused: schedules leave them alone until somebody has edited them, so that no directory locks them.

A refusal holds for the versions that account and server had then: whatever is edited, it is forgotten. An account's own login counts as
refused at once; when it works, in a run that a person asked for, it is no longer refused. A service account's counts at the second refusal in a
row, for a single one that was a mistake would stop everybody's runs. Until one run has got through with it, and after its first refusal, it is in
doubt: one run at a time tries it (`app.services.logins`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, FromClause, and_, case, cast, or_, select, update

from app.adapters.db import audit, hints
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, exchange_servers, profiles, wice_servers
from app.domain.account import Access, Account, ExchangeServer, WiceServer
from app.domain.ids import ProfileId
from app.domain.logins import LoginStanding
from app.domain.people import Actor
from app.domain.run import RunStatus
from app.domain.sync import Side

_VERSIONS: Final = 1_000_000
"""More versions than a server will ever have."""
_REFUSALS: Final = 10
_CONFIRMED: Final = 2

ALL: Final[FromClause] = profiles.join(accounts).join(wice_servers).join(exchange_servers)
"""What the conditions below are about."""

_own = exchange_servers.c.access == Access.DELEGATE
_account = cast(accounts.c.version, BigInteger) * _VERSIONS
_at_wice = _account + wice_servers.c.version
_at_exchange = _account + exchange_servers.c.version
_service = cast(exchange_servers.c.version, BigInteger) * _REFUSALS
_wice = accounts.c.wice_refused == _at_wice
_shared = and_(~_own, exchange_servers.c.refused >= _service + _CONFIRMED)
_exchange = or_(_shared, and_(_own, accounts.c.exchange_refused == _at_exchange))
_PROVEN: Final[Mapping[str, Any]] = {"refused": 0, "proven": exchange_servers.c.version}

REFUSED: Final[ColumnElement[bool]] = or_(_wice, _exchange)
"""Does a run of this profile have to sign in with something that was refused?"""

TRUSTED: Final[ColumnElement[bool]] = and_(
    exchange_servers.c.proven == exchange_servers.c.version, exchange_servers.c.refused <= _service
)
"""Of an Exchange server: its login has got through since it was edited, and was not refused since."""


class SqlLogins:
    """`app.ports.requests.Logins` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, profile: ProfileId) -> LoginStanding:
        """See `app.ports.requests.Logins.standing`."""
        # A shared one first: whoever asks, it is not tried.
        where = case((_shared, "shared"), (_wice, Side.WICE.value), (_exchange, Side.EXCHANGE.value), else_="")
        doubt = and_(~_own, ~TRUSTED)
        query = select(where.label("refused"), doubt.label("doubt"), exchange_servers.c.id).select_from(ALL)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(profiles.c.id == profile)).one_or_none()
        if row is None:
            return LoginStanding()
        if row.refused == "shared":
            return LoginStanding(Side.EXCHANGE, shared=True)
        return LoginStanding(Side(row.refused) if row.refused else None, in_doubt=str(row.id) if row.doubt else "")

    def proven(self, profile: ProfileId) -> None:
        """See `app.ports.requests.Logins.proven`."""
        server = select(exchange_servers.c.id).select_from(ALL).where(profiles.c.id == profile).scalar_subquery()
        with writing(self._engine) as connection:
            connection.execute(update(exchange_servers).where(exchange_servers.c.id == server).values(**_PROVEN))

    def passed(self, account: Account, server: WiceServer | ExchangeServer, by: Actor) -> bool:
        """See `app.ports.requests.Logins.passed`."""
        column = accounts.c.wice_refused if isinstance(server, WiceServer) else accounts.c.exchange_refused
        now = account.version * _VERSIONS + server.version
        mine = update(accounts).where(accounts.c.id == account.id, column == now)
        with writing(self._engine) as connection:
            if not connection.execute(mine.values({column: 0})).rowcount:
                return False
            audit.note(connection, by, "resumed", "account", account.name, after={"server": server.name})
            _go_on(connection, accounts.c.id == account.id)
            return True

    def passed_for_all(self, server: ExchangeServer, by: Actor) -> bool:
        """See `app.ports.requests.Logins.passed_for_all`."""
        same = and_(exchange_servers.c.name == server.name, exchange_servers.c.version == server.version)
        with writing(self._engine) as connection:
            row = connection.execute(select(exchange_servers.c.refused, _service).where(same)).one_or_none()
            connection.execute(update(exchange_servers).where(same).values(**_PROVEN))
            if row is None or row[0] <= row[1]:
                return False
            audit.note(connection, by, "resumed", "exchange_server", server.name)
            here = select(exchange_servers.c.id).where(same).scalar_subquery()
            _go_on(connection, accounts.c.exchange_server_id == here)
            return True


def _go_on(connection: Connection, concerned: ColumnElement[bool]) -> None:
    """What failed of these accounts is due at once."""
    theirs = profiles.c.account_id.in_(select(accounts.c.id).where(concerned))
    hints.due_at_once(connection, and_(theirs, profiles.c.last_status == RunStatus.FAILED))


def note_refused(connection: Connection, profile: ProfileId, side: Side) -> None:
    """A run of this profile was refused at `side`. Its lease has proven that nobody has edited anything since it began."""
    own = select(profiles.c.account_id).where(profiles.c.id == profile).scalar_subquery()
    query = select(accounts.c.exchange_server_id, _own, _at_wice, _at_exchange, _service).select_from(ALL)
    server, is_own, at_wice, at_exchange, service = connection.execute(query.where(profiles.c.id == profile)).one()
    if side is Side.WICE or is_own:
        refused = {"wice_refused": at_wice} if side is Side.WICE else {"exchange_refused": at_exchange}
        connection.execute(update(accounts).where(accounts.c.id == own).values(**refused))
        return
    again = case((exchange_servers.c.refused > service, service + _CONFIRMED), else_=service + 1)
    connection.execute(update(exchange_servers).where(exchange_servers.c.id == server).values(refused=again))


def note_accepted(connection: Connection, profile: ProfileId) -> None:
    """A run of this profile has got through at both sides."""
    marked = or_(accounts.c.wice_refused != 0, accounts.c.exchange_refused != 0, and_(~_own, ~TRUSTED))
    query = select(accounts.c.id, accounts.c.exchange_server_id, _own).select_from(ALL)
    row = connection.execute(query.where(profiles.c.id == profile, marked)).one_or_none()
    if row is None:
        return
    account, server, is_own = row
    cleared: dict[str, Any] = {"wice_refused": 0, "exchange_refused": 0}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**cleared))
    if not is_own:
        connection.execute(update(exchange_servers).where(exchange_servers.c.id == server).values(**_PROVEN))
