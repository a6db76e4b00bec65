"""The listener with a real Exchange connection: what changes in a mailbox is due within seconds; what it misses, the schedule finds (R36)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.adapters.db.budgets import SqlBudgets
from app.adapters.db.tables import profiles
from app.domain.ids import ProfileId
from app.domain.run import RunRequest
from app.rules.timetable import TIMETABLE
from app.services.listen import Listener, Standing
from app.settings import Settings
from tests.adapters.db.world import LONG_AGO
from tests.scenarios.office import Office
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox
from tests.services.workers import until

USERS = ("anna", "bernd")


@pytest.fixture
def office(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Two profiles that ran and are due in half a day. They need no rest, so that no test waits for its end."""
    monkeypatch.setattr("app.adapters.db.hints.REST", timedelta(0))
    settings = migrated(Settings(home=tmp_path, request_timeout_s=5))
    with Office(
        sandbox, settings, users=USERS, settings={"appointments": False, "schedule": "every 12 hours"}
    ) as office:
        for user in USERS:
            office.sync(user)
        office.product.dispatch.plan(TIMETABLE, 10)
        rested(office)
        while asked := office.product.dispatch.ask_for_due(TIMETABLE, 10):
            over(office, asked)
        yield office


@pytest.fixture
def listener(office: Office) -> Iterator[Listener]:
    with closing(Listener(office.product)) as listener:
        listener.look()
        until(connected(office), "the connection")
        yield listener
    # They go by the environment, which pytest changes between tests.
    for thread in threading.enumerate():
        if thread.name == "listener":
            thread.join(60)


def connected(office: Office, connections: int = 1) -> Callable[[], bool]:
    return lambda: office.sandbox.control("ews", "GET", "streams")["connections"] == connections


def rested(office: Office) -> None:
    with office.product.database._engine.begin() as connection:
        connection.execute(update(profiles).values(last_finished=LONG_AGO))


def over(office: Office, asked: object) -> None:
    for request in asked if isinstance(asked, (list, tuple)) else []:
        office.product.work.claim(request.id)
        office.product.work.end(request.id)


def due(office: Office) -> set[str]:
    """Who is asked for now."""
    asked: list[RunRequest] = list(office.product.dispatch.ask_for_due(TIMETABLE, 10))
    over(office, asked)
    return {office.product.profile_name(request.profile).partition("/")[0] for request in asked}


def heard(office: Office, wanted: set[str]) -> None:
    """Until all of them were due, and nobody else was."""
    found: set[str] = set()

    def all_there() -> bool:
        found.update(due(office))
        return found >= wanted

    until(all_there, "the hint")
    assert found == wanted


@pytest.mark.usefixtures("listener")
def test_who_changes_something_in_outlook_is_due_and_nobody_else(office: Office) -> None:
    assert due(office) == set()
    office.outlook.contact("Schulz")
    heard(office, {"anna"})
    assert office.sync_by_schedule().status.value == "done"
    assert office.wice.flagged() == {"Schulz"}


@pytest.mark.usefixtures("listener")
def test_one_connection_serves_all_mailboxes(office: Office) -> None:
    for user in USERS:
        office.mailboxes[user].contact("Schulz")
    heard(office, set(USERS))
    assert office.sandbox.counters("ews")["requests"]["GetStreamingEvents"] == 1


@pytest.mark.usefixtures("listener")
def test_R28_our_own_writes_lead_to_one_more_run_and_no_further(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.sync()
    rested(office)
    heard(office, {"anna"})
    written = office.written()
    assert office.sync_by_schedule().status.value == "nothing_to_do"
    assert office.written() == written
    rested(office)
    office.mailboxes["bernd"].contact("Neu")
    heard(office, {"bernd"})


def test_R36_what_the_listener_misses_the_schedule_finds_and_it_comes_back_by_itself(
    office: Office, listener: Listener
) -> None:
    office.sandbox.control("ews", "DELETE", "streams")
    office.outlook.contact("Schulz")
    assert office.sync_by_schedule().status.value == "done"
    assert office.wice.flagged() == {"Schulz"}
    until(connected(office), "the new connection")
    rested(office)
    due(office)
    office.mailboxes["bernd"].contact("Neu")
    heard(office, {"bernd"})
    assert listener.look() == Standing(watched=2, connections=1)


def test_a_mailbox_that_cannot_be_watched_is_left_to_its_schedule(office: Office) -> None:
    office.sandbox.fault("ews", "item_error", operation="Subscribe", code="ErrorAccessDenied")
    with closing(Listener(office.product)) as listener:
        listener.look()
        until(connected(office), "the connection")
        assert listener.look() == Standing(watched=1, connections=1, polled=1)
        office.outlook.contact("Schulz")
        office.mailboxes["bernd"].contact("Neu")
        heard(office, {"bernd"})


def test_of_several_listeners_one_works_and_another_follows_when_it_dies(office: Office) -> None:
    product = office.product
    engine = product.database._engine
    product.listening = SqlBudgets(engine, timedelta(milliseconds=300))  # type: ignore[misc] # a shorter patience
    first, second = Listener(product), Listener(product)
    assert first.look().watched == len(USERS)
    assert second.look() == Standing()
    until(lambda: second.look().watched == len(USERS), "its turn")
    assert first.look() == Standing(), "who was silent for too long steps back"
    second.close()
    assert first.look().watched == len(USERS)
    first.close()


def test_profiles_that_do_not_run_by_themselves_are_not_watched(office: Office) -> None:
    office.configure(schedule="")
    with closing(Listener(office.product)) as listener:
        listener.look()
        watched = {one.profile for one in office.product.watch_list.watched()}
        assert watched == {ProfileId(office.product.registry.profile("bernd")[0].id)}
