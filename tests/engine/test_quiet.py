"""Runs in which nothing has changed ask for little, say what any run would say, and miss nothing."""

from __future__ import annotations

import pytest

from app.domain.sync import Kind, Obstacle
from app.services import prepare
from app.services.desk import Stores
from app.services.folders import open_folder
from app.services.quiet import quiet
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.faults import FaultKind


def settle(office: Office) -> RunReport:
    """Synchronise until everything was seen at rest."""
    for _ in range(3):
        report = office.sync()
    return report


def _full(office: Office) -> list[Kind]:
    """The kinds that the next run looks at in full, without carrying it out."""
    with office.run() as run:
        kinds = [kind for kind in Kind if not _is_quiet(run, kind)]
    office.clock.tick(60)
    return kinds


def _is_quiet(run: Run, kind: Kind) -> bool:
    desk = run._desk
    folder = open_folder(desk, kind)
    assert folder
    stores = Stores(wice=desk.crm.store(kind), exchange=desk.mailbox.store(kind, folder))
    standing = desk.ledger.standing(kind, desk.policy.window_start)
    return standing is not None and quiet(desk, stores, standing) is not None


@pytest.fixture
def at_rest(office: Office) -> Office:
    office.wice.add_person(person(), flags=[ANNA])
    office.wice.add_person(person("Weiß", "Karl"), flags=[ANNA])
    office.wice.add_appointment(meeting(), participants=[ANNA])
    settle(office)
    return office


def test_no_list_is_read_and_no_link_loaded_when_nothing_has_changed(at_rest, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("all links are loaded")

    monkeypatch.setattr(prepare, "gather", refuse)
    report = at_rest.sync()
    assert report.status is Status.NOTHING_TO_DO
    contacts = report.kinds[Kind.CONTACTS]
    assert (contacts.linked, contacts.in_wice, contacts.in_exchange) == (2, 2, 2)
    assert report.kinds[Kind.APPOINTMENTS].linked == 1


def test_an_edit_in_wice_ends_the_rest(at_rest):
    item = next(iter(at_rest.wice.rows))
    at_rest.wice.edit(item, phone="1")
    assert _full(at_rest) == [Kind.CONTACTS]
    assert at_rest.sync().kinds[Kind.CONTACTS].writes == 1


def test_R8_a_deletion_in_exchange_ends_the_rest(at_rest):
    at_rest.exchange.delete(at_rest.in_outlook()["Schulz, Anna"])
    assert _full(at_rest) == [Kind.CONTACTS]
    assert at_rest.sync().kinds[Kind.CONTACTS].writes == 1


def test_R20_what_leaves_the_window_is_neither_lost_nor_a_change(at_rest):
    at_rest.clock.tick(3600 * 24 * 700)
    before = at_rest.sync().kinds[Kind.APPOINTMENTS]
    after = settle(at_rest).kinds[Kind.APPOINTMENTS]
    assert (after.linked, after.in_wice, after.in_exchange, after.writes) == (1, 0, 1, 0)
    assert (before.linked, before.in_wice, before.in_exchange) == (1, 0, 1)


def test_R7_hints_about_held_items_stay(at_rest):
    at_rest.exchange.obstruct(at_rest.exchange.add(at_rest.folder(), person("Liste", "")), Obstacle.NOT_A_CONTACT)
    told = settle(at_rest).kinds[Kind.CONTACTS]
    assert _full(at_rest) == []
    again = at_rest.sync().kinds[Kind.CONTACTS]
    assert again.hints == told.hints != []
    assert (
        (again.in_exchange, again.in_wice, again.linked) == (told.in_exchange, told.in_wice, told.linked) == (3, 2, 2)
    )


def test_R5_where_no_person_of_a_company_is_linked_no_company_is_asked_for(at_rest):
    with at_rest.run() as run:
        standing = run._desk.ledger.standing(Kind.CONTACTS, None)
        assert standing
        assert not standing.children


def test_R8_R27_what_an_analysis_found_missing_in_wice_is_found_again(at_rest):
    item = next(iter(at_rest.wice.rows))
    at_rest.wice.unflag(item, ANNA)
    for _ in range(3):
        assert at_rest.analyse().kinds[Kind.CONTACTS].writes == 1
    assert at_rest.sync().kinds[Kind.CONTACTS].writes == 1
    settle(at_rest)
    assert _full(at_rest) == []


def test_R8_R30_what_was_missing_in_wice_when_a_run_broke_off_is_found_again(at_rest):
    at_rest.wice.unflag(next(iter(at_rest.wice.rows)), ANNA)
    at_rest.exchange.faults.add(FaultKind.CUT_BEFORE, "delete", count=1)
    assert at_rest.sync().status is not Status.DONE
    assert at_rest.sync().kinds[Kind.CONTACTS].writes == 1


def test_R8_R29_what_is_missing_in_wice_waits_for_confirmation_in_every_run(office):
    for number in range(8):
        office.wice.add_person(person(f"Nr. {number}"), flags=[ANNA])
    settle(office)
    for item in list(office.wice.rows)[:6]:
        office.wice.unflag(item, ANNA)
    for _ in range(3):
        assert office.sync().status is Status.NEEDS_CONFIRMATION
