"""How it stands with logins: refused by a server, or known to be right. What follows from it says `app.rules.logins`.

What is known holds for the version that the server had then: whoever edits the server, it is forgotten. A service account is the Exchange server's,
and it stands there; an account's own login is known by its mark (`login_marks`), so that all who have the same share what one of them found out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, select, update

from app.adapters.db import audit, hints, login_marks
from app.adapters.db.login_facts import DOUBTED, MARK, REFUSALS, STANDING, both_logins, first_of, own_login
from app.adapters.db.secrets import Secrets
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, exchange_servers, logins, profiles, wice_servers
from app.adapters.db.upsert import Excluded, upsert
from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.ids import ProfileId
from app.domain.logins import HALTED_AFTER, Login, Whose
from app.domain.people import Actor
from app.domain.run import RunStatus
from app.domain.sync import Side

_COUNTED: Final = max(HALTED_AFTER.values())
_PROVEN: Final[Mapping[str, Any]] = {"refused": 0, "proven": exchange_servers.c.version}


class SqlLogins:
    """`app.ports.requests.Logins` in a database."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets

    def of(self, profile: ProfileId) -> tuple[Login, ...]:
        """See `app.ports.requests.Logins.of`."""
        query = STANDING.where(profiles.c.id == profile)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return ()
            if login_marks.are_right(self._secrets, row):
                return both_logins(connection, row)
        with writing(self._engine) as connection:
            login_marks.renew(connection, self._secrets, accounts.c.id == row.account)
            row = connection.execute(query).one_or_none()
            return () if row is None else both_logins(connection, row)

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
            was_refused = (refused or 0) > server.version * REFUSALS
            if was_refused:
                audit.note(connection, by, "resumed", "account", account.name, after={"server": server.name})
                _go_on(connection, MARK[side] == mark)
            _prove(connection, mark, server.version)
            return was_refused

    def passed_for_all(self, server: ExchangeServer, by: Actor) -> bool:
        """See `app.ports.requests.Logins.passed_for_all`."""
        same = and_(exchange_servers.c.name == server.name, exchange_servers.c.version == server.version)
        with writing(self._engine) as connection:
            refused_since = exchange_servers.c.refused > first_of(exchange_servers)
            was_refused = connection.execute(select(refused_since).where(same)).scalar()
            if was_refused:
                audit.note(connection, by, "resumed", "exchange_server", server.name)
                here = select(exchange_servers.c.id).where(same).scalar_subquery()
                _go_on(connection, accounts.c.exchange_server_id == here)
            connection.execute(update(exchange_servers).where(same).values(**_PROVEN))
            return bool(was_refused)


def _prove(connection: Connection, mark: str, version: int) -> None:
    if mark:
        upsert(connection, logins, [{"mark": mark, "refused": 0, "proven": version}])


def _go_on(connection: Connection, concerned: ColumnElement[bool]) -> None:
    """What failed of these accounts is due at once. Profiles come before logins, as where a run ends: else two might wait for each other."""
    theirs = profiles.c.account_id.in_(select(accounts.c.id).where(concerned))
    hints.due_at_once(connection, and_(theirs, profiles.c.last_status == RunStatus.FAILED))


def note_refused(connection: Connection, profile: ProfileId, side: Side) -> None:
    """A run of this profile was refused at `side`. Its lease has proven that nobody has edited anything since it began."""
    row = connection.execute(STANDING.where(profiles.c.id == profile)).one()
    if side is Side.EXCHANGE and not row.own:
        here = exchange_servers.c.id == row.exchange_server_id
        refused = _once_more(exchange_servers.c.refused, first_of(exchange_servers) + 1)
        connection.execute(update(exchange_servers).where(here).values(refused=refused))
    elif (login := own_login(connection, row, side)).key:
        values = {"mark": login.key, "refused": login.version * REFUSALS + 1, "proven": 0}
        upsert(connection, logins, [values], computed=_refused_once_more)


def _refused_once_more(given: Excluded) -> Mapping[str, ColumnElement[int]]:
    return {"refused": _once_more(logins.c.refused, given["refused"])}


def _once_more(refused: ColumnElement[int], once: ColumnElement[int]) -> ColumnElement[int]:
    """Counted in the database: several runs may be refused at the same time."""
    return case((refused >= once, once + (_COUNTED - 1)), else_=once)


def note_accepted(connection: Connection, profile: ProfileId) -> None:
    """A run of this profile has got through at both sides."""
    row = connection.execute(STANDING.where(profiles.c.id == profile, DOUBTED)).one_or_none()
    if row is None:
        return
    for login in both_logins(connection, row):
        _note_proven(connection, login)


def _note_proven(connection: Connection, login: Login) -> None:
    if login.whose is not Whose.SERVICE:
        _prove(connection, login.key, login.version)
        return
    same = and_(exchange_servers.c.id == int(login.key), exchange_servers.c.version == login.version)
    connection.execute(update(exchange_servers).where(same).values(**_PROVEN))
