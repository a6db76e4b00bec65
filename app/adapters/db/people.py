"""Users. The last active administrator stays: whoever could take one away waits for the others who try the same (`take_turns`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, delete, exists, insert, select, true, update

from app.adapters.db import sessions
from app.adapters.db.audit import note
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables_people import users
from app.adapters.db.user_rows import read_user
from app.domain.people import Actor, Credentials, Role, SetupLink, User, name_key
from app.errors import NotFound, Superseded, Taken

_LOCK: Final = 0x77696303
_FIRST: Final = ""
"""Name of the row that holds the link of the first start; it becomes the first administrator's."""
_SEEN_IN_AUDIT: Final = ("role", "active", "language", "time_zone", "theme")
_NO_LINK: Final[Mapping[str, object]] = {"setup_hash": "", "setup_until": None}


class SqlUsers:
    """See `app.ports.people.Users`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def users(self, text: str = "") -> Sequence[User]:
        """All whose name holds `text`, by name."""
        query = select(users).where(users.c.name_key != _FIRST).order_by(users.c.name_key)
        if text:
            query = query.where(users.c.name_key.contains(name_key(text), autoescape=True))
        with reading(self._engine) as connection:
            return [read_user(row) for row in connection.execute(query)]

    def user(self, name: str) -> User:
        """Raises: NotFound."""
        with reading(self._engine) as connection:
            return read_user(_row(connection, name))

    def credentials(self, name: str) -> Credentials | None:
        """None for a name that nobody has."""
        with reading(self._engine) as connection:
            row = connection.execute(_named(name)).one_or_none()
        return Credentials(read_user(row), row.password_hash) if row else None

    def has_administrator(self) -> bool:
        """An active one, with a password or a link to choose one."""
        with reading(self._engine) as connection:
            return _exists(connection, _is_administrator())

    def add(self, name: str, role: Role, link: SetupLink, by: Actor) -> User:
        """Add somebody who chooses their password by `link`. Raises: Taken."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            _check_free(connection, name)
            row = {"name": name, "name_key": name_key(name), "role": role, "created": datetime.now(UTC)}
            connection.execute(insert(users).values(**row, setup_hash=link.hash, setup_until=link.until))
            if role is Role.ADMINISTRATOR:
                connection.execute(delete(users).where(users.c.name_key == _FIRST))
            note(connection, by, "created", "user", name, after={"role": role, "link_until": link.until})
            return read_user(_row(connection, name))

    def save(self, user: User, by: Actor, keep_session: str = "") -> User:
        """Store role, activity and preferences. Raises: NotFound, Superseded, Taken for the last active administrator."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            before = _current(connection, user)
            after = {name: getattr(user, name) for name in _SEEN_IN_AUDIT}
            former = {name: getattr(before, name) for name in _SEEN_IN_AUDIT}
            if after == former:
                return read_user(before)
            _change(connection, before.id, **after, version=before.version + 1)
            if (before.role, before.active) != (user.role, user.active):
                _check_administrator_left(connection, before)
                sessions.end_others(connection, before.id, keep_session)
            note(connection, by, "changed", "user", before.name, former, after)
            return read_user(_row(connection, before.name))

    def remove(self, user: User, by: Actor) -> None:
        """With all sessions and tokens. Raises: NotFound, Superseded, Taken for the last active administrator."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            before = _current(connection, user)
            connection.execute(delete(users).where(users.c.id == before.id))
            _check_administrator_left(connection, before)
            note(connection, by, "removed", "user", before.name, before={"role": before.role, "active": before.active})

    def set_link(self, name: str, link: SetupLink, by: Actor) -> User:
        """A new link, which makes the former one worthless. Raises: NotFound."""
        with writing(self._engine) as connection:
            before = _row(connection, name)
            _change(connection, before.id, setup_hash=link.hash, setup_until=link.until)
            note(connection, by, "link_made", "user", before.name, after={"link_until": link.until})
            return read_user(before)

    def set_first_link(self, link: SetupLink, by: Actor) -> None:
        """In place of the one of the start before."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            connection.execute(delete(users).where(users.c.name_key == _FIRST))
            row = {"name": _FIRST, "name_key": _FIRST, "role": Role.ADMINISTRATOR, "created": datetime.now(UTC)}
            connection.execute(insert(users).values(**row, setup_hash=link.hash, setup_until=link.until))
            note(connection, by, "link_made", "user", _FIRST, after={"link_until": link.until})

    def of_link(self, link_hash: str, now: datetime) -> User | None:
        """Whose link it is; None if it was used, has ended or never was."""
        with reading(self._engine) as connection:
            row = _of_link(connection, link_hash, now)
        return read_user(row) if row else None

    def redeem(self, link_hash: str, name: str, password_hash: str, now: datetime, by: Actor) -> User:
        """Use a link up. Raises: NotFound, Taken (name)."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            row = _of_link(connection, link_hash, now)
            if row is None:
                raise NotFound("This link was used already, or has ended. Ask an administrator for a new one.")
            values: dict[str, object] = {"password_hash": password_hash, **_NO_LINK}
            if row.name_key == _FIRST:
                _check_free(connection, name)
                values |= {"name": name, "name_key": name_key(name)}
            _change(connection, row.id, **values)
            sessions.end_others(connection, row.id)
            note(connection, by, "password_set", "user", row.name or name, after={"role": row.role})
            return read_user(_row(connection, row.name or name))

    def set_password(self, user: User, password_hash: str, by: Actor, keep_session: str = "") -> None:
        """All sessions but one end. Raises: NotFound."""
        with writing(self._engine) as connection:
            before = _row(connection, user.name)
            _change(connection, before.id, password_hash=password_hash, **_NO_LINK)
            sessions.end_others(connection, before.id, keep_session)
            note(connection, by, "password_set", "user", before.name)

    def rehash(self, user: User, former: str, password_hash: str) -> None:
        """The same password, unless it was changed in between."""
        same = (users.c.id == user.id) & (users.c.password_hash == former)
        with writing(self._engine) as connection:
            connection.execute(update(users).where(same).values(password_hash=password_hash))


def _named(name: str) -> Select[Any]:
    return select(users).where(users.c.name_key == name_key(name), users.c.name_key != _FIRST)


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(_named(name)).one_or_none()
    if row is None:
        raise NotFound(f"There is no user {name!r}.")
    return row


def _current(connection: Connection, user: User) -> Row[Any]:
    row = _row(connection, user.name)
    if user.version not in (0, row.version) or user.id not in (0, row.id):
        raise Superseded(f"The user {row.name} was changed in the meantime. Look at it again.")
    return row


def _change(connection: Connection, user: int, **values: Any) -> None:
    connection.execute(update(users).where(users.c.id == user).values(**values))


def _of_link(connection: Connection, link_hash: str, now: datetime) -> Row[Any] | None:
    good = (users.c.setup_hash == link_hash) & (users.c.setup_until > now) & users.c.active
    row = connection.execute(select(users).where(good)).one_or_none() if link_hash else None
    # An administrator who came another way makes the first start's link worthless.
    first = row is not None and row.name_key == _FIRST
    return None if first and _exists(connection, _is_administrator()) else row


def _is_administrator() -> ColumnElement[bool]:
    return (users.c.role == Role.ADMINISTRATOR) & users.c.active & (users.c.name_key != _FIRST)


def _exists(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return bool(connection.execute(select(exists().where(condition))).scalar_one())


def _check_free(connection: Connection, name: str) -> None:
    if connection.execute(_named(name)).one_or_none() is not None:
        raise Taken(f"There is a user {name!r} already.")


def _check_administrator_left(connection: Connection, before: Row[Any]) -> None:
    """Somebody who can sign in, or has been: one who never chose a password does not count while others do."""
    if before.role is not Role.ADMINISTRATOR or not before.active:
        return
    able = users.c.password_hash != "" if before.password_hash else true()
    if not _exists(connection, _is_administrator() & able):
        raise Taken(
            f"{before.name} is the last active administrator who can sign in. Make somebody else administrator first."
        )
