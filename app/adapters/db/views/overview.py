"""What the overview reads beside the lists: what waits, what fails, how fresh everything is, and what runs did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, case, func, literal, select, union_all

from app.adapters.db.tables import accounts, profiles, runs, sightings
from app.adapters.db.tables_runs import run_stats
from app.adapters.db.views import profiles as profile_views
from app.adapters.db.views.health import BUSY, PROFILES
from app.domain.run import RunStatus
from app.domain.views import Activity, Attention, Fresh, OldestChange, ProfileRow, Todo

_ACTIVE: Final[ColumnElement[bool]] = profiles.c.active & accounts.c.active
_OWNED: Final = profiles.join(accounts, accounts.c.id == profiles.c.account_id)
_COUNTED: Final = ("runs", "exchange_writes", "wice_writes", "conflicts", "failed_items")

_LIVE: Final = (
    select(
        *(
            profiles.c[name]
            for name in ("id", "synced_at", "failed_runs", "frozen_items", "waiting_run", "last_finished")
        ),
        BUSY.c.rank.label("busy"),
    )
    .select_from(PROFILES.join(accounts, accounts.c.id == profiles.c.account_id))
    .where(_ACTIVE)
    .cte("live")
)
_FRESH: Final = "fresh"
_PRESSING: Final = {
    "confirmations": ((_LIVE.c.waiting_run != "") & _LIVE.c.busy.is_(None), _LIVE.c.last_finished.asc()),
    "failing": (_LIVE.c.failed_runs > 0, _LIVE.c.failed_runs.desc()),
    "frozen": (_LIVE.c.frozen_items > 0, _LIVE.c.frozen_items.desc()),
}
"""Whom each concerns, and who comes first."""


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


def attention(connection: Connection, now: datetime, hours: Sequence[int], limit: int) -> Attention:
    """See `app.ports.views.Views.attention`. One look at all profiles answers every question."""
    found = connection.execute(_questions(now, hours, limit)).all()
    counted = {row.number: row.total for row in found if row.question == _FRESH}
    pressing = {question: [row for row in found if row.question == question] for question in _PRESSING}
    ids = {row.number for rows in pressing.values() for row in rows}
    known = {row.id: row for row in profile_views.read(connection, profiles.c.id.in_(ids))} if ids else {}
    todos = {
        question: Todo(rows=[known[row.number] for row in rows], total=rows[0].total if rows else 0)
        for question, rows in pressing.items()
    }
    return Attention(
        freshness=[Fresh(most, counted.get(number, 0)) for number, most in enumerate([*hours, None, 0])],
        confirmations=_with_reasons(connection, todos["confirmations"]),
        failing=todos["failing"],
        frozen=todos["frozen"],
    )


def _questions(now: datetime, hours: Sequence[int], limit: int) -> CompoundSelect[Any]:
    """Rows of `question`, `number` (the profile; of _FRESH the step), `total` (in all), `place` (the most pressing is 1)."""
    never = (_LIVE.c.synced_at.is_(None), len(hours) + 1)
    steps = [(_LIVE.c.synced_at >= now - timedelta(hours=step), number) for number, step in enumerate(hours)]
    step = case(never, *steps, else_=len(hours))
    fresh = select(
        literal(_FRESH).label("question"), step.label("number"), func.count().label("total"), literal(0).label("place")
    )
    pressing = (_most_pressing(question, *asked, limit) for question, asked in _PRESSING.items())
    return union_all(fresh.group_by(step), *pressing).order_by("question", "place")


def _most_pressing(question: str, concerned: ColumnElement[bool], order: ColumnElement[Any], limit: int) -> Select[Any]:
    place = func.row_number().over(order_by=(order, _LIVE.c.id)).label("place")
    numbered = select(_LIVE.c.id, func.count().over().label("total"), place).where(concerned).subquery()
    wanted = select(literal(question), numbered.c.id, numbered.c.total, numbered.c.place)
    return wanted.where(numbered.c.place <= limit)


def _with_reasons(connection: Connection, waiting: Todo[ProfileRow]) -> Todo[ProfileRow]:
    """The latest run may be another one than that which waits: the sentence is the latter's."""
    asking = select(runs.c.id, runs.c.summary).where(runs.c.id.in_([row.waiting_run for row in waiting.rows]))
    sentences = {row.id: row.summary.message for row in connection.execute(asking)} if waiting.rows else {}
    rows = [replace(row, last_message=sentences.get(row.waiting_run, "")) for row in waiting.rows]
    return Todo(rows=rows, total=waiting.total)
