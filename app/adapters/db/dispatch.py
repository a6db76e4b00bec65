"""Runs that are asked for, as the scheduler sees them: those that no worker knows of, and profiles that are due by their schedule (R36).

Every taking is one transaction over rows that nobody else holds (SKIP LOCKED), so several schedulers never take the same row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from app.adapters.db import login_facts
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.requests import ACTIVE, Wish, queue, read, rows_of
from app.adapters.db.session import writing
from app.adapters.db.tables import accounts, plans, profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import ProfileId
from app.domain.licence import EVERYTHING, Coverage
from app.domain.people import SYSTEM
from app.domain.plan import PlanState
from app.domain.run import SCHEDULED, RequestState, RunRequest, RunStatus, Verb
from app.ports.requests import Timetable

SETTLED: Final = timedelta(seconds=2)
"""Who asks tells the workers at once; what nobody has told them after this time is told by the scheduler."""

UNANSWERED: Final = timedelta(seconds=30)

PATIENCE: Final = timedelta(hours=1)
"""So long a profile without changes may have to wait for those that have some."""

_CHANGED: Final = (RunStatus.DONE, RunStatus.PARTIAL)
_DUE: Final = (
    profiles.c.id,
    profiles.c.schedule,
    profiles.c.last_finished.is_not(None).label("ran"),
    DatabaseTime().label("now"),
)


class SqlDispatch:
    """`app.ports.requests.Dispatch` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take_unsent(self, limit: int) -> Sequence[RunRequest]:
        """See `app.ports.requests.Dispatch.take_unsent`."""
        untold = and_(run_requests.c.beat.is_(None), run_requests.c.requested <= DatabaseTime(-SETTLED))
        return self._take(untold, limit)

    def take_unanswered(self, limit: int) -> Sequence[RunRequest]:
        """See `app.ports.requests.Dispatch.take_unanswered`."""
        return self._take(run_requests.c.beat <= DatabaseTime(-UNANSWERED), limit)

    def plan(self, timetable: Timetable, limit: int) -> int:
        """See `app.ports.requests.Dispatch.plan`."""
        changed = select(*_DUE).where(profiles.c.schedule != profiles.c.due_for).limit(limit)
        with writing(self._engine) as connection:
            rows = connection.execute(changed.with_for_update(skip_locked=True, of=profiles)).all()
            _store(connection, [(row, timetable.first(row.id, row.schedule, row.now, ran=row.ran)) for row in rows])
            return len(rows)

    def ask_for_due(self, timetable: Timetable, limit: int, covered: Coverage = EVERYTHING) -> Sequence[RunRequest]:
        """See `app.ports.requests.Dispatch.ask_for_due`."""
        with writing(self._engine) as connection:
            rows = connection.execute(_due(list(_licensed(connection, covered)), limit)).all()
            turns = [(row, timetable.turn(row.id, row.schedule, row.now)) for row in rows]
            # Also if the run never begins it is not asked for again at once.
            _store(connection, [(row, turn.next) for row, turn in turns])
            ids = [ProfileId(row.id) for row, turn in turns if turn.asked]
            wish = Wish(Verb.SYNC, SCHEDULED, SYSTEM.name)
            return list(queue(connection, ids, wish, told=True).values()) if ids else []

    def _take(self, wanted: ColumnElement[bool], limit: int) -> Sequence[RunRequest]:
        due = or_(run_requests.c.not_before.is_(None), run_requests.c.not_before <= DatabaseTime())
        waiting = select(run_requests.c.id).where(run_requests.c.state == RequestState.QUEUED, due, wanted)
        oldest = waiting.order_by(run_requests.c.requested).limit(limit).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            ids = connection.execute(oldest).scalars().all()
            if not ids:
                return []
            connection.execute(update(run_requests).where(run_requests.c.id.in_(ids)).values(beat=DatabaseTime()))
            return [read(row) for row in connection.execute(rows_of().where(run_requests.c.id.in_(ids)))]


def _licensed(connection: Connection, covered: Coverage) -> Iterator[ColumnElement[bool]]:
    """As `SqlLicences.seat` counts: the oldest active ones, up to the first that is not covered."""
    for key, allowed in ((profiles.c.account_id, covered.accounts), (profiles.c.id, covered.profiles)):
        if allowed is None:
            continue
        active = select(key).distinct().join_from(profiles, accounts).where(profiles.c.active, accounts.c.active)
        first = connection.execute(active.order_by(key).offset(allowed).limit(1)).scalar()
        if first is not None:
            yield key < first


def _due(licensed: Sequence[ColumnElement[bool]], limit: int) -> Select[Any]:
    """Those whose time has come, for whom nothing is asked and nothing waits for a person's decision: the most urgent first."""
    active = exists().where(run_requests.c.profile_id == profiles.c.id, run_requests.c.state.in_(ACTIVE))
    # One whose login was refused is asked for once more, to be told so.
    told = func.coalesce(profiles.c.last_status == RunStatus.FAILED, false())
    overdue = profiles.c.due_at <= DatabaseTime(-PATIENCE)
    changed = func.coalesce(profiles.c.last_status.in_(_CHANGED), false())
    query = (
        select(*_DUE)
        .select_from(login_facts.ALL)
        .where(profiles.c.due_at <= DatabaseTime(), profiles.c.active, accounts.c.active)
    )
    return (
        query.where(~active, ~_waits_for_a_person(), ~and_(login_facts.REFUSED, told), *licensed)
        .order_by(overdue.desc(), changed.desc(), profiles.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=profiles)
    )


def _store(connection: Connection, found: Sequence[tuple[Row[Any], datetime | None]]) -> None:
    if found:
        one = update(profiles).where(profiles.c.id == bindparam("profile"))
        values: dict[str, Any] = {"due_at": bindparam("at"), "due_for": bindparam("text")}
        rows = [{"profile": row.id, "at": due, "text": row.schedule} for row, due in found]
        connection.execute(one.values(**values), rows)


def _waits_for_a_person() -> Any:
    # An undo that waits is no matter of the schedule: no synchronisation touches its plan.
    return exists().where(
        plans.c.profile_id == profiles.c.id, plans.c.state == PlanState.NEEDS_CONFIRMATION, plans.c.undoes == ()
    )
