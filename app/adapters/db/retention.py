"""Remove what is too old, a little at a time. What hangs on a run goes with it: its journal, its plan, its request."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, or_, select

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.session import writing
from app.adapters.db.tables import journal, plans, profiles, runs
from app.adapters.db.tables_people import audit, sessions
from app.adapters.db.tables_runs import run_requests
from app.domain.journal import IntentState
from app.domain.plan import PlanState
from app.domain.retention import Remains
from app.domain.run import RequestState, RunStatus

_UNKNOWN: Final = (IntentState.BEGUN, IntentState.LOST)
_ALIVE: Final = (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION, PlanState.EXECUTING)
_SETTLED: Final = (RequestState.ENDED, RequestState.CANCELLED)


class SqlAttic:
    """See `app.ports.retention.Attic`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sweep(self, remains: Remains, kept: timedelta, limit: int) -> int:
        """See `app.ports.retention.Attic.sweep`."""
        before = DatabaseTime(-kept)
        with writing(self._engine) as connection:
            match remains:
                case Remains.IDLE_RUNS:
                    return _sweep_runs(connection, runs.c.status == RunStatus.NOTHING_TO_DO, before, limit)
                case Remains.RUNS:
                    return _sweep_runs(connection, runs.c.status != RunStatus.RUNNING, before, limit)
                case Remains.REQUESTS:
                    settled = run_requests.c.state.in_(_SETTLED)
                    return _sweep(connection, run_requests.c.id, (settled, run_requests.c.ended < before), limit)
                case Remains.AUDIT:
                    return _sweep(connection, audit.c.seq, (audit.c.at < before,), limit)
                case Remains.SESSIONS:
                    return _sweep(connection, sessions.c.id, (sessions.c.until < before,), limit)


def _sweep(connection: Connection, key: ColumnElement[object], old: tuple[ColumnElement[bool], ...], limit: int) -> int:
    found = connection.execute(select(key).where(*old).limit(limit)).scalars().all()
    if found:
        connection.execute(delete(key.table).where(key.in_(found)))
    return len(found)


def _sweep_runs(connection: Connection, which: ColumnElement[bool], before: DatabaseTime, limit: int) -> int:
    of_run = journal.c.run_id == runs.c.id
    needed = or_(
        exists().where(of_run, journal.c.state.in_(_UNKNOWN)),
        exists().where(plans.c.run_id == runs.c.id, plans.c.state.in_(_ALIVE)),
        exists().where(
            profiles.c.id == runs.c.profile_id,
            or_(profiles.c.last_run == runs.c.id, profiles.c.waiting_run == runs.c.id),
        ),
    )
    query = select(runs.c.id).where(which, runs.c.started < before, ~needed).order_by(runs.c.started).limit(limit)
    found = connection.execute(query).scalars().all()
    if found:
        connection.execute(delete(runs).where(runs.c.id.in_(found)))
        connection.execute(delete(run_requests).where(run_requests.c.id.in_(found), run_requests.c.state.in_(_SETTLED)))
    return len(found)
