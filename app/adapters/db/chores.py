"""What any of several processes does now and then: each time one of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables_operations import chores
from app.adapters.db.upsert import upsert

_LOCK = 0x77696311


class SqlChores:
    """See `app.ports.alerts.Chores`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, name: str, every: timedelta) -> bool:
        """See `app.ports.alerts.Chores.claim`."""
        with reading(self._engine) as connection:
            # Mostly it is not due: then nothing is written.
            rests = select(chores.c.name).where(chores.c.name == name, chores.c.due > DatabaseTime())
            if connection.execute(rests).one_or_none():
                return False
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            due = update(chores).where(chores.c.name == name, chores.c.due <= DatabaseTime())
            if connection.execute(due.values(due=DatabaseTime(every))).rowcount:
                return True
            if connection.execute(select(chores.c.name).where(chores.c.name == name)).one_or_none():
                return False
            next_time = connection.execute(select(DatabaseTime(every))).scalar_one()
            upsert(connection, chores, [{"name": name, "due": next_time}])
            return True
