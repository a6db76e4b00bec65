"""Signs of life: a row per process, written every few seconds at most, whoever of its threads and children is asked to."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine, delete, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.holder import is_dead, name_of
from app.adapters.db.session import reading, writing
from app.adapters.db.tables_operations import processes
from app.adapters.db.upsert import upsert
from app.domain.process import BEATS_EVERY, SILENT_AFTER, Process, ProcessKind

FORGOTTEN_AFTER: Final = timedelta(days=1)
_EARLY: Final = timedelta(seconds=1)


class SqlProcesses:
    """See `app.ports.processes.Processes`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, kind: ProcessKind, version: str, pid: int = 0) -> None:
        """See `app.ports.processes.Processes.beat`."""
        name = name_of(pid or os.getpid())
        mine = processes.c.id == name
        with reading(self._engine) as connection:
            # A worker's children beat for it: one of them is enough.
            fresh = select(processes.c.id).where(mine, processes.c.seen > DatabaseTime(_EARLY - BEATS_EVERY))
            if connection.execute(fresh).one_or_none():
                return
        with writing(self._engine) as connection:
            if connection.execute(update(processes).where(mine).values(seen=DatabaseTime())).rowcount:
                return
            now = connection.execute(select(DatabaseTime())).scalar_one()
            row = {"id": name, "kind": kind, "host": socket.gethostname(), "pid": pid or os.getpid()}
            upsert(connection, processes, [row | {"version": version, "started": now, "seen": now}])

    def leave(self, pid: int = 0) -> None:
        """See `app.ports.processes.Processes.leave`."""
        with writing(self._engine) as connection:
            connection.execute(delete(processes).where(processes.c.id == name_of(pid or os.getpid())))

    def alive(self) -> Sequence[Process]:
        """See `app.ports.processes.Processes.alive`."""
        query = select(processes).where(processes.c.seen > DatabaseTime(-SILENT_AFTER))
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        found = [
            Process(kind=row.kind, host=row.host, pid=row.pid, version=row.version, started=row.started, seen=row.seen)
            for row in rows
            if not is_dead(row.id)
        ]
        return sorted(found, key=lambda one: (list(ProcessKind).index(one.kind), one.started, one.host, one.pid))

    def forget_the_dead(self) -> None:
        """See `app.ports.processes.Processes.forget_the_dead`."""
        with writing(self._engine) as connection:
            connection.execute(delete(processes).where(processes.c.seen <= DatabaseTime(-FORGOTTEN_AFTER)))
