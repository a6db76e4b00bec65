"""What monitoring looks up each time: how fresh accounts are, what waits, and what came of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine, case, func, select

from app.adapters.db.column_types import UtcDateTime
from app.adapters.db.session import reading
from app.adapters.db.tables import accounts, profiles
from app.adapters.db.tables_runs import run_requests, run_stats
from app.adapters.db.views.health import IN_PROGRESS
from app.domain.run import RequestState, RunStatus


class SqlGauges:
    """See `app.ports.metering.Gauges`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ages(self, now: datetime) -> tuple[Sequence[float], int]:
        """See `app.ports.metering.Gauges.ages`."""
        oldest = func.min(profiles.c.synced_at, type_=UtcDateTime())
        never = func.max(case((profiles.c.synced_at.is_(None), 1), else_=0))
        query = (
            select(oldest, never)
            .join_from(profiles, accounts)
            .where(profiles.c.active, accounts.c.active)
            .group_by(profiles.c.account_id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        synced = [at for at, unsynced in rows if not unsynced]
        return [max((now - at).total_seconds(), 0.0) for at in synced], len(rows) - len(synced)

    def queue(self, now: datetime) -> tuple[Mapping[RequestState, int], float]:
        """See `app.ports.metering.Gauges.queue`."""
        ready = func.coalesce(run_requests.c.not_before, run_requests.c.requested)
        waiting = case((ready <= now, ready))
        query = select(run_requests.c.state, func.count(), func.min(waiting, type_=UtcDateTime())).where(IN_PROGRESS)
        with reading(self._engine) as connection:
            rows = {
                state: (count, oldest)
                for state, count, oldest in connection.execute(query.group_by(run_requests.c.state))
            }
        oldest = rows.get(RequestState.QUEUED, (0, None))[1]
        counts = {state: rows.get(state, (0, None))[0] for state in (RequestState.QUEUED, RequestState.RUNNING)}
        return counts, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0

    def runs(self) -> Mapping[RunStatus, tuple[int, float]]:
        """See `app.ports.metering.Gauges.runs`."""
        total, took = func.sum(run_stats.c.runs), func.sum(run_stats.c.milliseconds)
        query = select(run_stats.c.status, total, took).group_by(run_stats.c.status)
        with reading(self._engine) as connection:
            return {status: (int(count), float(took) / 1000) for status, count, took in connection.execute(query)}
