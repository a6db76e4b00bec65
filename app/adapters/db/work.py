"""Runs that are asked for, as workers see them: claimed, reported on, ended; and those whose worker died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, and_, or_, select, update

from app.adapters.db import runs
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.holder import is_dead, this_process
from app.adapters.db.requests import Wish, queue, read, rows_of
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import RunId
from app.domain.run import RequestState, RunRequest, RunStatus

MOST_ATTEMPTS: Final = 5
"""How often in a row a wish is tried whose server fails, or whose worker dies: a run that kills its worker must not do so for ever."""

DIED: Final = "The worker that carried it out has died. What was done is recorded; a new run goes on from there."


class SqlWork:
    """`app.ports.requests.Work` in a database. `lease`: how long a worker of another machine may be silent."""

    def __init__(self, engine: Engine, lease: timedelta) -> None:
        self._engine = engine
        self._lease = lease

    def claim(self, run: RunId) -> RunRequest | None:
        """See `app.ports.requests.Work.claim`."""
        due = or_(run_requests.c.not_before.is_(None), run_requests.c.not_before <= DatabaseTime())
        taken = update(run_requests).where(run_requests.c.id == run, run_requests.c.state == RequestState.QUEUED, due)
        now = {"started": DatabaseTime(), "beat": DatabaseTime()}
        with writing(self._engine) as connection:
            mine = taken.values(state=RequestState.RUNNING, worker=this_process(), message="", **now)
            if not connection.execute(mine).rowcount:
                return None
            return read(connection.execute(rows_of().where(run_requests.c.id == run)).one())

    def advance(self, run: RunId, step: str, done: int, total: int) -> bool:
        """See `app.ports.requests.Work.advance`."""
        told = update(run_requests).where(run_requests.c.id == run).returning(run_requests.c.cancel)
        with writing(self._engine) as connection:
            row = connection.execute(told.values(step=step, done=done, total=total, beat=DatabaseTime())).one_or_none()
            return row is not None and row.cancel

    def end(self, run: RunId, message: str = "", *, cancelled: bool = False) -> None:
        """See `app.ports.requests.Work.end`."""
        with writing(self._engine) as connection:
            _end(connection, run, message, RequestState.CANCELLED if cancelled else RequestState.ENDED)

    def postpone(self, run: RunId, after: timedelta, message: str = "") -> None:
        """See `app.ports.requests.Work.postpone`."""
        waiting = {
            "state": RequestState.QUEUED,
            "not_before": DatabaseTime(after),
            "started": None,
            "worker": "",
            "beat": None,
            "message": message,
        }
        with writing(self._engine) as connection:
            connection.execute(_running(run).values(**waiting))

    def again(self, run: RunId, after: timedelta, message: str, *, counts: bool = True) -> RunRequest | None:
        """See `app.ports.requests.Work.again`."""
        with writing(self._engine) as connection:
            return _again(connection, run, after, message, counts=counts)

    def bury(self) -> Sequence[RunRequest]:
        """See `app.ports.requests.Work.bury`."""
        free = or_(profiles.c.lease_until.is_(None), profiles.c.lease_until <= DatabaseTime())
        silent = and_(run_requests.c.beat <= DatabaseTime(-self._lease), free).label("silent")
        query = select(run_requests.c.id, run_requests.c.worker, silent).join(profiles)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(run_requests.c.state == RequestState.RUNNING)).all()
        dead = [row for row in rows if row.silent or is_dead(row.worker)]
        return [request for row in dead if (request := self._bury(row))]

    def _bury(self, row: Row[Any]) -> RunRequest | None:
        with writing(self._engine) as connection:
            anew = _again(connection, row.id, timedelta(0), DIED, worker=row.worker)
            runs.end(connection, row.id, RunStatus.FAILED)
            return anew


def _again(
    connection: Connection, run: RunId, after: timedelta, message: str, worker: str = "", *, counts: bool = True
) -> RunRequest | None:
    ours = rows_of().where(run_requests.c.id == run, run_requests.c.state == RequestState.RUNNING).with_for_update()
    row = connection.execute(ours.where(run_requests.c.worker == worker) if worker else ours).one_or_none()
    if row is None:
        return None
    request = read(row)
    _end(connection, run, message, RequestState.CANCELLED if request.cancel else RequestState.ENDED)
    attempts = request.attempts + counts
    if request.cancel or attempts > MOST_ATTEMPTS:
        return None
    wish = Wish(request.verb, request.trigger, request.requested_by, request.subject, request.items, attempts)
    later = DatabaseTime(after) if after else None
    return queue(connection, [request.profile], wish, not_before=later)[request.profile]


def _end(connection: Connection, run: RunId, message: str, state: RequestState) -> None:
    connection.execute(_running(run).values(state=state, ended=DatabaseTime(), message=message))


def _running(run: RunId) -> Any:
    return update(run_requests).where(run_requests.c.id == run, run_requests.c.state == RequestState.RUNNING)
