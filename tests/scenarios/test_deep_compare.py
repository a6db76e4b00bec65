"""A deep compare finds what servers do not announce: everything is listed and read, and nothing is taken for deleted unasked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.domain.account import Conflict
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import in_outlook, in_wice
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

MONDAY = date(2031, 3, 17)
CHANGE = {"appointments wice change": 1}


def weekly(office: Office) -> str:
    record = office.wice.appointment("Jour fixe", "anna", day=MONDAY.isoformat(), rrule="FREQ=WEEKLY;COUNT=10")
    assert counts(office.sync()) == {"appointments exchange add": 1}
    return record


def alike(office: Office) -> int:
    """Both calendars show the same occurrences to independent readers; how many."""
    ours, theirs = (read(office, MONDAY, MONDAY + timedelta(weeks=20)) for read in (in_wice, in_outlook))
    assert ours == theirs
    return len(ours)


def move_third(office: Office) -> None:
    occurrence = office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 3)
    occurrence.refresh()
    occurrence.start += timedelta(hours=2)
    occurrence.end += timedelta(hours=2)
    occurrence.save(update_fields=["start", "end"])


def delete_fourth(office: Office) -> None:
    office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 4).delete()


def time_passes(office: Office, days: int) -> None:
    """The last deep compare was so many days ago."""
    with office.product.database._engine.begin() as connection:
        connection.execute(update(profiles).values(deep_compared_at=datetime.now(UTC) - timedelta(days=days)))


@pytest.mark.parametrize(
    ("edit", "operation", "size"), [(move_third, "UpdateItem", 10), (delete_fourth, "DeleteItem", 9)]
)
def test_R18_an_occurrence_that_the_server_does_not_announce_is_found_by_a_thorough_analysis(
    office: Office, edit: Callable[[Office], None], operation: str, size: int
):
    weekly(office)
    office.sandbox.fault("ews", "silent_change", operation=operation)
    edit(office)
    assert office.sync().status is Status.NOTHING_TO_DO, "no list tells of it"
    report = office.analyse(thorough=True)
    assert (counts(report), report.json()["thorough"]) == (CHANGE, True)
    assert counts(office.analyse()) == CHANGE, "the finding stays until it is dealt with"
    assert counts(office.sync()) == CHANGE
    assert alike(office) == size


def test_R18_a_server_that_never_announces_occurrences_gets_and_gives_them_all_the_same(office: Office):
    record = weekly(office)
    office.sandbox.fault("ews", "silent_change", operation="UpdateItem", count=1000)
    move_third(office)
    time_passes(office, 7)
    assert counts(office.sync()) == CHANGE
    moved = office.wice.row(record)["overrides"]
    first = {"recurrence_id": f"{MONDAY} 10:00", "title": "Jour fixe, erster"}
    office.wice.edit(record, overrides=[first, *moved])
    assert counts(office.sync()) == {"appointments exchange change": 1}
    assert alike(office) == 10


def test_a_contact_that_the_server_does_not_announce_is_found_once_a_week(office: Office):
    office.wice.person("Schulz", "anna", phone="030 1")
    office.wice.person("Weiß", "anna", phone="030 2")
    office.sync()
    office.sandbox.fault("ews", "silent_change", operation="UpdateItem")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], phone="030 9")
    assert office.sync().status is Status.NOTHING_TO_DO
    time_passes(office, 6)
    assert office.sync().status is Status.NOTHING_TO_DO
    time_passes(office, 7)
    assert counts(office.sync()) == {"contacts wice change": 1}
    before = office.sandbox.counters("ews")["requests"]["total"]
    assert office.sync().status is Status.NOTHING_TO_DO
    assert office.sandbox.counters("ews")["requests"]["total"] - before <= 4, "the next one is a week away"


def test_a_profile_may_do_without(office: Office):
    office.configure(deep_compare_days=0)
    office.wice.person("Schulz", "anna", phone="030 1")
    office.sync()
    office.sandbox.fault("ews", "silent_change", operation="UpdateItem")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], phone="030 9")
    time_passes(office, 1000)
    assert "thorough" not in office.sync().json()
    assert counts(office.analyse(thorough=True)) == {"contacts wice change": 1}
    office.sync()


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R22_an_unannounced_change_and_one_on_the_other_side_are_a_conflict(
    make_office: MakeOffice, conflict: Conflict
):
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna", phone="030 1")
    office.sync()
    office.sandbox.fault("ews", "silent_change", operation="UpdateItem")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], phone="030 9")
    office.wice.edit(record, phone="030 5")
    time_passes(office, 7)
    report = office.sync()
    assert report.kinds[Kind.CONTACTS].conflicts == 1
    winner = "030 5" if conflict is Conflict.WICE else "030 9"
    assert (office.wice.row(record)["phone"], office.outlook.cards()["Schulz"]["phone"]) == (winner, winner)


def test_R29_R42_a_deep_compare_takes_nothing_for_deleted_that_a_list_leaves_out(office: Office):
    for number in range(24):
        office.wice.person(f"Nr. {number:02}", "anna")
    office.sync()
    office.sandbox.fault("ews", "truncated_page", operation="SyncFolderItems")
    office.sandbox.fault("wice", "truncated_page", operation="get_all_persons")
    report = office.analyse(thorough=True)
    assert (report.status, counts(report)) == (Status.NOTHING_TO_DO, {})
    assert "listing_incomplete" in {reason for reason, _ in hints(report)}


def test_R9_R42_what_a_replayed_page_hid_is_healed(office: Office):
    """The server answers a list of changes with the page of before, an empty one, and then takes them for told."""
    gone, edited = (office.wice.person(name, "anna", phone="030 1") for name in ("Weg", "Neu"))
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    office.outlook.delete(office.outlook.cards()["Weg"]["id"])
    office.outlook.change(office.outlook.cards()["Neu"]["id"], phone="030 9")
    office.outlook.contact("Ganz neu")
    office.sandbox.fault("ews", "repeat_page", operation="SyncFolderItems", count=2)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert office.sync().status is Status.NOTHING_TO_DO, "no list will tell of it"
    report = office.analyse(thorough=True)
    assert counts(report) == {"contacts wice add": 1, "contacts wice change": 1}
    assert "absence_unproven" in {reason for reason, _ in hints(report)}, "one inventory alone is no evidence"
    assert counts(office.sync()) == {"contacts wice add": 1, "contacts wice change": 1}, "the plan that was seen"
    assert counts(office.sync()) == {"contacts wice delete": 1}, "asked again"
    assert office.wice.row(edited)["phone"] == "030 9"
    assert office.wice.row(gone)["deactivated"] == "0"
    assert set(office.wice.persons()) == {"Weg", "Neu", "Ganz neu"}
    assert len(office.wice.flagged()) == 2


def test_R20_a_deep_compare_leaves_alone_what_has_left_the_window(office: Office):
    today = datetime.now(UTC).date()
    old = (today - timedelta(days=60)).isoformat()
    office.wice.appointment("Damals", "anna", day=old)
    office.sync()
    office.configure(window_past_days=30)
    office.sandbox.fault("ews", "silent_change", operation="UpdateItem")
    office.outlook.change(office.outlook.diary()["Damals"]["id"], place="Keller")
    report = office.analyse(thorough=True)
    assert (report.status, counts(report), hints(report)) == (Status.NOTHING_TO_DO, {}, set())
    assert office.outlook.diary()["Damals"]["place"] == "Keller"


def test_R27_first_runs_count_as_deep_ones(office: Office):
    office.wice.person("Schulz", "anna")
    assert "thorough" not in office.sync().json()
    row = office.product.views.profile("anna", "anna")
    assert row
    assert row.deep_compared_at
