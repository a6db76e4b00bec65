"""Sign-ins under way and failed. An attempt counts as failed from its beginning, so that a thousand at once are no way around the delay.

Rows are named by hashes: into the field of the name people type passwords, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, select, update

from app.adapters.db.audit import note
from app.adapters.db.session import take_turns, writing
from app.adapters.db.tables_people import audit, sign_in_failures, users
from app.adapters.db.upsert import Excluded, upsert
from app.domain.people import Actor, FailedBefore, Failures, User, hashed, name_key
from app.ports.people import Wait

_LOCK: Final = 0x77696305
_KEPT: Final = timedelta(hours=1)
_KNOWN_FOR: Final = timedelta(days=30)
_rows = sign_in_failures


class SqlAttempts:
    """See `app.ports.people.Attempts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, name: str, address: str, now: datetime, wait: Wait) -> timedelta:
        """How long to wait; where that is not at all, one attempt is counted."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            connection.execute(delete(_rows).where(_rows.c.last < now - _KEPT))
            of_name, of_address = _failures(connection, _name(name)), _failures(connection, _address(address))
            known = bool(of_name.count) and _came_in_before(connection, name, address, now)
            seconds = wait(FailedBefore(of_name, of_address, known), now)
            for key in [_turned_away(name)] if seconds else [_name(name), _address(address)]:
                _count(connection, key, now)
            return seconds

    def failed(self, user: User | None, name: str, by: Actor) -> None:
        """Write down a failure, with how many attempts were turned away before."""
        with writing(self._engine) as connection:
            turned_away = _take(connection, _turned_away(name))
            after = {"turned_away": turned_away} if turned_away else {}
            note(connection, by, "sign_in_failed", "user", user.name if user else "", after=after)

    def succeeded(self, user: User, address: str, by: Actor) -> None:
        """Take the attempt back, and forget the name's failures."""
        with writing(self._engine) as connection:
            _take(connection, _name(user.name))
            mistaken = (_rows.c.key == _address(address)) & (_rows.c.count > 0)
            connection.execute(update(_rows).where(mistaken).values(count=_rows.c.count - 1))
            turned_away = _take(connection, _turned_away(user.name))
            if turned_away:
                note(connection, by, "sign_in_failed", "user", user.name, after={"turned_away": turned_away})


def _name(name: str) -> str:
    return f"name {hashed(name_key(name))}"


def _address(address: str) -> str:
    return f"address {hashed(address)}"


def _turned_away(name: str) -> str:
    return f"turned away {hashed(name_key(name))}"


def _failures(connection: Connection, key: str) -> Failures:
    row = connection.execute(select(_rows.c.count, _rows.c.last).where(_rows.c.key == key)).one_or_none()
    return Failures(*row) if row else Failures()


def _count(connection: Connection, key: str, now: datetime) -> None:
    row = {"key": key, "count": 1, "last": now}
    upsert(connection, _rows, [row], computed=_one_more)


def _one_more(_given: Excluded) -> Mapping[str, ColumnElement[Any]]:
    return {"count": _rows.c.count + 1}


def _take(connection: Connection, key: str) -> int:
    count = _failures(connection, key).count
    connection.execute(delete(_rows).where(_rows.c.key == key))
    return count


def _came_in_before(connection: Connection, name: str, address: str, now: datetime) -> bool:
    if not address:
        return False
    stored = select(users.c.name).where(users.c.name_key == name_key(name)).scalar_subquery()
    entry = (audit.c.entity_kind == "user") & (audit.c.entity == stored) & (audit.c.action == "signed_in")
    query = select(exists().where(entry, audit.c.address == address, audit.c.at > now - _KNOWN_FOR))
    return bool(connection.execute(query).scalar_one())
