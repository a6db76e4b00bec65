"""Profiles that somebody says have changed: due at once, or as soon as they have rested. The scheduler does the rest, by its own rules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Update, and_, or_, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.requests import chunks
from app.adapters.db.session import writing
from app.adapters.db.tables import accounts, profiles, wice_servers
from app.domain.ids import ProfileId
from app.errors import NotFound

REST: Final = timedelta(seconds=15)
"""A run's own writes are heard of as well: so long after a run nothing begins because of a hint."""


class SqlHints:
    """`app.ports.hints.Hints` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def changed(self, profiles: Collection[ProfileId]) -> int:
        """See `app.ports.hints.Hints.changed`."""
        with writing(self._engine) as connection:
            return sum(_bring_forward(connection, _table.c.id.in_(some)) for some in chunks(sorted(profiles)))

    def changed_in_wice(self, server: str, users: Collection[str] | None) -> int:
        """See `app.ports.hints.Hints.changed_in_wice`."""
        with writing(self._engine) as connection:
            row = connection.execute(select(wice_servers.c.id).where(wice_servers.c.name == server)).scalar()
            if row is None:
                raise NotFound(f"there is no Wice server {server!r}")
            mine = select(accounts.c.id).where(accounts.c.wice_server_id == row)
            if users is None:
                return _bring_forward(connection, _table.c.account_id.in_(mine))
            named = (mine.where(accounts.c.wice_username.in_(some)) for some in chunks(sorted(users)))
            return sum(_bring_forward(connection, _table.c.account_id.in_(some)) for some in named)


_table = profiles


def due_at_once(connection: Connection, chosen: ColumnElement[bool]) -> int:
    """What keeps these profiles from running is no more; of those that have a schedule and are active."""
    return _due_in(connection, _scheduled(chosen), timedelta(0))


def _scheduled(chosen: ColumnElement[bool]) -> Update:
    active = _table.c.account_id.in_(select(accounts.c.id).where(accounts.c.active))
    return update(_table).where(chosen, _table.c.active, active, _table.c.schedule != "")


def _bring_forward(connection: Connection, chosen: ColumnElement[bool]) -> int:
    scheduled = _scheduled(chosen)
    rested = or_(_table.c.last_finished.is_(None), _table.c.last_finished <= DatabaseTime(-REST))
    return _due_in(connection, scheduled.where(rested), timedelta(0)) + _due_in(
        connection, scheduled.where(~rested), REST
    )


def _due_in(connection: Connection, some: Any, after: timedelta) -> int:
    at = DatabaseTime(after)
    # Whom the scheduler has not planned yet as well; and it must not plan them anew because of that.
    unplanned = and_(_table.c.due_at.is_(None), _table.c.due_for != _table.c.schedule)
    later = some.where(or_(_table.c.due_at > at, unplanned))
    changed: int = connection.execute(later.values(due_at=at, due_for=_table.c.schedule)).rowcount
    return changed
