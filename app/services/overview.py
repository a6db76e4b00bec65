"""The overview: is everything fine, and if not, what needs a person now?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from app.domain.process import ProcessKind
from app.domain.run import RequestState
from app.domain.views import Activity, Cut, FailureFilter, Overview, ProgressRow, RunFilter, Todo
from app.ports.processes import Processes
from app.ports.requests import Requests
from app.ports.views import Views
from app.rules.retry import QUARANTINE_AFTER_RUNS

HOURS: Final = 24
DAYS: Final = 30
SHOWN: Final = 5
"""Cases of each sort that need a person; the lists have the others."""
FRESH_HOURS: Final = (1, 4, 24, 24 * 7)

IMPATIENCE: Final = timedelta(minutes=10)
"""After this time of nothing but waiting, somebody should look after the workers."""
_LOOKED_AT: Final = 20

QUARANTINED: Final = FailureFilter(at_least=QUARANTINE_AFTER_RUNS)
"""Items that are left alone until they change or somebody retries them (R32)."""

_SUMS: Final = ("runs", "failed_runs", "exchange_writes", "wice_writes", "conflicts", "failed_items")


def overview(views: Views, now: datetime, zone: tzinfo) -> Overview:
    """All that the first page shows. Days are those of `zone`; the present hour and day come last, empty ones are there too."""
    hours, days = _last_hours(now), _last_days(now.astimezone(zone))
    done = views.activity(min(days[0], hours[0]))
    pressing = views.attention(now, FRESH_HOURS, SHOWN)
    quarantined = views.failures(QUARANTINED, Cut(limit=SHOWN))
    return Overview(
        at=now,
        states=dict(views.states()),
        oldest=views.oldest_change(),
        hours=_summed(done, hours),
        days=_summed(done, days),
        freshness=pressing.freshness,
        confirmations=pressing.confirmations,
        failing=pressing.failing,
        frozen=pressing.frozen,
        quarantined=Todo(rows=quarantined.rows, total=quarantined.total or 0),
    )


def in_progress(views: Views) -> Todo[ProgressRow]:
    """Runs that go on or are queued: what `standstill` looks at."""
    return views.in_progress(RunFilter(), _LOOKED_AT)


def standstill(progress: Todo[ProgressRow], requests: Requests, now: datetime) -> datetime | None:
    """Since when runs have been waiting though not one is carried out; None if that is not so, or not for long."""
    rows = progress.rows
    if not rows or rows[0].state is RequestState.RUNNING or now - rows[0].requested <= IMPATIENCE:
        return None
    queued = (requests.request(row.id) for row in rows)
    # A busy server may have asked to be left alone: until then a run does not wait for a worker.
    waiting = (max(one.requested, one.not_before or one.requested) for one in queued if one)
    since = min(waiting, default=now)
    return since if now - since > IMPATIENCE else None


def nobody_works(processes: Processes, steps: Sequence[object]) -> list[ProcessKind]:
    """Kinds of processes without which nothing is synchronised, and of which none is alive. `steps`: of a new installation, which needs none yet."""
    if steps:
        return []
    alive = {process.kind for process in processes.alive()}
    return [kind for kind in (ProcessKind.WORKER, ProcessKind.SCHEDULER) if kind not in alive]


def _last_hours(now: datetime) -> list[datetime]:
    present = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [present - timedelta(hours=back) for back in reversed(range(HOURS))]


def _last_days(now: datetime) -> list[datetime]:
    """Their midnights; a day on which the clock is put forward or back has 23 or 25 hours."""
    days = (now.date() - timedelta(days=back) for back in reversed(range(DAYS)))
    return [datetime.combine(day, time(), now.tzinfo) for day in days]


def _summed(done: Sequence[Activity], starts: Sequence[datetime]) -> list[Activity]:
    """What was done from each start to the next. Hours are those of UTC: in zones of half hours one may count to the day before."""
    sums = [Activity(start=start) for start in starts]
    moments = [start.astimezone(UTC) for start in starts]
    for hour in done:
        index = bisect_right(moments, hour.start) - 1
        if index >= 0:
            sums[index] = _plus(sums[index], hour)
    return sums


def _plus(one: Activity, other: Activity) -> Activity:
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in _SUMS})
