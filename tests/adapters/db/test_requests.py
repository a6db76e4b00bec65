"""Runs that are asked for: one row per wish, claimed once, never lost, whichever database (R36)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.dispatch import SETTLED, UNANSWERED
from app.adapters.db.holder import this_process
from app.adapters.db.tables import profiles
from app.adapters.db.tables_people import audit
from app.adapters.db.tables_runs import run_requests
from app.adapters.db.work import MOST_ATTEMPTS
from app.domain.account import Profile
from app.domain.ids import AttemptId, RunId
from app.domain.licence import EVERYTHING, Coverage
from app.domain.people import SYSTEM, Actor, Role, Via
from app.domain.plan import PlanState
from app.domain.run import SCHEDULED, RequestState, RunStatus, Verb
from app.domain.schedule import Turn
from app.domain.views import Cut, ProfileFilter
from app.errors import NotFound, Taken
from tests.adapters.db.world import LONG_AGO, account, configure, counted_statements, expire

EVA = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)
LATER = timedelta(hours=1)


@pytest.fixture
def ask(database, profile):
    def asked(verb=Verb.SYNC, by=EVA, **more):
        [request] = database.requests.ask(["anna/anna"], verb, by, **({"trigger": verb.value} | more))
        return request

    return asked


def entries(engine):
    """What Eva did."""
    query = select(audit.c.actor, audit.c.action, audit.c.entity, audit.c.after).where(audit.c.actor == EVA.name)
    with engine.connect() as connection:
        return connection.execute(query.order_by(audit.c.seq)).all()


def age(engine, **values):
    """Move moments of all requests into the past."""
    with engine.begin() as connection:
        connection.execute(update(run_requests).values(**values))


def test_a_wish_is_a_queued_request_and_is_in_the_audit_log(database, ask, profile, engine):
    request = ask(Verb.CONFIRM, subject="run1", items=["a", "b"])
    assert (request.profile, request.verb, request.trigger, request.requested_by) == (
        profile,
        Verb.CONFIRM,
        "confirm",
        "eva",
    )
    assert (request.subject, request.items, request.state, request.attempts) == (
        "run1",
        ("a", "b"),
        RequestState.QUEUED,
        0,
    )
    assert database.requests.request(request.id) == request
    assert database.requests.unfinished(profile) == [request]
    assert [entry[:3] for entry in entries(engine)] == [("eva", "confirm", "anna/anna")]


def test_what_is_queued_already_is_not_doubled(ask):
    first = ask(items=["a"])
    assert ask(items=["a"]) == first
    assert len({first.id, ask(items=["b"]).id, ask(Verb.ANALYSE).id, ask(trigger=SCHEDULED).id}) == 4


def test_two_who_ask_at_once_ask_for_one_run(ask):
    with ThreadPoolExecutor(4) as pool:
        assert len({request.id for request in pool.map(lambda _: ask(), range(8))}) == 1


def test_many_profiles_are_asked_for_in_one_transaction(database, engine):
    names = [f"user{number}" for number in range(3)]
    configure(database, *names)
    full = [f"{name}/{name}" for name in names]
    with counted_statements() as sent:
        asked = database.requests.ask(full, Verb.ANALYSE, EVA, trigger="analyse")
    assert len(sent) <= 6, sent
    assert len({request.id for request in asked}) == len(entries(engine)) == 3
    with pytest.raises(NotFound, match="user3/user3"):
        database.requests.ask([full[0], "user3/user3"], Verb.SYNC, EVA, trigger="sync")
    assert [request.verb for request in database.requests.unfinished(asked[0].profile)] == [Verb.ANALYSE]


def test_only_one_worker_claims_a_request(database, ask):
    request = ask()
    with ThreadPoolExecutor(4) as pool:
        claims = [claim for claim in pool.map(lambda _: database.work.claim(request.id), range(8)) if claim]
    assert [(claim.id, claim.state) for claim in claims] == [(request.id, RequestState.RUNNING)]
    database.work.end(request.id, "over")
    ended = database.requests.request(request.id)
    assert (ended.state, ended.message) == (RequestState.ENDED, "over")
    assert database.work.claim(request.id) is None


def test_a_run_has_the_id_of_its_request(database, ask, profile):
    request = ask()
    with database.books.open(profile, "sync", request.id, "eva") as ledger:
        assert ledger.run == request.id
        ledger.finish("cancelled", {})
    run = database.history.run(request.id)
    assert (run.status, run.requested_by) == (RunStatus.CANCELLED, "eva")


def test_progress_is_noted_and_answers_whether_to_stop(database, ask, engine):
    request = ask()
    database.work.claim(request.id)
    assert not database.work.advance(request.id, "plan_contacts", 3, 9)
    assert database.requests.cancel(request.id, EVA).state is RequestState.RUNNING
    assert database.work.advance(request.id, "apply_contacts", 4, 9)
    seen = database.requests.request(request.id)
    assert (seen.step, seen.done, seen.total, seen.cancel) == ("apply_contacts", 4, 9, True)
    assert entries(engine)[-1][:3] == ("eva", "cancelled", request.id)


def test_a_queued_request_is_cancelled_at_once_and_only_once(database, ask):
    request = ask()
    cancelled = database.requests.cancel(request.id, EVA)
    assert (cancelled.state, cancelled.ended is None) == (RequestState.CANCELLED, False)
    assert database.work.claim(request.id) is None
    with pytest.raises(Taken):
        database.requests.cancel(request.id, EVA)
    with pytest.raises(NotFound):
        database.requests.cancel(RunId("unknown"), EVA)


def test_what_is_postponed_is_claimed_only_when_its_time_has_come(database, ask, engine):
    request = ask()
    database.work.claim(request.id)
    database.work.postpone(request.id, LATER)
    assert database.work.claim(request.id) is None
    age(engine, requested=LONG_AGO)
    assert database.dispatch.take_unsent(10) == []
    age(engine, not_before=LONG_AGO)
    assert [one.id for one in database.dispatch.take_unsent(10)] == [request.id]
    assert database.work.claim(request.id)


def test_a_busy_server_is_tried_again_under_a_new_id_but_not_for_ever(database, ask):
    request = ask(items=["a"])
    for attempt in range(MOST_ATTEMPTS):
        assert database.work.claim(request.id)
        again = database.work.again(request.id, timedelta(0), "busy")
        assert (again.id != request.id, again.attempts, again.items) == (True, attempt + 1, ("a",))
        assert database.requests.request(request.id).message == "busy"
        request = again
    database.work.claim(request.id)
    assert database.work.again(request.id, timedelta(0), "busy") is None
    assert database.requests.request(request.id).state is RequestState.ENDED


def test_a_person_does_not_wait_for_the_second_try(database, ask, engine):
    request = ask()
    database.work.claim(request.id)
    again = database.work.again(request.id, LATER, "busy")
    assert again.not_before is not None
    assert ask().id == again.id
    assert database.requests.request(again.id).not_before is None


def test_R36_the_run_of_a_dead_worker_is_closed_and_asked_for_anew(database, ask, profile, engine):
    request = ask(Verb.CONFIRM, subject="run1")
    database.work.claim(request.id)
    with database.books.open(profile, "confirm", request.id):
        assert database.work.bury() == []
        with engine.begin() as connection:
            connection.execute(update(run_requests).values(beat=LONG_AGO, worker="elsewhere:1:1"))
        assert database.work.bury() == [], "a run that holds its lease lives, however silent its worker is"
        expire(engine, profile)
        [again] = database.work.bury()
        assert (again.verb, again.subject, again.attempts) == (Verb.CONFIRM, "run1", 1)
        assert database.history.run(request.id).status is RunStatus.FAILED
        assert database.requests.request(request.id).state is RequestState.ENDED
        assert database.work.bury() == []


def test_R36_a_dead_worker_of_this_machine_is_known_at_once(database, ask, engine):
    request = ask()
    database.work.claim(request.id)
    machine = this_process().rsplit(":", 2)[0]
    age(engine, worker=f"{machine}:999999999:1")
    assert [again.verb for again in database.work.bury()] == [request.verb]


def test_the_cancelled_run_of_a_dead_worker_is_not_asked_for_anew(database, ask, engine, profile):
    request = ask()
    database.work.claim(request.id)
    database.requests.cancel(request.id, EVA)
    age(engine, beat=LONG_AGO, worker="elsewhere:1:1")
    assert database.work.bury() == []
    assert database.requests.request(request.id).state is RequestState.CANCELLED
    assert database.requests.unfinished(profile) == []


def test_workers_are_told_once_of_what_nobody_told_them(database, ask, engine):
    request = ask()
    assert database.dispatch.take_unsent(10) == [], "who asks is just about to tell them"
    age(engine, requested=LONG_AGO)
    assert [one.id for one in database.dispatch.take_unsent(10)] == [request.id]
    assert database.dispatch.take_unsent(10) == []
    assert database.dispatch.take_unanswered(10) == []
    age(engine, beat=LONG_AGO)
    assert [one.id for one in database.dispatch.take_unanswered(10)] == [request.id]
    database.requests.sent([request.id])
    assert database.dispatch.take_unanswered(10) == []
    assert SETTLED < UNANSWERED


def test_a_broker_that_is_away_is_said_and_makes_it_unsent(database, ask, engine):
    request = ask()
    database.requests.sent([request.id])
    [told] = database.requests.unsent([request.id], "it waits")
    assert told.message == "it waits"
    age(engine, requested=LONG_AGO)
    assert [one.id for one in database.dispatch.take_unsent(10)] == [request.id]
    assert database.work.claim(request.id).message == ""


QUARTER = timedelta(minutes=15)


class Punctual:
    """`app.ports.requests.Timetable`: what never ran is due at once, everything else a quarter of an hour later."""

    def first(self, profile, schedule, now, *, ran):
        if not schedule:
            return None
        return now + QUARTER if ran else now

    def turn(self, profile, schedule, now):
        return Turn(asked=schedule != "paused", next=now + QUARTER)


def ask_for_due(database, limit=10, covered=EVERYTHING):
    database.dispatch.plan(Punctual(), 1000)
    return database.dispatch.ask_for_due(Punctual(), limit, covered)


def timed(name):
    return Profile(account=name, name=name, schedule="every hour", contacts_folder=name, calendar_folder=name)


class TestR36Schedule:
    @pytest.fixture(autouse=True)
    def _scheduled(self, database, profile):
        database.registry.save(Profile(account="anna", name="anna", schedule="every 15 minutes"))

    def finished(self, engine, moment, due=LONG_AGO):
        with engine.begin() as connection:
            connection.execute(update(profiles).values(last_finished=moment, due_at=due, due_for=profiles.c.schedule))

    def test_a_profile_that_never_ran_is_due_at_once_and_asked_for_once(self, database, profile):
        [request] = ask_for_due(database)
        assert (request.profile, request.verb, request.trigger) == (profile, Verb.SYNC, SCHEDULED)
        assert request.requested_by == SYSTEM.name
        assert ask_for_due(database) == []

    def test_missed_runs_are_made_up_once(self, database, engine):
        self.finished(engine, LONG_AGO, LONG_AGO)
        assert len(ask_for_due(database)) == 1
        assert ask_for_due(database) == []

    def test_a_run_that_has_just_ended_is_rest_enough(self, database, engine):
        with database.books.open(database.registry.profile("anna")[0].id, "sync") as ledger:
            ledger.finish("done", {})
        assert ask_for_due(database) == []

    def test_several_schedulers_ask_once(self, database, engine):
        with ThreadPoolExecutor(4) as pool:
            asked = [request for found in pool.map(lambda _: ask_for_due(database), range(8)) for request in found]
        assert len(asked) == 1

    def test_nothing_is_asked_for_while_a_request_or_a_confirmation_waits(self, database, ask, profile, engine):
        request = ask()
        assert ask_for_due(database) == []
        database.requests.cancel(request.id, EVA)
        with database.books.open(profile, "sync") as ledger:
            plan = ledger.save_plan(PlanState.NEEDS_CONFIRMATION, ())
        self.finished(engine, LONG_AGO)
        assert ask_for_due(database) == []
        with database.books.open(profile, "discard") as ledger:
            ledger.set_plan_state(plan, PlanState.DISCARDED)
        self.finished(engine, LONG_AGO)
        assert len(ask_for_due(database)) == 1

    @pytest.mark.parametrize(
        ("covered", "due"),
        [
            (Coverage(), 3),
            (Coverage(profiles=0), 0),
            (Coverage(profiles=1), 1),
            (Coverage(accounts=1), 2),
            (Coverage(accounts=2), 3),
        ],
    )
    def test_R38_only_the_oldest_that_a_licence_covers_are_asked_for(self, database, covered, due):
        database.registry.save(account("bernd"))
        for owner, name in (("anna", "more"), ("bernd", "bernd")):
            quick = Profile(account=owner, name=name, schedule="every 15 minutes")
            database.registry.save(replace(quick, contacts_folder=name, calendar_folder=name))
        asked = ask_for_due(database, covered=covered)
        assert len(asked) == due
        assert due == 0 or database.registry.profile_of("anna", "anna").id in {request.profile for request in asked}

    def test_R33_an_undo_that_waits_does_not_hold_up_the_schedule(self, database, profile):
        with database.books.open(profile, "undo") as ledger:
            ledger.save_plan(PlanState.NEEDS_CONFIRMATION, (), [AttemptId("attempt1")])
            ledger.finish("needs_confirmation", {})
        assert len(ask_for_due(database)) == 1

    def test_a_shorter_schedule_counts_at_once(self, database, engine):
        database.registry.save(Profile(account="anna", name="anna", schedule="every 24 hours"))
        ask_for_due(database)
        with engine.begin() as connection:
            connection.execute(run_requests.delete())
        self.finished(engine, LONG_AGO, engine_now_plus(engine, LATER))
        assert ask_for_due(database) == []
        database.registry.save(Profile(account="anna", name="anna", schedule="every 15 minutes"))
        assert ask_for_due(database) == []
        [row] = database.views.profiles(ProfileFilter(), Cut()).rows
        assert engine_now_plus(engine, timedelta(0)) < row.due_at < engine_now_plus(engine, QUARTER)

    def test_what_a_pause_holds_up_is_not_asked_for_but_planned(self, database, engine):
        database.registry.save(Profile(account="anna", name="anna", schedule="paused"))
        assert ask_for_due(database) == []
        [row] = database.views.profiles(ProfileFilter(), Cut()).rows
        assert row.due_at > engine_now_plus(engine, timedelta(0))

    def test_changed_work_comes_first_but_nobody_waits_for_it_longer_than_an_hour(self, database, engine):
        names = ["idle", "changed", "patient"]
        configure(database, *names)
        states = {"idle": (RunStatus.NOTHING_TO_DO, 2), "changed": (RunStatus.DONE, 1), "patient": (None, 90)}
        for name in names:
            database.registry.save(timed(name))
        ask_for_due(database, 0)
        with engine.begin() as connection:
            for name, (status, minutes) in states.items():
                due = DatabaseTime(timedelta(minutes=-minutes))
                connection.execute(
                    update(profiles).where(profiles.c.name == name).values(last_status=status, due_at=due)
                )
            connection.execute(update(profiles).where(profiles.c.name == "anna").values(due_at=None))
        ids = {database.registry.profile_of(name, name).id: name for name in names}
        assert [ids[ask_for_due(database, 1)[0].profile] for _ in names] == ["patient", "changed", "idle"]

    def test_a_round_takes_as_many_statements_for_a_hundred_profiles_as_for_two(self, database, engine):
        def statements(names):
            for name in names:
                database.registry.save(account(name))
                database.registry.save(timed(name))
            with counted_statements() as sent:
                assert len(ask_for_due(database, 1000)) >= len(names)
            return len(sent)

        assert statements(["one"]) == statements([f"user{number}" for number in range(100)]) <= 9

    @pytest.mark.parametrize("idle", [{"active": False}, {"schedule": ""}])
    def test_inactive_profiles_and_those_without_a_schedule_rest(self, database, idle):
        database.registry.save(Profile(account="anna", name="anna", **({"schedule": "every hour"} | idle)))
        assert ask_for_due(database) == []


def engine_now_plus(engine, later):
    with engine.connect() as connection:
        return connection.execute(select(DatabaseTime(later))).scalar_one()


def test_requests_go_with_their_profile(database, ask, profile, engine):
    ask()
    database.registry.remove(Profile(account="anna", name="anna"))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(run_requests)).scalar_one() == 0
