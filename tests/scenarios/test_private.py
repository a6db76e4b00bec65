"""Private appointments over both servers, by the profile's choice (R19); changing the choice loses nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.account import PrivateAppointments
from app.domain.ids import ItemId
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import in_outlook, in_wice
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts

ONLY = Kind.APPOINTMENTS
CONTENT, STAYS, BUSY = (PrivateAppointments(name) for name in ("content", "exchange", "busy"))
DAY = "2031-05-12"
ADD, CHANGE = {"appointments wice add": 1}, {"appointments wice change": 1}
PRIVATE = {"private": "Private"}


def at_the_doctor(office: Office, **fields: Any) -> ItemId:
    return office.outlook.appointment("Arzt", DAY, place="Klinik", text="Befund", **PRIVATE | fields)


def record(office: Office, title: str) -> str:
    return f"a:{office.wice.appointments()[title]['rowid']}"


def in_the_crm(office: Office) -> dict[str, tuple[str, ...]]:
    return {
        title: tuple(row.get(name, "") for name in ("description", "location", "private", "time_start"))
        for title, row in office.wice.appointments().items()
    }


def test_R19_wice_shows_when_somebody_is_busy_and_nothing_else(make_office: MakeOffice):
    office = make_office(private_appointments=BUSY)
    item = at_the_doctor(office)
    assert counts(office.sync()) == ADD
    assert in_the_crm(office) == {"Privat": ("", "", "1", "10:00")}
    office.outlook.change(item, text="Neuer Befund")
    assert office.sync().status is Status.NOTHING_TO_DO
    office.outlook.change(item, **office.outlook.times(DAY, "12:00-13:00"))
    assert counts(office.sync()) == CHANGE
    assert in_the_crm(office) == {"Privat": ("", "", "1", "12:00")}
    office.wice.edit(record(office, "Privat"), title="Weg?", time_start="14:00", time_end="15:00")
    assert counts(office.sync()) == {"appointments exchange change": 1}
    seen = office.outlook.diary()["Arzt"]
    assert (seen["place"], "Neuer Befund" in seen["text"], seen["private"]) == ("Klinik", True, "Private")
    assert seen["start"].startswith(f"{DAY}T12:00")
    assert list(in_the_crm(office)) == ["Weg?"]


def test_R14_R19_what_stays_in_outlook_is_not_seen_in_wice_and_not_deleted_from_there(make_office: MakeOffice):
    office = make_office(private_appointments=STAYS)
    at_the_doctor(office)
    office.outlook.appointment("Kunde", DAY, "08:00-09:00", text="Angebot")
    assert counts(office.sync()) == ADD
    assert list(in_the_crm(office)) == ["Kunde"]
    office.outlook.change(office.outlook.diary()["Kunde"]["id"], **PRIVATE)
    assert counts(office.sync()) == CHANGE
    assert in_the_crm(office) == {"Privat": ("", "", "1", "08:00")}, "it was public: its words go, its time stays"
    office.wice.leave(record(office, "Privat"), "anna")
    office.sync()
    assert set(office.outlook.diary()) == {"Arzt", "Kunde"}
    assert office.outlook.binned() == set()


def test_R19_changing_the_choice_loses_nothing(make_office: MakeOffice):
    office = make_office(private_appointments=CONTENT)
    item = at_the_doctor(office)
    office.wice.appointment("In Wice privat", "anna", day="2031-05-13", private="1", description="Nur hier")
    office.sync()
    words = ("Befund", "Klinik", "1", "10:00")
    for choice in (BUSY, STAYS, BUSY):
        office.configure(private_appointments=choice)
        assert office.analyse(thorough=True).status is Status.NOTHING_TO_DO
        assert in_the_crm(office)["Arzt"] == words, "what is private in Wice already stays there"
    office.outlook.change(item, **office.outlook.times(DAY, "12:00-13:00"))
    office.sync()
    assert in_the_crm(office)["Arzt"] == ("Befund", "Klinik", "1", "12:00")
    office.outlook.change(item, text="Geheim")
    office.outlook.appointment("Bank", "2031-05-14", **PRIVATE)
    office.sync()
    assert set(in_the_crm(office)) == {"Arzt", "In Wice privat", "Privat"}
    office.configure(private_appointments=CONTENT)
    assert office.sync().status is Status.NOTHING_TO_DO
    for title in ("Arzt", "Bank"):
        office.outlook.change(office.outlook.diary()[title]["id"], place="Hof")
    office.sync()
    assert set(in_the_crm(office)) == {"Arzt", "In Wice privat", "Bank"}, "with the next edit they come whole"
    assert in_the_crm(office)["Arzt"][0] == "Geheim"
    assert {one["title"] for one in office.outlook.diary().values()} == set(in_the_crm(office))


def test_R19_what_stayed_in_outlook_comes_when_it_may(make_office: MakeOffice):
    office = make_office(private_appointments=STAYS)
    at_the_doctor(office)
    assert office.sync().status is Status.NOTHING_TO_DO
    office.configure(private_appointments=BUSY)
    assert counts(office.sync()) == ADD
    assert list(in_the_crm(office)) == ["Privat"]


@pytest.mark.parametrize("choice", [BUSY, STAYS])
def test_R18_R19_a_private_date_of_a_public_series_is_busy_at_its_time(
    make_office: MakeOffice, choice: PrivateAppointments
):
    office = make_office(private_appointments=choice)
    first = date(2031, 3, 17)
    record = office.wice.appointment("Jour fixe", "anna", day=first.isoformat(), rrule="FREQ=WEEKLY;COUNT=5")
    office.sync()
    occurrence = office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 3)
    occurrence.refresh()
    occurrence.subject, occurrence.sensitivity, occurrence.location = "Arzt", "Private", "Klinik"
    occurrence.start += timedelta(hours=3)
    occurrence.end += timedelta(hours=3)
    occurrence.save(update_fields=["subject", "sensitivity", "location", "start", "end"])
    assert counts(office.sync()) == CHANGE
    [override] = office.wice.row(record)["overrides"]
    assert (override["title"], override["location"], override["private"]) == ("Privat", "", "1")
    assert office.wice.row(record)["title"] == "Jour fixe"
    shown, seen = (list(read(office, first, first + timedelta(weeks=6))) for read in (in_wice, in_outlook))
    assert len(shown) == len(seen) == 5
    office.wice.edit(record, location="Raum 2")
    office.sync()
    occurrence = office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 3)
    occurrence.refresh()
    assert (occurrence.subject, occurrence.location) == ("Arzt", "Klinik")
    office.wice.edit(record, overrides=[])
    office.sync()
    occurrence = office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 3)
    occurrence.refresh()
    assert (occurrence.subject, occurrence.sensitivity) == ("Arzt", "Private"), "at its usual time, with its words"
