"""Logins that a server refused: schedules leave them alone until somebody has edited them, so that no directory locks them.

A refusal holds for the versions that account and server had then: whatever is edited, it is forgotten. An account's own login counts as
refused at once. A service account's counts at the second refusal in a row, for a single one that was a mistake would stop everybody's runs.
A login that works, in a run that a person asked for, is no longer refused.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, FromClause, and_, case, cast, or_, select, update

from app.adapters.db.session import reading
from app.adapters.db.tables import accounts, exchange_servers, profiles, wice_servers
from app.domain.account import Access
from app.domain.ids import ProfileId
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
_exchange = or_(
    and_(_own, accounts.c.exchange_refused == _at_exchange),
    and_(~_own, exchange_servers.c.refused >= _service + _CONFIRMED),
)

REFUSED: Final[ColumnElement[bool]] = or_(_wice, _exchange)
"""Does a run of this profile have to sign in with something that was refused?"""


class SqlLogins:
    """`app.ports.requests.Logins` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def refused(self, profile: ProfileId) -> Side | None:
        """See `app.ports.requests.Logins.refused`."""
        sides = case((_wice, Side.WICE.value), (_exchange, Side.EXCHANGE.value))
        with reading(self._engine) as connection:
            found = connection.execute(select(sides).select_from(ALL).where(profiles.c.id == profile)).scalar()
        return Side(found) if found else None


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
    marked = or_(accounts.c.wice_refused != 0, accounts.c.exchange_refused != 0, exchange_servers.c.refused != 0)
    query = select(accounts.c.id, accounts.c.exchange_server_id, _own).select_from(ALL)
    row = connection.execute(query.where(profiles.c.id == profile, marked)).one_or_none()
    if row is None:
        return
    account, server, is_own = row
    cleared: dict[str, Any] = {"wice_refused": 0, "exchange_refused": 0}
    connection.execute(update(accounts).where(accounts.c.id == account).values(**cleared))
    if not is_own:
        connection.execute(update(exchange_servers).where(exchange_servers.c.id == server).values(refused=0))
