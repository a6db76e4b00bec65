"""The runs of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, update

from app.adapters.db.tables import runs
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.run import Run, RunStatus

_INTERRUPTED: Mapping[str, object] = {"error": "interrupted"}


def start(connection: Connection, profile: ProfileId, trigger: str) -> RunId:
    """Begin a run; the caller holds the lease, so whatever still counts as running is dead."""
    now = datetime.now(UTC)
    connection.execute(
        update(runs)
        .where(runs.c.profile_id == profile, runs.c.status == RunStatus.RUNNING)
        .values(status=RunStatus.FAILED, finished=now, report=_INTERRUPTED)
    )
    run = RunId(new_id())
    row = {"id": run, "profile_id": profile, "trigger": trigger, "status": RunStatus.RUNNING, "started": now}
    connection.execute(insert(runs).values(**row))
    return run


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
        trigger=row.trigger,
        status=row.status,
        started=row.started,
        finished=row.finished,
        report=row.report,
    )
