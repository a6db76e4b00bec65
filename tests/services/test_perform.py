"""Runs that are asked for, from the wish to what came of it, over a real database and the fakes' servers (R29, R32, R36)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from app.adapters.db import Database
from app.adapters.db.tables_runs import run_requests
from app.adapters.db.work import MOST_ATTEMPTS
from app.domain.ids import RunId
from app.domain.licence import Coverage
from app.domain.people import Actor, AuditQuery, Role, Via
from app.domain.plan import HintReason
from app.domain.run import SCHEDULED, THOROUGH, RequestState, RunRequest, Verb
from app.domain.sync import Kind
from app.errors import BadInput, Cancelled, Halt, HaltCode, HostBusy, NotFound, Retry, Taken
from app.services.desk import Step
from app.services.dispatch import Round, dispatch
from app.services.perform import BROKEN, INTERRUPTED, Reported, perform
from app.services.removal import remove_synchronised
from app.services.report import Status
from app.services.requests import AT_ONCE, WAITS, ask, ask_many, cancel, request
from tests.adapters.db.world import LONG_AGO
from tests.engine.harness import ANNA, Office, person
from tests.fakes.faults import FaultKind
from tests.services.product import FakeProduct

EVA = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)
NAME = "anna/anna"


@pytest.fixture
def product(database: Database) -> FakeProduct:
    return FakeProduct(Office(database))


def done(product: FakeProduct, asked: RunRequest) -> str:
    """The worker hears of it; how the run ended."""
    for run in product.queue.take():
        perform(product, run)
    past = product.history.run(asked.id)
    return past.status.value if past else ""


def test_a_wish_is_sent_once_it_is_stored(product: FakeProduct) -> None:
    asked = ask(product, NAME, Verb.ANALYSE, EVA)
    assert product.queue.sent == [(asked.id, True)]
    assert request(product, asked.id).state is RequestState.QUEUED
    assert done(product, asked) == "nothing_to_do"
    assert request(product, asked.id).state is RequestState.ENDED
    with pytest.raises(NotFound):
        request(product, RunId("unknown"))


def test_a_thorough_analysis_looks_at_everything(product: FakeProduct) -> None:
    for items in ((), (THOROUGH,)):
        asked = ask(product, NAME, Verb.ANALYSE, EVA, items=items)
        done(product, asked)
        past = product.history.run(asked.id)
        assert past
        assert past.report.get("thorough", False) is bool(items)


def test_a_message_that_comes_twice_or_late_does_nothing(product: FakeProduct) -> None:
    asked = ask(product, NAME, Verb.SYNC, EVA)
    assert perform(product, asked.id)
    assert perform(product, asked.id) is None
    stopped = ask(product, NAME, Verb.SYNC, EVA)
    cancel(product, stopped.id, EVA)
    assert perform(product, stopped.id) is None
    assert product.history.run(stopped.id) is None


def test_many_are_asked_for_behind_what_is_urgent(product: FakeProduct) -> None:
    [one] = ask_many(product, [NAME], Verb.SYNC, EVA)
    assert product.queue.sent == [(one.id, False)]
    assert AT_ONCE >= 1


def test_a_broker_that_is_away_is_said_and_the_scheduler_sends_later(product: FakeProduct, engine: Engine) -> None:
    product.queue.away = True
    asked = ask(product, NAME, Verb.SYNC, EVA)
    assert asked.message == WAITS
    with pytest.raises(Retry):
        dispatch(product)
    product.queue.away = False
    product.work.claim(asked.id)
    product.work.postpone(asked.id, timedelta(seconds=-5))
    _older(engine)
    assert dispatch(product) == Round(told=1)
    assert done(product, asked) == "nothing_to_do"


def test_R27_only_a_persons_run_approves_a_first_plan(product: FakeProduct) -> None:
    product.office.wice.add_person(person(), flags=[ANNA])
    [scheduled] = product.requests.ask([NAME], Verb.SYNC, EVA, trigger=SCHEDULED)
    perform(product, scheduled.id)
    past = product.history.run(scheduled.id)
    assert past
    assert (past.status.value, past.trigger) == ("needs_confirmation", SCHEDULED)
    assert done(product, ask(product, NAME, Verb.CONFIRM, EVA, scheduled.id)) == "done"
    assert list(product.office.in_outlook()) == ["Schulz, Anna"]


def test_R29_what_waits_is_discarded_and_then_cannot_be_confirmed(product: FakeProduct) -> None:
    product.office.wice.add_person(person(), flags=[ANNA])
    [scheduled] = product.requests.ask([NAME], Verb.SYNC, EVA, trigger=SCHEDULED)
    perform(product, scheduled.id)
    assert done(product, ask(product, NAME, Verb.DISCARD, EVA, scheduled.id)) == "done"
    with pytest.raises(BadInput, match="discarded"):
        ask(product, NAME, Verb.CONFIRM, EVA, scheduled.id)
    with pytest.raises(NotFound, match="name the run"):
        ask(product, NAME, Verb.DISCARD, EVA)


def test_R33_an_undo_is_planned_and_waits_for_its_confirmation(product: FakeProduct) -> None:
    office = product.office
    office.wice.add_person(person(), flags=[ANNA])
    synchronised = office.sync()
    undo = ask(product, NAME, Verb.UNDO, EVA, RunId(synchronised.run))
    assert done(product, undo) == "needs_confirmation"
    assert list(office.in_outlook()) == ["Schulz, Anna"]
    assert done(product, ask(product, NAME, Verb.CONFIRM, EVA, undo.id)) == "done"
    assert office.in_outlook() == {}


def test_a_busy_server_is_tried_again_when_it_wants(product: FakeProduct) -> None:
    product.opening.append(Retry("busy", after=timedelta(hours=1)))
    asked = ask(product, NAME, Verb.SYNC, EVA)
    assert done(product, asked) == ""
    assert (request(product, asked.id).state, request(product, asked.id).message) == (RequestState.ENDED, "busy")
    [again] = product.requests.unfinished(asked.profile)
    assert again.attempts == 1
    assert perform(product, again.id) is None, "not before its time"


def test_R36_a_run_that_may_not_begin_yet_waits_as_long_as_it_must_and_is_no_attempt(
    product: FakeProduct, engine: Engine
) -> None:
    asked = ask(product, NAME, Verb.SYNC, EVA)
    for _ in range(MOST_ATTEMPTS + 2):
        product.opening.append(HostBusy("the server is busy", after=timedelta(hours=1)))
        assert done(product, asked) == ""
        perform(product, asked.id)
        waiting = request(product, asked.id)
        assert (waiting.state, waiting.attempts, waiting.message) == (RequestState.QUEUED, 0, "the server is busy")
        _due(engine)
    perform(product, asked.id)
    assert request(product, asked.id).state is RequestState.ENDED
    assert product.history.run(asked.id)


def test_R30_a_server_that_is_busy_for_a_day_loses_no_run_and_what_was_done_stays_done(
    product: FakeProduct, engine: Engine
) -> None:
    office = product.office
    for name in ("Adler", "Busch"):
        office.wice.add_person(person(name), flags=[ANNA])
    asked = ask(product, NAME, Verb.SYNC, EVA)
    for _ in range(MOST_ATTEMPTS + 2):
        office.exchange.faults.add(FaultKind.BUSY, "create")
        perform(product, asked.id)
        [asked] = product.requests.unfinished(asked.profile)
        assert asked.attempts == 0
        _due(engine)
    perform(product, asked.id)
    assert sorted(office.in_outlook()) == ["Adler, Anna", "Busch, Anna"]
    assert product.requests.unfinished(asked.profile) == []


@pytest.mark.parametrize("error", [Halt(HaltCode.LOGIN_REFUSED, "wrong password"), BadInput("no such profile")])
def test_what_an_administrator_must_solve_is_said_and_not_tried_again(product: FakeProduct, error: Exception) -> None:
    product.opening.append(error)
    asked = ask(product, NAME, Verb.SYNC, EVA)
    done(product, asked)
    assert request(product, asked.id).message == str(error)
    assert product.requests.unfinished(asked.profile) == []


def test_R36_a_profile_that_is_in_use_is_waited_for(product: FakeProduct) -> None:
    asked = ask(product, NAME, Verb.SYNC, EVA)
    with product.books.open(asked.profile, "sync"):
        done(product, asked)
        waiting = request(product, asked.id)
        assert (waiting.state, waiting.not_before is None) == (RequestState.QUEUED, False)
    product.requests.ask([NAME], Verb.SYNC, EVA, trigger="sync")
    assert perform(product, asked.id)
    assert request(product, asked.id).state is RequestState.ENDED


def test_a_worker_that_is_told_to_stop_leaves_a_new_request(product: FakeProduct) -> None:
    product.opening.append(TimeoutError())
    asked = ask(product, NAME, Verb.SYNC, EVA)
    perform(product, asked.id, interruptions=(TimeoutError,))
    assert request(product, asked.id).message == INTERRUPTED
    assert [again.attempts for again in product.requests.unfinished(asked.profile)] == [1]


def test_a_bug_is_loud_and_ends_the_request(product: FakeProduct) -> None:
    product.opening.append(ZeroDivisionError())
    asked = ask(product, NAME, Verb.SYNC, EVA)
    with pytest.raises(ZeroDivisionError):
        perform(product, asked.id)
    assert (request(product, asked.id).state, request(product, asked.id).message) == (RequestState.ENDED, BROKEN)


def test_R32_a_quarantined_item_is_tried_again_when_a_person_asks_for_it(product: FakeProduct) -> None:
    office = product.office
    office.sync()
    office.wice.add_person(person(), flags=[ANNA])
    office.exchange.faults.add(FaultKind.REFUSED, "create", count=5)
    assert [office.sync().status for _ in range(5)] == [Status.PARTIAL] * 5
    assert [hint.reason for hint in office.sync().kinds[Kind.CONTACTS].hints] == [HintReason.QUARANTINED]
    assert done(product, ask(product, NAME, Verb.RETRY, EVA)) == "done"
    assert list(office.in_outlook()) == ["Schulz, Anna"]


def test_progress_is_told_twice_a_second_at_most_and_hears_that_it_shall_stop(product: FakeProduct) -> None:
    asked = ask(product, NAME, Verb.SYNC, EVA)
    product.work.claim(asked.id)
    time = [0.0]
    progress = Reported(product.work, asked.id, clock=lambda: time[0])
    progress.step(Step.PLAN_CONTACTS, 0, 0)
    time[0] = 0.4
    progress.step(Step.APPLY_CONTACTS, 5, 9)
    assert request(product, asked.id).step == Step.PLAN_CONTACTS
    assert cancel(product, asked.id, EVA).cancel
    time[0] = 0.5
    with pytest.raises(Cancelled):
        progress.step(Step.APPLY_CONTACTS, 9, 9)
    product.work.end(asked.id, cancelled=True)
    with pytest.raises(Taken):
        cancel(product, asked.id, EVA)


def test_R36_one_round_of_the_scheduler_asks_for_what_is_due(product: FakeProduct) -> None:
    product.office.configure(schedule="every 15 minutes", first_plan="approved")
    assert dispatch(product) == Round(due=1)
    [(run, urgent)] = product.queue.sent
    assert not urgent
    perform(product, run)
    product.queue.take()
    assert dispatch(product) == Round()
    past = product.history.run(run)
    assert past
    assert (past.trigger, past.requested_by) == (SCHEDULED, "system")


def test_R38_the_scheduler_asks_for_nothing_that_the_licence_does_not_cover(product: FakeProduct) -> None:
    product.office.configure(schedule="every 15 minutes", first_plan="approved")
    product.licences.by = Coverage(profiles=0)
    assert dispatch(product) == Round()
    product.licences.by = Coverage(profiles=1)
    assert dispatch(product) == Round(due=1)


def _older(engine: Engine) -> None:
    """As if everything had been asked for a while ago."""
    with engine.begin() as connection:
        connection.execute(update(run_requests).values(requested=LONG_AGO))


def _due(engine: Engine) -> None:
    """The time has come for whatever waits."""
    with engine.begin() as connection:
        connection.execute(update(run_requests).values(not_before=LONG_AGO))


def test_R37_a_profile_goes_with_all_that_it_synchronised(product: FakeProduct, database: Database) -> None:
    office = product.office
    office.wice.add_person(person(), flags=[ANNA])
    office.sync()
    contacts = office.folder()
    asked = ask(product, NAME, Verb.REMOVE, EVA)
    assert done(product, asked) == "", "its runs went with it"
    assert office.exchange.contents(contacts) == []
    assert product.registry.profile_name(asked.profile) is None
    assert [ANNA in row.flags for row in office.wice.rows.values()] == [True]
    removed = database.audit_log.page(AuditQuery(entity=NAME), limit=2).entries
    assert [(entry.actor, entry.action) for entry in removed] == [("eva", "removed"), ("eva", "remove")]
    assert removed[0].after == {"contacts_removed": 1, "contacts_left": 0}


def test_R32_R37_a_profile_of_which_something_is_left_stays_until_it_is_asked_for_again(product: FakeProduct) -> None:
    office = product.office
    office.wice.add_person(person(), flags=[ANNA])
    office.sync()
    office.exchange.faults.add(FaultKind.REFUSED, "delete", count=1)
    asked = ask(product, NAME, Verb.REMOVE, EVA)
    assert done(product, asked) == "partial"
    assert product.registry.profile_name(asked.profile) == NAME
    assert done(product, ask(product, NAME, Verb.REMOVE, EVA)) == ""
    assert product.registry.profile_name(asked.profile) is None


def test_R30_R37_a_worker_that_died_before_the_last_step_is_followed_by_one_that_takes_it(product: FakeProduct) -> None:
    office = product.office
    office.wice.add_person(person(), flags=[ANNA])
    office.sync()
    with office.run(trigger="remove") as run:
        remove_synchronised(run._desk)
    asked = ask(product, NAME, Verb.REMOVE, EVA)
    done(product, asked)
    assert product.registry.profile_name(asked.profile) is None
