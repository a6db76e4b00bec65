"""The runs of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from app.adapters.db import aftermath
from app.adapters.db.column_types import clock
from app.adapters.db.tables import runs
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.run import Run, RunStatus, Verb

_INTERRUPTED: Mapping[str, object] = {"error": "interrupted"}


def start(
    connection: Connection, profile: ProfileId, trigger: str, run: RunId | None = None, requested_by: str = ""
) -> tuple[RunId, int]:
    """Begin a run and return its id and number; the caller holds the lease, so whatever still counts as running is dead.

    `run`: the id of the request that it answers, if somebody asked for it; else it gets a new one.
    """
    for dead in connection.execute(select(runs.c.id).where(runs.c.profile_id == profile, _running())).scalars().all():
        end(connection, RunId(dead), RunStatus.FAILED)
    former = select(func.coalesce(func.max(runs.c.number), 0)).where(runs.c.profile_id == profile)
    number = connection.execute(former).scalar_one() + 1
    verb = _verb(connection, trigger, run)
    run = run or RunId(new_id())
    row = {"id": run, "profile_id": profile, "number": number, "trigger": trigger, "verb": verb}
    begun = {"status": RunStatus.RUNNING, "started": clock(connection), "requested_by": requested_by}
    connection.execute(insert(runs).values(**row, **begun))
    return run, number


def end(connection: Connection, run: RunId, status: RunStatus, report: Mapping[str, object] = _INTERRUPTED) -> None:
    """Close a run that is still running, and write down what came of it."""
    ended = (
        update(runs)
        .where(runs.c.id == run, _running())
        .values(status=status, finished=clock(connection), report=report, summary=aftermath.summarised(report))
        .returning(*runs.c)
    )
    if row := connection.execute(ended).one_or_none():
        aftermath.note(connection, row)


def _running() -> ColumnElement[bool]:
    return runs.c.status == RunStatus.RUNNING


def _verb(connection: Connection, trigger: str, run: RunId | None) -> Verb:
    """What the run does: as it was asked for, or what the command line calls it. Whatever has no verb of its own synchronises."""
    asked = connection.execute(select(run_requests.c.verb).where(run_requests.c.id == run)).scalar() if run else None
    return asked or (Verb(trigger) if trigger in set(Verb) else Verb.SYNC)


def read(row: Row[Any]) -> Run:
    """A row as a run."""
    return Run(
        id=row.id,
        profile=row.profile_id,
        number=row.number,
        trigger=row.trigger,
        status=row.status,
        started=row.started,
        finished=row.finished,
        report=row.report,
        requested_by=row.requested_by,
    )
