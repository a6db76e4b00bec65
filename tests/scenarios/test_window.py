"""R20 while the months go by: what ages out of the window stays on both sides, a series as a whole, and nothing is taken for deleted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.bootstrap import application
from app.domain.account import Conflict
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import in_outlook, in_wice
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.APPOINTMENTS
WINDOW = 60
NOTHING: dict[str, int] = {}


class Calendar:
    """What day it is for the product; the servers need not know."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = timedelta()
        monkeypatch.setattr(application, "now", self._now)

    def months_pass(self, months: int = 1) -> None:
        self.passed += timedelta(days=30 * months)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.passed


# Named first by every test: the office is closed before the clock is put back.
@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


def from_today(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


def furnish(office: Office) -> None:
    """Single ones and series, by both hands: some reach into the window from before it, one of them for ever."""
    days = {"Vorbei": -20, "Bald": 20, "In fünf Monaten": 150}
    for title, day in days.items():
        office.wice.appointment(f"{title} W", "anna", day=from_today(day).isoformat())
        office.outlook.appointment(f"{title} E", from_today(day).isoformat())
    begin = from_today(-300)
    rules = {
        "Reicht herein": f"FREQ=WEEKLY;UNTIL={from_today(30):%Y%m%d}",
        "Endlos": "FREQ=MONTHLY",
        "Kurz": "FREQ=DAILY;COUNT=5",
    }
    for title, rule in rules.items():
        first = from_today(-7) if title == "Kurz" else begin
        office.wice.appointment(title, "anna", day=first.isoformat(), rrule=rule, location="Raum 1")


def everything(office: Office) -> tuple[set[str], set[str]]:
    return set(office.wice.appointments()), set(office.outlook.diary())


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R20_nothing_is_lost_or_written_while_the_months_go_by(
    calendar: Calendar, make_office: MakeOffice, conflict: Conflict
):
    office = make_office(conflict=conflict, window_past_days=WINDOW)
    furnish(office)
    assert office.sync().status is Status.DONE
    there = everything(office)
    assert there[0] == there[1]
    assert len(there[0]) == 9
    begin = from_today(-400), from_today(400)
    before = in_wice(office, *begin), in_outlook(office, *begin)
    assert before[0] == before[1]
    for _ in range(12):
        calendar.months_pass()
        report = office.sync()
        assert (report.status, counts(report), hints(report)) == (Status.NOTHING_TO_DO, NOTHING, set())
        assert report.kinds[Kind.APPOINTMENTS].linked == 9
    assert everything(office) == there
    assert (in_wice(office, *begin), in_outlook(office, *begin)) == before


def test_R18_R20_a_series_goes_on_to_travel_as_a_whole_until_its_last_date_has_aged_out(
    calendar: Calendar, office: Office
):
    office.configure(window_past_days=WINDOW)
    first = from_today(-100)
    record = office.wice.appointment("Jour fixe", "anna", day=first.isoformat(), rrule="FREQ=WEEKLY;COUNT=20")
    office.sync()
    early = (first + timedelta(weeks=2)).isoformat()
    office.wice.edit(record, exdates=[early])
    assert counts(office.sync()) == {"appointments exchange change": 1}, (
        "a date before the window, of a series within it"
    )
    office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], 5).delete()
    assert counts(office.sync()) == {"appointments wice change": 1}
    calendar.months_pass(6)
    for hand in (lambda: office.wice.edit(record, location="Saal"), lambda: None):
        hand()
        report = office.sync()
        assert (counts(report), report.kinds[Kind.APPOINTMENTS].linked) == (NOTHING, 1), (
            "it has aged out: it is left alone"
        )
    assert set(office.outlook.diary()) == {"Jour fixe"}
    assert office.outlook.diary()["Jour fixe"].get("place", "") == ""
    office.wice.edit(record, rrule="FREQ=WEEKLY")
    assert counts(office.sync()) == {"appointments exchange change": 1}, "without an end it is within the window again"
    assert office.outlook.diary()["Jour fixe"]["place"] == "Saal"


def test_R20_a_series_that_is_cleaned_up_after_it_aged_out_stays_on_the_other_side(calendar: Calendar, office: Office):
    office.configure(window_past_days=WINDOW)
    rule = "FREQ=DAILY;COUNT=3"
    records = {name: office.wice.appointment(name, "anna", day=from_today(-3).isoformat(), rrule=rule) for name in "AB"}
    office.sync()
    calendar.months_pass(4)
    office.outlook.delete(office.outlook.diary()["A"]["id"])
    office.wice.destroy(records["B"])
    for _ in range(3):
        assert counts(office.sync()) == NOTHING
        calendar.months_pass()
    assert set(office.outlook.diary()) == {"B"}
    assert office.wice.row(records["A"])["participants"] == [office.wice.employee("anna")]
