"""The runs of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.adapters.db.tables import runs
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.run import Run, RunStatus

_INTERRUPTED: Mapping[str, object] = {"error": "interrupted"}


def start(connection: Connection, profile: ProfileId, trigger: str) -> tuple[RunId, int]:
    """Begin a run and return its id and number; the caller holds the lease, so whatever still counts as running is dead."""
    now = datetime.now(UTC)
    connection.execute(
        update(runs)
        .where(runs.c.profile_id == profile, runs.c.status == RunStatus.RUNNING)
        .values(status=RunStatus.FAILED, finished=now, report=_INTERRUPTED)
    )
    former = select(func.coalesce(func.max(runs.c.number), 0)).where(runs.c.profile_id == profile)
    number = connection.execute(former).scalar_one() + 1
    run = RunId(new_id())
    row = {"id": run, "profile_id": profile, "number": number, "trigger": trigger, "status": RunStatus.RUNNING}
    connection.execute(insert(runs).values(**row, started=now))
    return run, number


def end(connection: Connection, run: RunId, status: RunStatus, report: Mapping[str, object] = _INTERRUPTED) -> None:
    """Close a run that is still running."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run, runs.c.status == RunStatus.RUNNING)
        .values(status=status, finished=datetime.now(UTC), report=report)
    )


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
    )
