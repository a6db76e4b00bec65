"""Real workers over a real broker: what is asked for is done once, whatever dies on the way (R30, R36)."""

from __future__ import annotations

from app.domain.run import RequestState, Verb
from app.http.readiness import look
from app.services.requests import WAITS, cancel
from app.settings import Settings
from tests.services.workers import Crew, running_worker, until
from tests.workers.conftest import EVA, Watched


def test_what_is_asked_for_is_carried_out_under_its_own_id(office: Watched, installation: Settings) -> None:
    office.wice.person("Schulz", "anna")
    with running_worker(installation):
        analysed = office.ask(Verb.ANALYSE)
        assert office.status(analysed) == "done"
        assert list(office.outlook.cards()) == []
        synchronised = office.ask()
        assert office.status(synchronised) == "done"
        run = office.product.history.run(synchronised.id)
        assert run
        assert (run.requested_by, run.trigger, run.report["run"]) == ("eva", "sync", synchronised.id)
        assert list(office.outlook.cards()) == ["Schulz"]
        office.settle_by_request()


def test_a_run_is_stopped_between_two_steps_and_the_next_one_goes_on(office: Watched, installation: Settings) -> None:
    names = {f"Name{number}" for number in range(500)}
    for name in names:
        office.wice.person(name, "anna")
    office.sandbox.fault("ews", "stall", operation="CreateItem", seconds=2)
    with running_worker(installation):
        asked = office.ask()
        until(lambda: not office.sandbox.control("ews", "GET", "faults")["pending"], "the first write")
        cancel(office.product, asked.id, EVA)
        assert office.over(asked).state is RequestState.CANCELLED
        assert office.status(asked) == "cancelled"
        assert 0 < len(office.outlook.cards()) < len(names)
        assert office.status(office.ask()) == "done"
        assert set(office.outlook.cards()) == names
        office.settle_by_request()


def test_R30_R36_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    office: Watched, installation: Settings
) -> None:
    names = [f"Name{number}" for number in range(120)]
    for name in names:
        office.wice.person(name, "anna")
    office.sandbox.fault("ews", "stall", operation="CreateItem", seconds=4, count=100)
    with running_worker(installation) as crew:
        asked = office.ask()
        until(lambda: office.sandbox.counters("ews")["writes"] > 0, "the first write")
        crew.kill("worker")
        office.sandbox.control("ews", "DELETE", "faults")
        crew.start_scheduler()
        crew.start_worker()
        assert "died" in office.over(asked).message
        until(lambda: len(office.outlook.cards()) == len(names), "the new worker's work")
        office.settle_by_request()
        assert sorted(office.outlook.cards()) == sorted(names)
        assert office.status(asked) == "failed"


def test_a_broker_that_is_away_loses_nothing(office: Watched, installation: Settings) -> None:
    office.wice.person("Schulz", "anna")
    crew = Crew(installation)
    try:
        asked = office.ask()
        assert (asked.message, asked.state) == (WAITS, RequestState.QUEUED)
        crew.start_broker()
        crew.start_worker()
        crew.start_scheduler()
        assert office.status(asked) == "done"
        crew.kill("broker")
        waiting = office.ask()
        assert waiting.message == WAITS
        crew.start_broker()
        assert office.status(waiting) == "nothing_to_do"
    finally:
        crew.close()


def test_R36_the_scheduler_asks_for_what_is_due(office: Watched, installation: Settings) -> None:
    office.wice.person("Schulz", "anna")
    office.configure(schedule="every 15 minutes", first_plan="approved")
    profile = office.product.registry.profile("anna/anna")[0].id
    with running_worker(installation, scheduler=True) as crew:
        until(lambda: office.product.history.runs(profile), "the scheduled run")
        until(lambda: not office.product.requests.unfinished(profile), "its end")
        until(lambda: not look(office.product).missing, "signs of life of all of them")
        crew.stop("scheduler")
        crew.stop("worker")
        assert look(office.product).missing == ["workers", "scheduler"]
    assert [run.trigger for run in office.product.history.runs(profile)] == ["scheduled"]
    assert list(office.outlook.cards()) == ["Schulz"]
