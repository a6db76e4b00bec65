"""Runs that are asked for, as the scheduler sees them: those that no worker knows of, and profiles that are due by their schedule (R36).

Every taking is one transaction over rows that nobody else holds (SKIP LOCKED), so several schedulers never take the same row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, exists, or_, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.requests import ACTIVE, Wish, queue, read, rows_of
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, plans, profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import ProfileId
from app.domain.licence import EVERYTHING, Coverage
from app.domain.people import SYSTEM
from app.domain.plan import PlanState
from app.domain.run import SCHEDULED, RequestState, RunRequest, Verb

SETTLED: Final = timedelta(seconds=2)
"""Who asks tells the workers at once; what nobody has told them after this time is told by the scheduler."""

UNANSWERED: Final = timedelta(seconds=30)


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

    def schedules(self) -> Sequence[str]:
        """See `app.ports.requests.Dispatch.schedules`."""
        used = select(profiles.c.schedule).where(profiles.c.schedule != "").distinct()
        with reading(self._engine) as connection:
            return connection.execute(used).scalars().all()

    def ask_for_due(
        self, intervals: Mapping[str, timedelta], limit: int, covered: Coverage = EVERYTHING
    ) -> Sequence[RunRequest]:
        """See `app.ports.requests.Dispatch.ask_for_due`."""
        found: list[RunRequest] = []
        with reading(self._engine) as connection:
            licensed = list(_licensed(connection, covered))
        for schedule, every in intervals.items():
            with writing(self._engine) as connection:
                found += _ask_for_due(connection, schedule, every, limit - len(found), licensed)
        return found

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


def _ask_for_due(
    connection: Connection, schedule: str, every: timedelta, limit: int, licensed: Sequence[ColumnElement[bool]]
) -> list[RunRequest]:
    due = (
        select(profiles.c.id)
        .join(accounts)
        .where(profiles.c.schedule == schedule, profiles.c.active, accounts.c.active, *_due(every), *licensed)
        .order_by(profiles.c.last_finished.nulls_first())
        .limit(max(limit, 0))
        .with_for_update(skip_locked=True, of=profiles)
    )
    ids = [ProfileId(profile) for profile in connection.execute(due).scalars()]
    if not ids:
        return []
    # Also if the run never begins it is not asked for again at once.
    connection.execute(update(profiles).where(profiles.c.id.in_(ids)).values(due_at=DatabaseTime(every)))
    return list(queue(connection, ids, Wish(Verb.SYNC, SCHEDULED, SYSTEM.name), told=True).values())


def _due(every: timedelta) -> tuple[ColumnElement[bool], ...]:
    """Long enough since the last run, nothing asked for, and nothing that waits for a person's decision.

    A `due_at` that lies further ahead than the schedule reaches is of a former, longer schedule.
    """
    reached = or_(
        profiles.c.due_at.is_(None), profiles.c.due_at <= DatabaseTime(), profiles.c.due_at > DatabaseTime(every)
    )
    rested = or_(profiles.c.last_finished.is_(None), profiles.c.last_finished <= DatabaseTime(-every))
    active = exists().where(run_requests.c.profile_id == profiles.c.id, run_requests.c.state.in_(ACTIVE))
    return reached, rested, ~active, ~_waits_for_a_person()


def _waits_for_a_person() -> Any:
    # An undo that waits is no matter of the schedule: no synchronisation touches its plan.
    return exists().where(
        plans.c.profile_id == profiles.c.id, plans.c.state == PlanState.NEEDS_CONFIRMATION, plans.c.undoes == ()
    )
