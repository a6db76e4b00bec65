"""Both servers are asked at the same time before a run compares; what either has against it comes out as if they had been asked in turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest

from app.domain.sync import Kind
from app.errors import Halt, HaltCode, Retry
from app.services.report import Status
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.exchange_store import FakeExchangeStore
from tests.fakes.faults import Crash
from tests.fakes.wice_store import FakeWiceStore

PATIENCE_S = 20


@pytest.fixture
def linked(office: Office) -> Office:
    office.wice.add_person(person(), flags=[ANNA])
    office.wice.add_appointment(meeting(), participants=[ANNA])
    office.sync()
    office.sync()
    return office


def _raising(error: Exception):
    def look_ahead(store: object, cursor: str | None) -> None:
        raise error

    return look_ahead


def test_neither_server_waits_for_the_other(linked, monkeypatch):
    together = Barrier(2, timeout=PATIENCE_S)
    asked = []

    def look_ahead(store: FakeWiceStore | FakeExchangeStore, cursor: str | None) -> None:
        together.wait()
        asked.append((store.side, store.kind, cursor is not None))

    for store in (FakeWiceStore, FakeExchangeStore):
        monkeypatch.setattr(store, "look_ahead", look_ahead)
    assert linked.sync().status is Status.NOTHING_TO_DO
    assert sorted(asked) == [
        (side, kind, True) for side in ("exchange", "wice") for kind in ("appointments", "contacts")
    ]


@pytest.mark.parametrize("side", ["wice", "exchange"])
def test_a_refused_login_is_tried_once(linked, side, monkeypatch):
    linked.configure(appointments=False)  # or Wice would be asked what it offers before that
    monkeypatch.setattr(FakeWiceStore, "look_ahead", lambda store, _: store._crm.call("list", list))
    if side == "wice":
        linked.wice.refused_users.add(ANNA)
        failed, name = linked.wice.failed_logins, ANNA
    else:
        linked.exchange.refused_mailboxes.add(f"{ANNA}@example.com")
        failed, name = linked.exchange.failed_logins, f"{ANNA}@example.com"
    report = linked.sync()
    assert (report.status, report.kinds, failed[name]) == (Status.FAILED, {}, 1)
    assert f"{side.capitalize()} refuses the login" in report.message


@pytest.mark.parametrize("store", [FakeWiceStore, FakeExchangeStore])
def test_a_busy_server_ends_the_run_and_the_next_one_finds_all(linked, store, monkeypatch):
    linked.wice.edit(next(iter(linked.wice.rows)), phone="1")
    with monkeypatch.context() as patched:
        patched.setattr(store, "look_ahead", _raising(Retry("The server is busy.", after=timedelta(seconds=90))))
        report = linked.sync()
    assert (report.status, report.message, report.retry_after_s) == (Status.FAILED, "The server is busy.", 90)
    assert linked.sync().kinds[Kind.CONTACTS].writes == 1


@pytest.mark.parametrize("store", [FakeWiceStore, FakeExchangeStore])
def test_R26_what_stops_one_kind_does_not_stop_the_other(linked, store, monkeypatch):
    def look_ahead(asked: FakeWiceStore | FakeExchangeStore, cursor: str | None) -> None:
        del cursor
        if asked.kind is Kind.CONTACTS:
            raise Halt(HaltCode.FOLDER_VANISHED, "It is gone.")

    monkeypatch.setattr(store, "look_ahead", look_ahead)
    report = linked.sync()
    assert (report.status, report.message) == (Status.FAILED, "It is gone.")
    assert report.kinds[Kind.CONTACTS].error == "It is gone."
    assert (report.kinds[Kind.APPOINTMENTS].error, report.kinds[Kind.APPOINTMENTS].linked) == ("", 1)


def test_exchange_is_told_of_first_if_both_are_in_trouble(linked, monkeypatch):
    for store, words in ((FakeWiceStore, "Wice"), (FakeExchangeStore, "Exchange")):
        monkeypatch.setattr(store, "look_ahead", _raising(Retry(f"{words} is busy.")))
    assert linked.sync().message == "Exchange is busy."


def test_R30_what_was_begun_is_recovered_before_anything_is_asked(office, monkeypatch):
    office.wice.add_person(person(), flags=[ANNA])

    def die(name: str) -> None:
        if name == "after create":
            raise Crash(name)

    office.exchange.faults.on_point = die
    with pytest.raises(Crash):
        office.sync()
    office.exchange.faults.clear()
    asked = []
    for store in (FakeWiceStore, FakeExchangeStore):
        monkeypatch.setattr(store, "look_ahead", lambda store, _: asked.append(store.kind))
    assert office.sync().kinds[Kind.CONTACTS].linked == 1
    assert asked == []


def test_a_worker_that_is_told_to_stop_asks_nothing_more(linked, monkeypatch):
    """Exchange's question is interrupted while Wice answers its first one."""
    answering, told = Event(), Event()
    asked = []

    def wice(store: FakeWiceStore, cursor: str | None) -> None:
        asked.append(store.kind)
        answering.set()
        assert told.wait(PATIENCE_S)

    def exchange(store: FakeExchangeStore, cursor: str | None) -> None:
        assert answering.wait(PATIENCE_S)
        raise Crash

    shut_down = ThreadPoolExecutor.shutdown

    def shutdown(pool: ThreadPoolExecutor, *, wait: bool = True) -> None:
        told.set()  # the block has been left by the error
        shut_down(pool, wait=wait)

    monkeypatch.setattr(FakeWiceStore, "look_ahead", wice)
    monkeypatch.setattr(FakeExchangeStore, "look_ahead", exchange)
    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", shutdown)
    with pytest.raises(Crash):
        linked.sync()
    assert asked == [Kind.CONTACTS]
