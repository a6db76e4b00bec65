"""Single appointments: R11-R16, R18-R20."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from exchangelib import EWSTimeZone, HTMLBody
from exchangelib.recurrence import DailyPattern, Recurrence

from app.domain.account import Conflict
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.APPOINTMENTS

DAY = "2031-05-12"
NINE = "09:00-09:30"


def test_R11_only_appointments_in_which_one_takes_part_and_that_are_neither_external_nor_binned(office: Office):
    office.wice.appointment("Meiner", "anna", "bernd", day=DAY)
    office.wice.appointment("Bernds", "bernd", day=DAY)
    office.wice.appointment("Abo", "anna", day=DAY, external="1")
    office.wice.bin(office.wice.appointment("Weg", "anna", day=DAY))
    office.sync()
    assert set(office.outlook.diary()) == {"Meiner"}


def test_R12_a_new_one_from_outlook_gets_its_owner_as_participant_and_all_its_fields(office: Office):
    office.outlook.appointment("Besuch", DAY, NINE, place="Kiel", text="Mappe\nmitnehmen", private="Private")
    office.sync()
    row = office.wice.appointments()["Besuch"]
    assert row["participants"] == [office.wice.employee("anna")]
    assert (row["date_start"], row["time_start"], row["date_end"], row["time_end"], row["fulltime"]) == (
        DAY,
        "09:00",
        DAY,
        "09:30",
        "0",
    )
    assert (row["location"], row["description"], row["private"]) == ("Kiel", "Mappe\nmitnehmen", "1")


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R1_R2_changes_travel_both_ways_and_reminder_colour_and_files_survive(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    record = office.wice.appointment("Jour fixe", "anna", day=DAY, category="3", location="Raum 1", description="Thema")
    office.sync()
    item = office.outlook.diary()["Jour fixe"]["id"]
    office.outlook.change(item, categories=["Rot"], reminder=30, busy="OOF", importance="High")
    office.outlook.attach(item, "agenda.pdf")
    assert office.sync().status is Status.NOTHING_TO_DO
    office.wice.edit(record, time_start="08:00", location="")
    office.sync()
    seen = office.outlook.diary()["Jour fixe"]
    kept = ("reminder", "busy", "importance", "attachments", "categories")
    assert seen["start"] == f"{DAY}T06:00:00Z"
    assert "place" not in seen
    assert all(seen[name] for name in kept)
    office.outlook.change(item, title="Runde", place="Raum 2", text="", **office.outlook.times(DAY, NINE))
    office.sync()
    row = office.wice.row(record)
    assert (row["title"], row["location"], row["description"], row["time_start"]) == ("Runde", "Raum 2", "", "09:00")
    assert row["category"] == "3"


def test_R2_a_formatted_body_survives_a_change_of_the_title(office: Office):
    text = HTMLBody("<html><body><p>Bitte <b>dringend</b> lesen</p><ul><li>eins</li><li>zwei</li></ul></body></html>")
    office.outlook.appointment("Alt", DAY, text=text)
    office.sync()
    (row,) = office.wice.appointments().values()
    assert "dringend" in row["description"]
    assert "<" not in row["description"]
    before = office.outlook.diary()["Alt"]["text"]
    office.wice.edit(f"a:{row['rowid']}", title="Neu")
    assert counts(office.sync()) == {"appointments exchange change": 1}
    assert office.outlook.diary()["Neu"]["text"] == before


def test_R13_deleted_in_outlook_only_its_owner_leaves_and_the_appointment_stays_as_it_was(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    record = office.wice.appointment("Jour fixe", "anna", "bernd", day=DAY, description="Thema")
    office.wice.edit(record, additional_participants="Frau Gast", participant_groups=["Vertrieb"])
    for user in office.users:
        office.sync(user)
    before = office.wice.row(record)
    office.outlook.delete(office.outlook.diary()["Jour fixe"]["id"])
    assert counts(office.sync()) == {"appointments wice delete": 1}
    after = office.wice.row(record)
    assert after["participants"] == [office.wice.employee("bernd")]
    ignored = ("participants", "last_update")
    assert all(after[name] == value for name, value in before.items() if name not in ignored)
    office.sync("bernd")
    assert "Anna" not in office.mailboxes["bernd"].diary()["Jour fixe"].get("text", "")


@pytest.mark.parametrize("how", ["leave", "bin", "destroy", "external"])
def test_R14_lost_in_wice_it_goes_to_deleted_items(office: Office, how: str):
    record = office.wice.appointment("Jour fixe", "anna", "bernd", day=DAY)
    office.sync()
    {
        "leave": lambda: office.wice.leave(record, "anna"),
        "bin": lambda: office.wice.bin(record),
        "destroy": lambda: office.wice.destroy(record),
        "external": lambda: office.wice.edit(record, external="1"),
    }[how]()
    assert counts(office.sync()) == {"appointments exchange delete": 1}
    assert office.outlook.binned() == {"Jour fixe"}


def test_R13_R24_restored_from_deleted_items_its_owner_takes_part_again(office: Office):
    record = office.wice.appointment("Jour fixe", "anna", "bernd", day=DAY)
    office.sync()
    office.outlook.delete(office.outlook.diary()["Jour fixe"]["id"])
    office.sync()
    (binned,) = office.outlook.everything("deleteditems")
    office.outlook.restore(binned["id"], Kind.APPOINTMENTS)
    office.sync()
    assert set(office.wice.appointments()) == {"Jour fixe"}
    assert sorted(office.wice.row(record)["participants"]) == sorted(map(office.wice.employee, ("anna", "bernd")))


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R18_a_series_that_cannot_be_carried_is_a_hint_on_either_side_never_flattened_never_deleted(
    make_office: MakeOffice, conflict
):
    office = make_office(conflict=conflict)
    office.wice.appointment("Reihe Wice", "anna", day=DAY, rrule="FREQ=HOURLY")
    office.outlook.put(Kind.APPOINTMENTS, series("Reihe Outlook"))
    report = office.sync()
    assert counts(report) == {}
    assert {reason for reason, _ in hints(report)} == {"series"}
    assert (set(office.wice.appointments()), set(office.outlook.diary())) == ({"Reihe Wice"}, {"Reihe Outlook"})
    assert {reason for reason, _ in hints(office.sync())} == {"series"}, "said again in every run"


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R18_a_linked_appointment_that_becomes_such_a_series_rests_on_both_sides(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    ours = office.wice.appointment("Wird Reihe in Wice", "anna", day=DAY)
    theirs = office.wice.appointment("Wird Reihe in Outlook", "anna", day=DAY)
    office.sync()
    office.wice.edit(ours, rrule="FREQ=HOURLY", title="Reihe in Wice")
    recur(office, "Wird Reihe in Outlook")
    office.wice.edit(theirs, location="Raum 9")
    report = office.sync()
    assert counts(report) == {}
    assert {reason for reason, _ in hints(report)} == {"series"}
    diary = office.outlook.diary()
    assert set(diary) == {"Wird Reihe in Wice", "Wird Reihe in Outlook"}
    office.outlook.delete(diary["Wird Reihe in Wice"]["id"])
    assert counts(office.sync()) == {}
    assert office.wice.row(ours)["participants"] == [office.wice.employee("anna")]


def test_R18_a_series_that_becomes_a_single_appointment_again_travels(office: Office):
    record = office.wice.appointment("Jour fixe", "anna", day=DAY)
    office.sync()
    office.wice.edit(record, rrule="FREQ=HOURLY")
    office.sync()
    office.wice.edit(record, rrule="", location="Raum 2")
    office.sync()
    assert office.outlook.diary()["Jour fixe"]["place"] == "Raum 2"


def test_R19_private_travels_both_ways_and_back(office: Office):
    record = office.wice.appointment("Arzt", "anna", day=DAY, private="1")
    office.outlook.appointment("Zahnarzt", DAY, NINE, private="Private")
    office.sync()
    assert office.outlook.diary()["Arzt"]["private"] == "Private"
    assert office.wice.appointments()["Zahnarzt"]["private"] == "1"
    office.wice.edit(record, private="0")
    office.outlook.change(office.outlook.diary()["Zahnarzt"]["id"], private="Normal")
    office.sync()
    assert office.outlook.diary()["Arzt"].get("private", "Normal") == "Normal"
    assert office.wice.appointments()["Zahnarzt"]["private"] == "0"


@pytest.mark.parametrize("sensitivity", ["Personal", "Confidential"])
def test_R2_R19_personal_and_confidential_are_outlooks_own_and_survive(office: Office, sensitivity: str):
    office.outlook.appointment("Gespräch", DAY, private=sensitivity)
    office.sync()
    (row,) = office.wice.appointments().values()
    office.wice.edit(f"a:{row['rowid']}", location="Raum 2")
    office.sync()
    seen = office.outlook.diary()["Gespräch"]
    assert (seen["place"], seen["private"]) == ("Raum 2", sensitivity)


def ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()  # noqa: DTZ011 - the office's own calendar


def test_R20_only_what_ends_in_the_window_is_picked_up_without_end_ahead(office: Office):
    for name, day in (("Alt", ago(200)), ("Neulich", ago(170)), ("Fern", "2049-12-24")):
        office.wice.appointment(f"{name} W", "anna", day=day)
        office.outlook.appointment(f"{name} E", day, NINE)
    report = office.sync()
    assert counts(report) == {"appointments exchange add": 2, "appointments wice add": 2}
    assert set(office.wice.appointments()) == {"Alt W", "Neulich W", "Neulich E", "Fern W", "Fern E"}
    assert hints(report) == set()


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R20_what_ages_out_of_the_window_stays_on_both_sides_also_when_one_is_cleaned_up(
    make_office: MakeOffice, conflict
):
    office = make_office(conflict=conflict)
    records = {name: office.wice.appointment(name, "anna", day=ago(100)) for name in ("Ruht", "Aufgeräumt", "Entsorgt")}
    office.sync()
    office.configure(window_past_days=50)
    assert office.sync().status is Status.NOTHING_TO_DO, "all three have aged out: that is no emptied calendar (R29)"
    office.outlook.delete(office.outlook.diary()["Aufgeräumt"]["id"])
    office.wice.destroy(records["Entsorgt"])
    assert counts(office.sync()) == {}
    assert set(office.outlook.diary()) == {"Ruht", "Entsorgt"}
    assert office.wice.row(records["Aufgeräumt"])["participants"] == [office.wice.employee("anna")]
    office.configure(window_past_days=180)
    assert counts(office.sync()).get("appointments wice delete", 0) == 0


def test_R20_an_old_appointment_moved_into_the_future_travels(office: Office):
    record = office.wice.appointment("Verschoben", "anna", day=ago(100))
    office.sync()
    office.configure(window_past_days=50)
    office.outlook.change(office.outlook.diary()["Verschoben"]["id"], **office.outlook.times(DAY))
    office.sync()
    assert office.wice.row(record)["date_start"] == DAY


ODD = "tzone://Microsoft/Custom"
"""A zone without any rules."""


def series(title: str) -> str:
    return (
        f"<CalendarItem><Subject>{title}</Subject><Start>{DAY}T08:00:00Z</Start><End>{DAY}T09:00:00Z</End><Recurrence>"
        f"<DailyRecurrence><Interval>1</Interval></DailyRecurrence><NoEndRecurrence><StartDate>{DAY}</StartDate>"
        f'</NoEndRecurrence></Recurrence><StartTimeZone Id="{ODD}"/><EndTimeZone Id="{ODD}"/></CalendarItem>'
    )


def recur(office: Office, title: str) -> None:
    """The owner turns an appointment into a daily one."""
    item = office.outlook._item(office.outlook.diary()[title]["id"])
    item.recurrence = Recurrence(pattern=DailyPattern(interval=1), start=item.start.date(), number=5)
    item._start_timezone = item._end_timezone = EWSTimeZone("America/New_York")
    item.save(update_fields=["recurrence", "_start_timezone", "_end_timezone"])
