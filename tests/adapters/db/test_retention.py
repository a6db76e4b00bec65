"""What is too old goes, in small steps; what somebody may still need stays (R30, R33)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from app.adapters.db import Database
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.tables import journal, profiles, runs
from app.adapters.db.tables_operations import chores
from app.adapters.db.tables_people import audit
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import AttemptId, ProfileId, RunId
from app.domain.journal import Settlement
from app.domain.people import SYSTEM
from app.domain.plan import PlanState
from app.domain.retention import Periods, Remains
from app.domain.run import Verb
from app.domain.writes import Refused
from app.services.retention import BATCH, Retention
from tests.adapters.db.world import intent

DAY = timedelta(days=1)
PERIODS = Periods(idle_runs=14 * DAY, history=90 * DAY, audit=730 * DAY)


def ran(database: Database, profile: ProfileId, number: int, status: str = "done", *, settled: bool = True) -> RunId:
    """A run with one write."""
    with database.books.open(profile, "sync") as ledger:
        if status != "nothing_to_do":
            attempt = AttemptId(f"attempt{number}")
            ledger.begin([intent(number)])
            if settled:
                ledger.settle([Settlement(outcomes=((attempt, Refused("no", "no")),))])
        ledger.finish(status, {})
        return ledger.run


def age(engine: Engine, days: float, *ids: str) -> None:
    with engine.begin() as connection:
        ago = DatabaseTime(-days * DAY)
        connection.execute(update(runs).where(runs.c.id.in_(ids)).values(started=ago, finished=ago))


def left(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(runs.c.id)).scalars())


def test_runs_go_with_all_they_wrote_when_their_period_is_over(database, engine, profile):
    old, young, idle, last = (
        ran(database, profile, 1),
        ran(database, profile, 2),
        ran(database, profile, 3, "nothing_to_do"),
        ran(database, profile, 4),
    )
    age(engine, 91, old)
    age(engine, 89, young)
    age(engine, 15, idle)
    assert database.attic.sweep(Remains.RUNS, PERIODS.history, 10) == 1
    assert database.attic.sweep(Remains.IDLE_RUNS, PERIODS.idle_runs, 10) == 1
    assert left(engine) == {young, last}
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(journal)).scalar_one() == 2


def test_R30_what_somebody_may_still_need_stays_however_old_it_is(database, engine, profile):
    unknown, last = ran(database, profile, 1, settled=False), ran(database, profile, 2)
    with database.books.open(profile, "analyse") as ledger:
        ledger.save_plan(PlanState.NEEDS_CONFIRMATION, [])
        ledger.finish("needs_confirmation", {})
        waiting = ledger.run
    with engine.begin() as connection:
        connection.execute(update(profiles).values(last_run=last))
    age(engine, 1000, unknown, last, waiting)
    assert database.attic.sweep(Remains.RUNS, PERIODS.history, 10) == 0
    assert left(engine) == {unknown, last, waiting}


def test_settled_requests_go_and_those_that_wait_stay(database, engine, profile):
    [asked] = database.requests.ask(["anna/anna"], Verb.SYNC, SYSTEM, trigger="sync")
    with engine.begin() as connection:
        connection.execute(update(run_requests).values(requested=DatabaseTime(-100 * DAY)))
    assert database.attic.sweep(Remains.REQUESTS, PERIODS.history, 10) == 0
    database.requests.cancel(asked.id, SYSTEM)
    assert database.attic.sweep(Remains.REQUESTS, PERIODS.history, 10) == 0
    with engine.begin() as connection:
        connection.execute(update(run_requests).values(ended=DatabaseTime(-91 * DAY)))
    assert database.attic.sweep(Remains.REQUESTS, PERIODS.history, 10) == 1


def test_the_audit_log_loses_only_what_is_older_than_a_year_whoever_asks(database, engine, profile):
    with engine.connect() as connection:
        entries = connection.execute(select(func.count()).select_from(audit)).scalar_one()
    with pytest.raises(Exception, match="append-only"):
        database.attic.sweep(Remains.AUDIT, timedelta(days=-1), 10)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == entries


def test_it_goes_in_small_steps_and_once_in_a_while(database, engine, profile):
    class Attic:
        def __init__(self) -> None:
            self.calls: list[tuple[Remains, timedelta]] = []

        def sweep(self, remains: Remains, kept: timedelta, limit: int) -> int:
            self.calls.append((remains, kept))
            first = self.calls.count((remains, kept)) == 1
            return limit if first and remains is Remains.RUNS else 0

    attic = Attic()
    retention = Retention(attic, database.chores, database.processes, PERIODS)
    assert retention.round()[Remains.RUNS] == BATCH
    assert attic.calls.count((Remains.RUNS, PERIODS.history)) == 2
    assert retention.round() == {}
    with engine.begin() as connection:
        connection.execute(update(chores).values(due=DatabaseTime()))
    assert set(retention.round()) == set(Remains)
