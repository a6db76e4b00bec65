"""The overview over a real database: hours, days of the reader's zone, what needs a person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from app.adapters.db import open_database
from app.adapters.db.session import open_engine
from app.adapters.db.tables import failures, profiles, runs, sightings
from app.adapters.db.tables_runs import run_requests, run_stats
from app.domain.account import Profile
from app.domain.process import ProcessKind
from app.domain.run import RequestState, RunStatus, Verb
from app.domain.sync import Kind, Side
from app.domain.views import AccountState, Activity, Fresh, OldestChange, RunSummary
from app.services.overview import SHOWN, in_progress, nobody_works, overview, standstill
from app.settings import Settings
from tests.adapters.db.world import account, configure
from tests.services.databases import migrated

NOW = datetime(2026, 3, 30, 10, 40, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def database(tmp_path: Path):
    with open_database(migrated(Settings(home=tmp_path))) as opened:
        yield opened


@pytest.fixture
def rows(database, tmp_path):
    """`rows(table, {...}, ...)` inserts."""
    engine = open_engine(Settings(home=tmp_path))

    def put(table, *values):
        with engine.begin() as connection:
            connection.execute(insert(table), list(values))

    yield put
    engine.dispose()


@pytest.fixture
def condition(tmp_path):
    """`condition(id, ...)` sets columns of a profile."""
    engine = open_engine(Settings(home=tmp_path))

    def put(row_id, **values):
        with engine.begin() as connection:
            connection.execute(update(profiles).where(profiles.c.id == row_id).values(**values))

    yield put
    engine.dispose()


def test_an_empty_installation_is_fine(database):
    shown = overview(database.views, NOW, BERLIN)
    assert shown.is_fine
    assert (shown.accounts, shown.oldest) == (0, None)
    assert set(shown.states) == set(AccountState)
    assert [len(part) for part in (shown.hours, shown.days)] == [24, 30]
    assert [bar.runs for bar in (*shown.hours, *shown.days)] == [0] * 54


def test_hours_and_days_are_summed_with_gaps_and_days_are_those_of_the_reader(database, rows):
    def hour(moment, status=RunStatus.DONE, runs=1):
        return {"hour": moment, "status": status, "runs": runs, "exchange_writes": 2, "wice_writes": 3, "conflicts": 1}

    rows(
        run_stats,
        hour(datetime(2026, 3, 30, 10, tzinfo=UTC)),
        hour(datetime(2026, 3, 30, 10, tzinfo=UTC), RunStatus.FAILED, runs=4),
        hour(datetime(2026, 3, 29, 11, tzinfo=UTC)),
        hour(datetime(2026, 3, 29, 10, tzinfo=UTC)),  # more than 24 hours ago
        hour(
            datetime(2026, 3, 28, 22, tzinfo=UTC)
        ),  # still the 28th in Berlin, where the clock is put forward that night
        hour(datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the 29th in Berlin
        hour(datetime(2026, 2, 28, 22, tzinfo=UTC)),  # before the first day that is shown
    )
    shown = overview(database.views, NOW, BERLIN)
    assert (shown.hours[0].start, shown.hours[0].runs) == (datetime(2026, 3, 29, 11, tzinfo=UTC), 1)
    assert shown.hours[-1] == Activity(
        start=datetime(2026, 3, 30, 10, tzinfo=UTC),
        runs=5,
        failed_runs=4,
        exchange_writes=4,
        wice_writes=6,
        conflicts=2,
    )
    assert sum(one.runs for one in shown.hours) == 6
    assert [one.runs for one in shown.days[-3:]] == [1, 3, 5]
    assert [one.start.date().isoformat() for one in shown.days[:: len(shown.days) - 1]] == ["2026-03-01", "2026-03-30"]
    assert sum(one.runs for one in shown.days) == 9


def test_what_waits_longest_is_named_unless_its_profile_is_switched_off(database, rows):
    configure(database, "anna", "bernd")
    database.registry.save(Profile(account="anna", name="off", active=False))
    since = NOW - timedelta(hours=1)

    def seen(profile, item, at, held=None):
        where = {"profile_id": profile, "side": Side.WICE, "kind": Kind.CONTACTS, "item_id": item}
        return where | {"at": at, "held": held}

    rows(sightings, seen(1, "a", since + timedelta(minutes=1)), seen(2, "b", since), seen(3, "c", since - timedelta(1)))
    assert overview(database.views, NOW, BERLIN).oldest == OldestChange("bernd", "bernd", since)
    database.registry.save(account("bernd", active=False))
    oldest = overview(database.views, NOW, BERLIN).oldest
    assert oldest
    assert oldest.account == "anna"


def test_freshness_counts_active_profiles_by_age(database, condition):
    ages = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=2), timedelta(days=3), timedelta(days=30), None)
    configure(database, *(f"account{number}" for number in range(len(ages))))
    for number, age in enumerate(ages, start=1):
        condition(number, synced_at=age and NOW - age)
    configure(database, "off")
    condition(len(ages) + 1, active=False)
    assert overview(database.views, NOW, BERLIN).freshness == [
        Fresh(1, 2),
        Fresh(4, 1),
        Fresh(24, 0),
        Fresh(168, 1),
        Fresh(None, 1),
        Fresh(0, 1),
    ]


def test_what_needs_a_person_is_shown_with_its_sentence_and_counted_beyond_what_is_shown(database, rows, condition):
    count = SHOWN + 2
    configure(database, *(f"account{number}" for number in range(1, count * 2 + 3)))
    sentence = RunSummary(message="More than 20 % would be deleted.")
    for number in range(1, count + 1):
        run = {"id": f"run{number}", "profile_id": number, "number": 1, "status": RunStatus.NEEDS_CONFIRMATION}
        rows(runs, run | {"started": NOW, "report": {}, "summary": sentence})
        condition(number, waiting_run=f"run{number}", last_message="Something later.", last_finished=NOW)
        condition(count + number, failed_runs=number, last_message="Does not answer.")
    condition(2 * count + 1, frozen_items=2)
    refused = {"profile_id": 2 * count + 1, "kind": Kind.CONTACTS, "label": "Somebody"}
    rows(failures, refused | {"key": "a", "count": 4}, refused | {"key": "b", "count": 5})
    condition(2 * count + 2, failed_runs=99, active=False)
    shown = overview(database.views, NOW, BERLIN)
    assert not shown.is_fine
    assert [(len(todo.rows), todo.total) for todo in (shown.confirmations, shown.failing)] == [(SHOWN, count)] * 2
    assert {row.last_message for row in shown.confirmations.rows} == {sentence.message}
    assert [row.failed_runs for row in shown.failing.rows] == [7, 6, 5, 4, 3]
    assert [row.account for row in shown.frozen.rows] == [f"account{2 * count + 1}"]
    assert ([row.key for row in shown.quarantined.rows], shown.quarantined.total) == (["b"], 1)


def test_runs_that_nobody_carries_out_are_noticed_after_a_while(database, rows):
    configure(database)

    def queued(run, minutes, state=RequestState.QUEUED, **more):
        asked = {"id": run, "profile_id": 1, "verb": Verb.SYNC, "trigger": "scheduled", "state": state}
        return asked | {"requested": NOW - timedelta(minutes=minutes)} | more

    def since():
        return standstill(in_progress(database.views), database.requests, NOW)

    assert since() is None
    rows(run_requests, queued("a", 5))
    assert since() is None
    rows(run_requests, queued("b", 40, not_before=NOW + timedelta(minutes=5)))
    assert since() is None, "a busy server asked to be left alone"
    rows(run_requests, queued("c", 30))
    assert since() == NOW - timedelta(minutes=30)
    rows(run_requests, queued("d", 1, RequestState.RUNNING))
    assert since() is None


def test_that_nobody_works_is_noticed_once_there_was_a_run(database):
    assert nobody_works(database.processes, ["a first step"]) == []
    assert nobody_works(database.processes, []) == [ProcessKind.WORKER, ProcessKind.SCHEDULER]
    database.processes.beat(ProcessKind.PORTAL, "1")
    database.processes.beat(ProcessKind.WORKER, "1", pid=2)
    assert nobody_works(database.processes, []) == [ProcessKind.SCHEDULER]
