"""Servers that fail: R30, R32, R40, R42. The next run neither doubles nor loses anything."""

from __future__ import annotations

import pytest

from app.domain.account import Direction
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

DAY = "2031-05-12"
NAMES = {"Schulz", "Lehmann", "Neu"}
WRITES = [
    ("ews", "CreateItem"),
    ("ews", "UpdateItem"),
    ("ews", "DeleteItem"),
    ("wice", "insert_contact"),
    ("wice", "insert_company"),
    ("wice", "update_contact"),
    ("wice", "set_outlook_sync"),
    ("wice", "insert_appointment"),
    ("wice", "update_appointment"),
    ("wice", "remove_appointment_participant"),
]
TROUBLE = [
    *((*write, "cut_after") for write in WRITES),
    *((*write, fault) for write in (WRITES[0], WRITES[3]) for fault in ("cut_before", "error", "busy")),
]


def busy_day(office: Office) -> None:
    """Something of everything is to be done: on both sides create, change and remove, contacts and appointments."""
    for name in ("Schulz", "Lehmann", "Weg W", "Weg E"):
        office.wice.person(name, "anna", position="alt")
    for title in ("Ändern W", "Ändern E", "Weg W", "Weg E"):
        office.wice.appointment(title, "anna", "bernd", day=DAY)
    office.sync()
    persons, meetings = office.wice.persons(), office.wice.appointments()
    cards, diary = office.outlook.cards(), office.outlook.diary()
    office.wice.edit(f"p:{persons['Schulz']['rowid']}", position="neu")
    office.outlook.change(cards["Lehmann"]["id"], job="neu")
    office.wice.unflag(f"p:{persons['Weg W']['rowid']}", "anna")
    office.outlook.delete(cards["Weg E"]["id"])
    office.outlook.contact("Neu", company="Neu AG")
    office.wice.person("Neu W", "anna")
    office.wice.edit(f"a:{meetings['Ändern W']['rowid']}", location="neu")
    office.outlook.change(diary["Ändern E"]["id"], place="neu")
    office.wice.leave(f"a:{meetings['Weg W']['rowid']}", "anna")
    office.outlook.delete(diary["Weg E"]["id"])
    office.outlook.appointment("Neu E", DAY)
    office.wice.appointment("Neu W", "anna", day=DAY)


def day_is_done(office: Office) -> None:
    """Everything arrived, once."""
    assert office.wice.flagged() == {"Schulz", "Lehmann", "Neu", "Neu W", "Neu AG"}
    cards, diary = office.outlook.cards(), office.outlook.diary()
    assert set(cards) == {"Schulz", "Lehmann", "Neu", "Neu W", "Neu AG"}
    assert cards["Schulz"]["job"] == office.wice.persons()["Lehmann"]["position"] == "neu"
    assert set(diary) == {"Ändern W", "Ändern E", "Neu E", "Neu W"}
    assert diary["Ändern W"]["place"] == office.wice.appointments()["Ändern E"]["location"] == "neu"
    assert set(office.wice.appointments()) == {*diary, "Weg W", "Weg E"}
    assert len(office.wice.companies()) == 1


@pytest.mark.parametrize(("server", "operation", "fault"), TROUBLE, ids=lambda name: name)
def test_R30_a_write_whose_answer_is_lost_is_neither_doubled_nor_forgotten(
    office: Office, server: str, operation: str, fault: str
):
    busy_day(office)
    office.sandbox.fault(server, fault, operation=operation)  # type: ignore[arg-type] # one of the two names
    report = office.sync()
    for _ in range(3):
        if report.status is Status.NOTHING_TO_DO:
            break
        report = office.sync()
    day_is_done(office)


def test_R30_a_creation_that_takes_effect_after_we_gave_up_leaves_no_double(office: Office):
    office.wice.person("Schulz", "anna")
    office.sandbox.fault("ews", "late_create", operation="CreateItem", seconds=0.2)
    office.sync()
    created_again = counts(office.sync()).get("contacts exchange add", 0)
    office.wait_for(lambda: len(office.outlook.everything("contacts/Wice")) == 1 + created_again)
    office.sync()
    assert set(office.outlook.cards()) == {"Schulz"}


def test_R32_one_refused_contact_stops_nobody_and_travels_when_the_server_relents(office: Office):
    for name in ("Eins", "Zwei", "Drei"):
        office.wice.person(name, "anna")
    office.sandbox.fault("ews", "item_error", operation="CreateItem", index=1, code="ErrorItemSave")
    report = office.sync()
    assert report.status is Status.PARTIAL
    assert counts(report) == {"contacts exchange add": 2}
    ((item, error),) = report.kinds[Kind.CONTACTS].failed
    assert error.startswith("ErrorItemSave")
    assert item not in office.outlook.cards()
    assert counts(office.sync()) == {"contacts exchange add": 1}


def test_R32_refused_in_five_runs_it_rests_with_its_error_until_it_changes(office: Office):
    record = office.wice.person("Schulz", "anna")
    office.wice.person("Gut", "anna")
    office.sync()
    office.wice.edit(record, position="unmöglich")
    office.sandbox.fault("ews", "item_error", operation="UpdateItem", index=0, code="ErrorItemSave", count=99)
    assert [office.sync().status for _ in range(5)] == [Status.PARTIAL] * 5
    before = office.sandbox.counters("ews")["requests"]["UpdateItem"]
    report = office.sync()
    assert report.status is Status.NOTHING_TO_DO
    assert ("quarantined", "Schulz") in hints(report)
    assert "ErrorItemSave" in str(report.json())
    assert office.sandbox.counters("ews")["requests"]["UpdateItem"] == before
    office.sandbox.control("ews", "DELETE", "faults")
    office.wice.edit(record, position="möglich")
    assert counts(office.sync()) == {"contacts exchange change": 1}


def test_R32_wice_refuses_one_of_several_new_contacts(office: Office):
    for name in ("Eins", "Zwei"):
        office.outlook.contact(name)
    # A first {"error": ...} may mean an expired session, so it takes two for a refusal.
    office.sandbox.fault("wice", "denied", operation="insert_contact", count=2)
    report = office.sync()
    assert (report.status, counts(report)) == (Status.PARTIAL, {"contacts wice add": 1})
    office.sync()
    assert set(office.wice.persons()) == {"Eins", "Zwei"}


def test_R40_what_another_program_keeps_undoing_is_frozen_with_the_field_and_thawed_by_an_edit(make_office: MakeOffice):
    office = make_office(direction=Direction.TO_EXCHANGE)
    record = office.wice.person("Schulz", "anna", position="Chefin")
    office.sync()

    def other_program() -> None:
        office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="CHEFIN!")

    for _ in range(3):
        other_program()
        assert counts(office.sync()) == {"contacts exchange change": 1}
    other_program()
    report = office.sync()
    assert (counts(report), report.status) == ({}, Status.NOTHING_TO_DO)
    assert ("frozen", "Schulz") in hints(report)
    assert [hint.detail for hint in report.kinds[Kind.CONTACTS].hints] == ["position"]
    office.wice.edit(record, position="Direktorin")
    assert counts(office.sync()) == {"contacts exchange change": 1}


SYNC_FAULTS = ["invalid_sync_state", "repeat_page", "duplicate_items"]


@pytest.mark.parametrize("fault", SYNC_FAULTS)
def test_R42_an_idle_mailbox_that_lists_nonsense_loses_nothing(office: Office, fault: str):
    for name in ("Eins", "Zwei", "Drei"):
        office.wice.person(name, "anna")
        office.wice.appointment(name, "anna", day=DAY)
    office.sync()
    office.sandbox.fault("ews", fault, operation="SyncFolderItems", count=2)
    assert counts(office.sync()) == {}
    assert set(office.outlook.cards()) == set(office.outlook.diary()) == {"Eins", "Zwei", "Drei"}


@pytest.mark.parametrize("fault", SYNC_FAULTS)
def test_R42_changes_made_meanwhile_arrive_as_if_nothing_had_happened(office: Office, fault: str):
    for name in ("Ändern", "Löschen", "Bleiben", "Ruhen"):
        office.wice.person(name, "anna", position="alt")
    office.sync()
    office.sync()
    cards = office.outlook.cards()
    office.outlook.change(cards["Ändern"]["id"], job="neu")
    office.outlook.delete(cards["Löschen"]["id"])
    office.outlook.contact("Neu")
    office.sandbox.fault("ews", fault, operation="SyncFolderItems")
    for _ in range(3):
        office.sync()
    assert office.wice.flagged() == {"Ändern", "Bleiben", "Ruhen", "Neu"}
    assert office.wice.persons()["Ändern"]["position"] == "neu"
    assert len(office.wice.persons()) == 5


def test_R42_no_deletion_on_the_evidence_of_a_run_that_lost_its_sync_state(office: Office):
    for name in ("Eins", "Zwei", "Drei"):
        office.wice.person(name, "anna")
    office.sync()
    office.outlook.delete(office.outlook.cards()["Eins"]["id"])
    office.sandbox.fault("ews", "invalid_sync_state", operation="SyncFolderItems")
    assert counts(office.sync()) == {}
    assert counts(office.sync()) == {"contacts wice delete": 1}
    assert office.wice.flagged() == {"Zwei", "Drei"}


@pytest.mark.parametrize("fault", ["truncated_page", "empty_list"])
def test_R42_short_lists_of_either_server_delete_nothing(office: Office, fault: str):
    for name in ("Eins", "Zwei"):
        office.wice.person(name, "anna")
        office.wice.appointment(name, "anna", day=DAY)
    office.sync()
    office.sandbox.fault("wice", fault, count=40)
    if fault == "truncated_page":
        office.sandbox.fault("ews", fault, operation="SyncFolderItems", count=2)
    office.sync()
    assert set(office.outlook.cards()) == set(office.outlook.diary()) == office.wice.flagged() == {"Eins", "Zwei"}


@pytest.mark.parametrize("fault", ["session_expired", "garbage", "throttled"])
def test_R30_wice_in_a_bad_mood_costs_a_run_at_most(office: Office, fault: str):
    busy_day(office)
    office.sandbox.fault("wice", fault, skip=6)
    office.sync()
    office.sync()
    day_is_done(office)


def test_a_refused_login_at_exchange_is_tried_once_and_deletes_nothing(office: Office):
    office.wice.person("Schulz", "anna")
    office.sync()
    office.sandbox.fault("ews", "unauthorized", count=50)
    before = office.sandbox.counters("ews")["requests"]["total"]
    report = office.sync()
    assert report.status is Status.FAILED
    assert report.message
    assert office.sandbox.counters("ews")["requests"]["total"] - before <= 2, "an account must not be locked out"
    assert office.wice.flagged() == {"Schulz"}
