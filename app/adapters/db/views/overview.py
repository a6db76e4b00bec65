"""What the overview reads beside the lists: what waits, what fails, how fresh everything is, and what runs did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Join, case, func, select

from app.adapters.db.tables import accounts, profiles, runs, sightings
from app.adapters.db.tables_runs import run_stats
from app.adapters.db.views import profiles as profile_views
from app.adapters.db.views.health import BUSY, PROFILES
from app.domain.run import RunStatus
from app.domain.views import Activity, Fresh, OldestChange, ProfileRow, Todo

_ACTIVE: Final[ColumnElement[bool]] = profiles.c.active & accounts.c.active
_OWNED: Final = profiles.join(accounts, accounts.c.id == profiles.c.account_id)
_WITH_BUSY: Final = PROFILES.join(accounts, accounts.c.id == profiles.c.account_id)
_COUNTED: Final = ("runs", "exchange_writes", "wice_writes", "conflicts", "failed_items")
_IDLE: Final = BUSY.c.rank.is_(None)


def oldest_change(connection: Connection) -> OldestChange | None:
    """See `app.ports.views.Views.oldest_change`."""
    waits = (sightings.c.held.is_(None), sightings.c.at.is_not(None), _ACTIVE)
    query = (
        select(accounts.c.name, profiles.c.name, sightings.c.at)
        .select_from(sightings.join(_OWNED, profiles.c.id == sightings.c.profile_id))
        .where(*waits)
        .order_by(sightings.c.at)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return OldestChange(*row) if row else None


def activity(connection: Connection, since: datetime) -> list[Activity]:
    """See `app.ports.views.Views.activity`."""
    failed = func.sum(case((run_stats.c.status == RunStatus.FAILED, run_stats.c.runs), else_=0))
    sums = [func.sum(run_stats.c[name]).label(name) for name in _COUNTED]
    query = (
        select(run_stats.c.hour.label("start"), failed.label("failed_runs"), *sums)
        .where(run_stats.c.hour >= since)
        .group_by(run_stats.c.hour)
        .order_by(run_stats.c.hour)
    )
    return [Activity(**row) for row in connection.execute(query).mappings()]


def freshness(connection: Connection, now: datetime, hours: Sequence[int]) -> list[Fresh]:
    """See `app.ports.views.Views.freshness`."""
    never = (profiles.c.synced_at.is_(None), len(hours) + 1)
    steps = [(profiles.c.synced_at >= now - timedelta(hours=step), number) for number, step in enumerate(hours)]
    step = case(never, *steps, else_=len(hours))
    query = select(step, func.count()).select_from(_OWNED).where(_ACTIVE).group_by(step)
    counted: dict[int, int] = dict(connection.execute(query).all())
    return [Fresh(most, counted.get(number, 0)) for number, most in enumerate([*hours, None, 0])]


def confirmations(connection: Connection, limit: int) -> Todo[ProfileRow]:
    """See `app.ports.views.Views.confirmations`."""
    conditions = (profiles.c.waiting_run != "", _IDLE)
    waiting = _todo(connection, conditions, (profiles.c.last_finished.asc(),), limit, _WITH_BUSY)
    # The latest run may be another one than that which waits: the sentence is the latter's.
    asking = select(runs.c.id, runs.c.summary).where(runs.c.id.in_([row.waiting_run for row in waiting.rows]))
    sentences = {row.id: row.summary.message for row in connection.execute(asking)}
    rows = [replace(row, last_message=sentences.get(row.waiting_run, "")) for row in waiting.rows]
    return Todo(rows=rows, total=waiting.total)


def failing(connection: Connection, limit: int) -> Todo[ProfileRow]:
    """See `app.ports.views.Views.failing`."""
    return _todo(connection, (profiles.c.failed_runs > 0,), (profiles.c.failed_runs.desc(),), limit)


def frozen(connection: Connection, limit: int) -> Todo[ProfileRow]:
    """See `app.ports.views.Views.frozen`."""
    return _todo(connection, (profiles.c.frozen_items > 0,), (profiles.c.frozen_items.desc(),), limit)


def _todo(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    limit: int,
    concerned: Join = _OWNED,
) -> Todo[ProfileRow]:
    query = select(profiles.c.id).select_from(concerned).where(*conditions, _ACTIVE)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    ids = connection.execute(query.order_by(*order, profiles.c.id).limit(limit)).scalars().all() if total else []
    rows = {row.id: row for row in profile_views.read(connection, profiles.c.id.in_(ids))} if ids else {}
    return Todo(rows=[rows[one] for one in ids], total=total)
