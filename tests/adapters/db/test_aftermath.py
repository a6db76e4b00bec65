"""What an ended run leaves behind: the profile as it is now, a line for lists, the hour's statistics."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from app.adapters.db import sightings
from app.adapters.db.tables import profiles, runs
from app.adapters.db.tables import sightings as sighting_rows
from app.adapters.db.tables_runs import run_requests, run_stats
from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, RunId, Version
from app.domain.journal import Settlement
from app.domain.plan import Failure, HintReason, PlanState, Seen
from app.domain.run import RequestState, RunStatus, Verb
from app.domain.sync import Item, Sighting
from app.domain.views import RunSummary, SideCounts
from app.domain.writes import Outcome, Refused, Written
from app.errors import LeaseLost
from app.ports import Cursor
from tests.adapters.db.world import CONTACTS, EXCHANGE, LONG_AGO, WICE, expire, intent

REPORT = {
    "kinds": {
        "contacts": {
            "exchange": {"add": 1, "change": 2, "delete": 3},
            "wice": {"add": 4, "change": 0, "delete": 0},
            "conflicts": 2,
            "hints": [{"item": "A", "reason": "series"}, {"item": "B", "reason": "frozen"}],
            "failed": [{"item": "C", "error": "E: m"}],
            "alarms": ["More than 20 % would be deleted."],
        },
        "appointments": {},
    },
}


@pytest.fixture
def state(engine, profile):
    """Columns of the profile, as they are now."""

    def read(*names):
        with engine.connect() as connection:
            row = connection.execute(
                select(*(profiles.c[name] for name in names)).where(profiles.c.id == profile)
            ).one()
        return row[0] if len(names) == 1 else tuple(row)

    return read


@pytest.fixture
def run(database, profile):
    """Carry out a run that ends with this status and report; returns its id."""

    def carry_out(status, report=None, trigger="sync", plan=None):
        with database.books.open(profile, trigger) as ledger:
            if plan:
                ledger.save_plan(plan, ())
            ledger.finish(status, report or {})
        return ledger.run

    return carry_out


def test_a_run_leaves_its_result_in_the_profile(run, state):
    before = datetime.now(UTC)
    ended = run("failed", {"message": "The server does not answer."})
    assert state("last_run", "last_status", "last_message") == (ended, RunStatus.FAILED, "The server does not answer.")
    assert before <= state("last_finished") <= datetime.now(UTC)


def test_failed_runs_are_counted_in_a_row_and_cancelled_or_discarding_ones_change_nothing(run, state):
    counts = []
    for status, trigger in (
        ("failed", "sync"),
        ("failed", "analyse"),
        ("cancelled", "sync"),
        ("done", "discard"),
        ("done", "analyse"),
        ("failed", "sync"),
    ):
        run(status, trigger=trigger)
        counts.append(state("failed_runs"))
    assert counts == [1, 2, 2, 2, 0, 1]


@pytest.mark.parametrize(
    ("trigger", "status", "synced"),
    [
        ("sync", "done", True),
        ("scheduled", "nothing_to_do", True),
        ("confirm", "partial", True),
        ("analyse", "done", False),
        ("analyse", "nothing_to_do", False),
        ("discard", "done", False),
        ("sync", "needs_confirmation", False),
        ("sync", "failed", False),
        ("sync", "cancelled", False),
    ],
)
def test_only_a_synchronisation_that_was_carried_out_makes_a_profile_fresh(run, state, trigger, status, synced):
    run(status, trigger=trigger)
    assert (state("synced_at") is not None) is synced


def test_a_run_that_was_asked_for_has_the_verb_it_was_asked_with(database, engine, profile, state):
    row = {"id": "asked", "profile_id": profile, "verb": Verb.ANALYSE, "state": RequestState.RUNNING}
    with engine.begin() as connection:
        connection.execute(insert(run_requests).values(**row, requested=LONG_AGO))
    with database.books.open(profile, "portal", run=RunId("asked")) as ledger:
        ledger.finish("done", {})
    with engine.connect() as connection:
        assert connection.execute(select(runs.c.verb)).scalar_one() is Verb.ANALYSE
    assert state("synced_at") is None


def test_R29_a_plan_that_waits_is_remembered_until_it_is_answered(run, state, database, profile):
    waiting = run("needs_confirmation", REPORT, plan=PlanState.NEEDS_CONFIRMATION)
    assert (state("waiting_run"), state("last_message")) == (waiting, "More than 20 % would be deleted.")
    run("failed")
    assert state("waiting_run") == waiting
    with database.books.open(profile, "confirm") as ledger:
        ledger.set_plan_state(ledger.stored_plan().id, PlanState.EXECUTED)
        ledger.finish("done", {})
    assert state("waiting_run") == ""


@pytest.mark.parametrize("later", [PlanState.OPEN, PlanState.EXECUTED])
def test_R29_a_later_plan_takes_the_place_of_one_that_waits(run, state, later):
    run("needs_confirmation", plan=PlanState.NEEDS_CONFIRMATION)
    run("done", plan=later)
    assert state("waiting_run") == ""


@pytest.fixture
def propose(database, profile):
    """Propose an undo; returns its run."""

    def work_out():
        with database.books.open(profile, "undo") as ledger:
            ledger.save_plan(PlanState.NEEDS_CONFIRMATION, (), [AttemptId("attempt1")])
            ledger.finish("needs_confirmation", {"message": "This is what undoing takes."})
        return ledger.run

    return work_out


def test_R33_an_undo_that_waits_is_no_state_of_its_profile(run, propose, state):
    latest = run("done")
    former = state("last_finished")
    propose()
    assert state("waiting_run", "last_run", "last_status", "last_finished") == ("", latest, RunStatus.DONE, former)


def test_R29_R33_an_undo_hides_no_plan_that_waits_and_no_run_drops_the_undo(run, propose, state, database, profile):
    waiting = run("needs_confirmation", plan=PlanState.NEEDS_CONFIRMATION)
    undo = propose()
    assert state("waiting_run") == waiting
    run("done", plan=PlanState.EXECUTED)
    assert state("waiting_run") == ""
    with database.books.open(profile, "sync") as ledger:
        assert (ledger.stored_undo().run, ledger.stored_undo().state) == (undo, PlanState.NEEDS_CONFIRMATION)


def test_R33_an_undo_that_is_carried_out_is_no_synchronisation(propose, state, database, engine, profile):
    row = {"id": "asked", "profile_id": profile, "verb": Verb.CONFIRM, "subject": propose()}
    with engine.begin() as connection:
        connection.execute(insert(run_requests).values(**row, state=RequestState.RUNNING, requested=LONG_AGO))
    with database.books.open(profile, "confirm", run=RunId("asked")) as ledger:
        ledger.set_plan_state(ledger.stored_undo().id, PlanState.EXECUTED)
        ledger.finish("done", {})
    assert state("last_run", "synced_at") == ("asked", None)


def test_R35_full_editing_leaves_nothing_that_waits_or_failed(run, state, database, profile):
    with database.books.open(profile, "sync") as ledger:
        ledger.settle([Settlement(failure=Failure("key", CONTACTS, "s", 5, "E", "m"))])
        ledger.save_plan(PlanState.NEEDS_CONFIRMATION, ())
        ledger.finish("needs_confirmation", {})
    assert state("failed_items") == 1
    database.registry.unlink(profile, [CONTACTS])
    assert state("failed_items", "waiting_run") == (0, "")


def test_R32_R40_refused_and_frozen_items_are_counted_and_forgotten(run, state, database, profile):
    with database.books.open(profile, "sync") as ledger:
        ledger.settle([Settlement(failure=Failure(f"key{number}", CONTACTS, "s", 1, "E", "m")) for number in (1, 2)])
        ledger.finish("partial", REPORT)
    assert state("failed_items", "frozen_items") == (2, 1)
    with database.books.open(profile, "sync") as ledger:
        ledger.settle([Settlement(clear_failure="key1")])
        ledger.finish("done", {})
    assert state("failed_items", "frozen_items") == (1, 0)


def test_a_report_is_kept_in_a_line_for_lists(run, engine):
    run("partial", REPORT | {"message": "Look here."})
    with engine.connect() as connection:
        summary = connection.execute(select(runs.c.summary)).scalar_one()
    assert summary == RunSummary(
        exchange=SideCounts(1, 2, 3), wice=SideCounts(4), conflicts=2, hints=2, frozen=1, failed=1, message="Look here."
    )
    assert (summary.of(EXCHANGE).all, summary.of(WICE).all) == (6, 4)


def test_a_run_that_died_is_a_failed_one_and_says_so(database, engine, profile, state):
    with pytest.raises(RuntimeError), database.books.open(profile, "sync"):
        raise RuntimeError
    assert state("failed_runs") == 1
    assert state("last_message").startswith("The run was interrupted")


def test_R36_a_run_that_was_taken_over_counts_once(database, engine, profile, state):
    with database.books.open(profile, "sync") as first:
        expire(engine, profile)
        with database.books.open(profile, "sync") as second:
            assert state("failed_runs", "last_run") == (1, first.run)
            second.finish("done", {})
        with pytest.raises(LeaseLost):
            first.finish("failed", {})
    assert state("failed_runs", "last_run") == (0, second.run)
    with engine.connect() as connection:
        assert connection.execute(select(func.sum(run_stats.c.runs))).scalar_one() == 2


def test_the_hour_adds_up_what_was_really_written(database, engine, profile, run):
    item = Item(id=ItemId("1"), version=Version("1"), record=Contact(last_name="Schulz"))
    outcomes: list[tuple[AttemptId, Outcome]] = [
        *((AttemptId(f"attempt{number}"), Written(item)) for number in (1, 2, 3)),
        (AttemptId("attempt4"), Refused("E", "m")),
    ]
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(1), intent(2, conflict=True), intent(3, side=WICE), intent(4), intent(5)])
        ledger.settle([Settlement(outcomes=(outcome,)) for outcome in outcomes])
        ledger.finish("partial", {})
    run("partial", REPORT)  # an analysis reports what it plans: nothing of it was written
    with engine.connect() as connection:
        (row,) = connection.execute(select(run_stats)).all()
    assert (row.status, row.runs, row.exchange_writes, row.wice_writes) == (RunStatus.PARTIAL, 2, 2, 1)
    assert (row.conflicts, row.failed_items) == (1, 1)
    assert row.hour.minute == row.hour.second == row.hour.microsecond == 0
    assert timedelta(0) <= datetime.now(UTC) - row.hour < timedelta(hours=2)


def waits_since(engine):
    with engine.connect() as connection:
        return dict(connection.execute(select(sighting_rows.c.item_id, sighting_rows.c.at)).all())


def test_a_change_waits_since_it_was_first_seen_and_a_held_one_not_at_all(database, engine, profile):
    def see(*listed):
        with database.books.open(profile, "sync") as ledger:
            ledger.save_page(CONTACTS, EXCHANGE, listed, Cursor("c"))
            ledger.finish("done", {})

    see(Sighting(ItemId("a"), Version("1")), Sighting(ItemId("b"), Version("1")))
    with engine.begin() as connection:
        connection.execute(update(sighting_rows).values(at=LONG_AGO))
        sightings.hold(
            connection, profile, CONTACTS, [Seen(EXCHANGE, ItemId("b"), Version("1"), held=HintReason.SERIES)]
        )
    see(Sighting(ItemId("a"), Version("2")), Sighting(ItemId("b"), Version("1")))
    assert waits_since(engine) == {"a": LONG_AGO, "b": None}
    see(Sighting(ItemId("b"), Version("2")))
    assert waits_since(engine)["b"] > LONG_AGO


def test_what_new_settings_release_waits_from_then_on(engine, profile):
    with engine.begin() as connection:
        sightings.hold(
            connection, profile, CONTACTS, [Seen(EXCHANGE, ItemId("b"), Version("1"), held=HintReason.SERIES)]
        )
        sightings.release(connection, [profile])
    assert waits_since(engine)["b"] is not None
