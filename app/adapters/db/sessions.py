"""Sessions of signed-in browsers; the row's id is the hash of what the cookie says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, delete, insert, or_, select, update

from app.adapters.db.audit import note
from app.adapters.db.session import reading, writing
from app.adapters.db.tables_people import sessions, users
from app.adapters.db.user_rows import PREFIX, prefixed_columns, read_user
from app.domain.people import Actor, Lifetimes, Session, User

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exact "last used" is; so that reading pages does not write all the time."""
_KEPT_AFTER_END: Final = timedelta(days=30)


class SqlSessions:
    """See `app.ports.people.Sessions`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self, session: Session, by: Actor, former: str = "") -> None:
        """Begin a session in place of `former`; those that nobody can use any more are cleared away."""
        stale = or_(sessions.c.until < session.created, sessions.c.seen < session.created - _KEPT_AFTER_END)
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(or_(stale, sessions.c.id == former)))
            connection.execute(
                insert(sessions).values(
                    id=session.id,
                    user_id=session.user.id,
                    csrf=session.csrf,
                    created=session.created,
                    seen=session.seen,
                    until=session.until,
                    agent=session.agent,
                    address=session.address,
                )
            )
            connection.execute(update(users).where(users.c.id == session.user.id).values(signed_in=session.created))
            note(connection, by, "signed_in", "user", session.user.name)

    def session(self, session: str, now: datetime, lifetimes: Lifetimes) -> Session | None:
        """A good session with its user as they are now; notes that it is used, at most once a minute."""
        query = _query().where(sessions.c.id == session, _good(now, lifetimes))
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.seen <= now - TOUCH_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(sessions).where(sessions.c.id == session).values(seen=now))
        return _read(row)

    def of_user(self, user: User, now: datetime, lifetimes: Lifetimes) -> Sequence[Session]:
        """The good sessions, the latest used first."""
        query = _query().where(sessions.c.user_id == user.id, _good(now, lifetimes)).order_by(sessions.c.seen.desc())
        with reading(self._engine) as connection:
            return [_read(row) for row in connection.execute(query)]

    def end(self, session: str, user: User, by: Actor) -> bool:
        """End one session of `user`; False if there is none."""
        its = and_(sessions.c.id == session, sessions.c.user_id == user.id)
        with writing(self._engine) as connection:
            ended = connection.execute(delete(sessions).where(its)).rowcount > 0
            if ended:
                note(connection, by, "session_ended", "user", user.name, after={"sessions": 1})
            return ended

    def end_all(self, user: User, by: Actor, keep: str = "") -> int:
        """End all but one; returns how many."""
        with writing(self._engine) as connection:
            ended = end_others(connection, user.id, keep)
            if ended:
                note(connection, by, "session_ended", "user", user.name, after={"sessions": ended})
            return ended


def end_others(connection: Connection, user: int, keep: str = "") -> int:
    """End a user's sessions but one, within a change of the user; returns how many."""
    others = and_(sessions.c.user_id == user, sessions.c.id != keep)
    return connection.execute(delete(sessions).where(others)).rowcount


def _query() -> Select[Any]:
    return select(sessions, *prefixed_columns()).join(users, users.c.id == sessions.c.user_id)


def _good(now: datetime, lifetimes: Lifetimes) -> ColumnElement[bool]:
    # The absolute end counts from the beginning, too: an administrator may have shortened it since.
    return and_(
        sessions.c.until > now,
        sessions.c.created > now - lifetimes.absolute,
        sessions.c.seen > now - lifetimes.idle,
        users.c.active,
    )


def _read(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        user=read_user(row, PREFIX),
        csrf=row.csrf,
        created=row.created,
        seen=row.seen,
        until=row.until,
        agent=row.agent,
        address=row.address,
    )
