"""One run per profile (R36): lease, fencing, take-over; and a run that dies leaves nothing half (R30)."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from pydantic import SecretStr
from sqlalchemy import func, select, update

from app.adapters.db import open_database
from app.adapters.db.holder import this_process
from app.adapters.db.tables import failures, journal, links, profiles, sightings
from app.domain.ids import AttemptId, ItemId, PlanId, ProfileId, Version
from app.domain.journal import IntentState, Settlement
from app.domain.people import Actor, AuditQuery, Role, Via
from app.domain.plan import Failure, PlanState
from app.domain.run import Order, RunStatus, Verb
from app.domain.sync import Sighting
from app.domain.writes import Stale
from app.errors import BadInput, LeaseLost
from app.ports import Cursor
from app.settings import Settings
from tests.adapters.db.world import CONTACTS, LONG_AGO, WICE, configure, expire, intent, link
from tests.services.workers import until as wait_for

ROOT = Path(__file__).parents[3]


def statuses(database, profile):
    return [run.status for run in database.history.runs(profile)]


def test_R36_a_profile_has_one_run_at_a_time(database, profile):
    configure(database, "bernd")
    with database.books.open(profile, "sync") as ledger:
        with pytest.raises(LeaseLost, match="already"), database.books.open(profile, "sync"):
            pass
        with database.books.open(database.registry.profile("bernd")[0].id, "sync"):
            ledger.begin([intent(1)])
        ledger.finish("done", {"seconds": 1.5})
    with database.books.open(profile, "analyse") as ledger:
        assert ledger.number == 2
        ledger.finish("nothing_to_do", {})
    newest, first = database.history.runs(profile)
    assert (newest.trigger, newest.status, newest.number) == ("analyse", RunStatus.NOTHING_TO_DO, 2)
    assert (first.status, first.report, first.finished >= first.started) == (RunStatus.DONE, {"seconds": 1.5}, True)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_R36_history_keeps_the_databases_time_whatever_a_workers_clock_says(database, engine, profile):
    before = datetime.now(UTC)
    with time_machine.travel(before + timedelta(hours=3)), database.books.open(profile, "sync") as ledger:
        ledger.save_page(CONTACTS, WICE, [Sighting(ItemId("p:1"), Version("1"))], Cursor("1"))
        ledger.begin([intent(1)])
        ledger.finish("done", {})
    [run] = database.history.runs(profile)
    [entry] = database.history.entries_of_run(run.id)
    with engine.connect() as connection:
        seen = connection.execute(select(sightings.c.at)).scalar_one()
    for moment in (run.started, run.finished, entry.at, seen):
        assert before - timedelta(minutes=1) < moment < before + timedelta(hours=1)


def test_R36_of_many_that_try_at_once_one_gets_the_profile(settings, profile):
    taken: list[int] = []
    opening, leaving = threading.Barrier(6), threading.Barrier(6)

    def run():
        with open_database(settings) as own:
            opening.wait()
            with contextlib.suppress(LeaseLost), contextlib.ExitStack() as stack:
                taken.append(stack.enter_context(own.books.open(profile, "sync")).number)
                leaving.wait()
                return
            leaving.wait()

    runs = [threading.Thread(target=run) for _ in range(6)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert taken == [1]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_breaks_off_has_failed_and_frees_its_profile(database, profile, error):
    with pytest.raises(error), database.books.open(profile, "sync"):
        raise error
    assert statuses(database, profile) == [RunStatus.FAILED]
    with database.books.open(profile, "sync") as ledger:
        ledger.finish("done", {})


def test_a_run_that_is_begun_by_order_is_in_the_audit_log_with_who_ordered_it(database, profile):
    by = Actor(name="eva", role=Role.ADMINISTRATOR, via=Via.CLI)
    order = Order(by=by, verb=Verb.CONFIRM, subject="former", items=("attempt1",))
    with database.books.open(profile, "confirm", order=order) as ledger:
        ledger.finish("done", {})
    [entry] = database.audit_log.page(AuditQuery(entity="anna/anna", action="confirm")).entries
    assert (entry.actor, entry.via, entry.entity_kind) == ("eva", Via.CLI, "profile")
    assert entry.after == {"run": ledger.run, "of_run": "former", "items": ["attempt1"]}
    assert database.history.run(ledger.run).requested_by == "eva"


def test_a_run_that_is_left_unfinished_has_failed(database, profile):
    with database.books.open(profile, "sync"):
        pass
    assert statuses(database, profile) == [RunStatus.FAILED]


def test_nothing_is_written_after_the_end(database, profile):
    with database.books.open(profile, "sync") as ledger:
        ledger.finish("done", {})
        with pytest.raises(LeaseLost):
            ledger.begin([intent(1)])
        with pytest.raises(LeaseLost):
            ledger.finish("failed", {})
    assert statuses(database, profile) == [RunStatus.DONE]


def test_R36_a_run_that_says_nothing_for_long_keeps_its_profile_while_it_lives(settings, profile, engine):
    # Long enough for a heartbeat that a busy machine lets wait.
    quick = settings.model_copy(update={"lease": timedelta(seconds=3)})

    def until():
        with engine.connect() as connection:
            return connection.execute(select(profiles.c.lease_until)).scalar_one()

    with open_database(quick) as own, own.books.open(profile, "sync") as ledger:
        for _ in range(2):
            wait_for(partial(lambda taken: until() > taken, until()), "a heartbeat")
        with pytest.raises(LeaseLost, match="already"), own.books.open(profile, "sync"):
            pass
        ledger.finish("done", {})
    assert beats() == []


def test_R36_the_heartbeat_of_a_run_that_was_taken_over_changes_nothing(settings, profile, engine):
    quick = settings.model_copy(update={"lease": timedelta(seconds=1)})
    with open_database(quick) as own, contextlib.ExitStack() as stack:
        stack.enter_context(own.books.open(profile, "sync"))
        expire(engine, profile)
        heir = own.books.open(profile, "sync")
        with heir as ledger:
            taken = lease_token(engine, profile)
            wait_for(lambda: len(beats()) == 1, "the end of the stale heartbeat")
            assert lease_token(engine, profile) == taken
            ledger.finish("done", {})


def lease_token(engine, profile):
    query = select(profiles.c.lease_token).where(profiles.c.id == profile)
    with engine.connect() as connection:
        return connection.execute(query).scalar_one()


def beats():
    return [thread for thread in threading.enumerate() if thread.name.startswith("lease-")]


def test_R36_a_run_that_was_taken_over_writes_nothing_more(database, profile, engine):
    with database.books.open(profile, "sync") as stale:
        stale.save_page(CONTACTS, WICE, [], Cursor("old"))
        expire(engine, profile)
        with database.books.open(profile, "sync") as heir:
            writes = [
                lambda: stale.save_page(CONTACTS, WICE, [sighting()], Cursor("stale")),
                lambda: stale.hold(CONTACTS, []),
                lambda: stale.forget_seen(CONTACTS, WICE, [ItemId("address:1")]),
                lambda: stale.release(["key"]),
                lambda: stale.begin([intent(1)]),
                lambda: stale.settle([Settlement(link=link(1))]),
                lambda: stale.close_intent(AttemptId("attempt1"), IntentState.LOST),
                lambda: stale.save_plan(PlanState.OPEN, ()),
                lambda: stale.set_plan_state(PlanId("plan"), PlanState.EXECUTED),
                lambda: stale.save_folder(CONTACTS, "F"),
                lambda: stale.forget_folder(CONTACTS),
                lambda: stale.save_endpoint("https://stale.example"),
                stale.approve,
                lambda: stale.finish("done", {}),
            ]
            for write in writes:
                with pytest.raises(LeaseLost):
                    write()
            assert heir.cursor(CONTACTS, WICE) == Cursor("old")
            assert heir.seen(CONTACTS, WICE) == heir.open_intents(CONTACTS) == list(heir.links(CONTACTS)) == []
            heir.finish("done", {})
    kept, account, *_ = database.registry.profile("anna")
    assert (kept.contacts_folder_id, kept.approved, account.endpoint) == ("", False, "")
    assert statuses(database, profile) == [RunStatus.DONE, RunStatus.FAILED]


def sighting() -> Sighting:
    return Sighting(ItemId("address:1"), Version("1"))


def test_every_write_renews_the_lease(database, profile, engine):
    def remaining():
        with engine.connect() as connection:
            return connection.execute(select(profiles.c.lease_until).where(profiles.c.id == profile)).scalar_one()

    with database.books.open(profile, "sync") as ledger:
        with engine.begin() as connection:
            connection.execute(update(profiles).values(lease_until=LONG_AGO))
        ledger.begin([intent(1)])  # late, but nobody has taken over
        assert remaining() > LONG_AGO
        ledger.finish("done", {})
    assert remaining() is None


@pytest.mark.parametrize(
    ("holder", "taken_over"),
    [
        (lambda: this_process().rpartition(":")[0] + ":1", True),  # this pid, but of an earlier process
        (lambda: this_process().partition(":")[0] + ":4194999:77", True),  # no such process
        (this_process, False),
        (lambda: f"elsewhere:{os.getpid()}:1", False),
        (lambda: "unreadable", False),
    ],
    ids=["pid reused", "dead", "alive", "another machine", "unreadable"],
)
def test_R36_only_a_holder_that_is_surely_dead_is_taken_over_before_its_time(
    database, profile, engine, holder, taken_over
):
    with database.books.open(profile, "sync"):
        with engine.begin() as connection:
            connection.execute(update(profiles).values(lease_owner=holder()))
        if taken_over:
            with database.books.open(profile, "sync") as ledger:
                ledger.finish("done", {})
        else:
            with pytest.raises(LeaseLost), database.books.open(profile, "sync"):
                pass


def test_a_profile_that_is_gone_cannot_be_opened(database):
    with pytest.raises(BadInput, match="does not exist"), database.books.open(ProfileId(77), "sync"):
        pass


def test_a_removed_profile_stops_its_run(database, profile):
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(1)])
        database.registry.remove(database.registry.profile("anna")[0])
        with pytest.raises(LeaseLost):
            ledger.begin([intent(2)])


# A worker that is killed by itself, at the statement that settles the failures: the last one of the transaction.
VICTIM = """
import os, pathlib, signal, sys
from sqlalchemy import Engine, event
from tests.adapters.db import test_books

def kill(connection, cursor, statement, *more):
    if statement.startswith("INSERT INTO failures"):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "after_cursor_execute", kill)
test_books.settle_all(pathlib.Path(sys.argv[1]), os.environ["VICTIM_DATABASE_URL"])
"""


def settle_all(home: Path, url: str) -> None:
    settlement = Settlement(
        outcomes=((AttemptId("attempt1"), Stale()),),
        link=link(1),
        seen=((WICE, ItemId("address:1")),),
        failure=Failure("k", CONTACTS, "s", 1, "E", "m"),
    )
    database = open_database(Settings(home=home, database_url=SecretStr(url)))
    with database.books.open(database.registry.profile("anna")[0].id, "sync") as ledger:
        ledger.save_page(CONTACTS, WICE, [sighting()], Cursor("a"))
        ledger.begin([intent(1)])
        ledger.settle([settlement])


def test_R30_a_process_killed_inside_a_transaction_leaves_nothing_half_and_no_lock(settings, database, profile, engine):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "VICTIM_DATABASE_URL": settings.database_url.get_secret_value(),
    }
    command = [sys.executable, "-c", VICTIM, str(settings.home)]
    died = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (links, failures, sightings, journal)
        ]
    assert counts == [0, 0, 1, 1]
    with database.books.open(profile, "sync") as ledger:  # at once: the holder is known to be dead
        assert [entry.intent.attempt for entry in ledger.open_intents(CONTACTS)] == ["attempt1"]
        ledger.finish("done", {})
    assert statuses(database, profile) == [RunStatus.DONE, RunStatus.FAILED]
    assert database.history.runs(profile)[1].report == {"error": "interrupted"}
