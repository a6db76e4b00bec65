"""When an appointment is: R17 for single ones, whatever zone the mailbox, the worker and the summer time are in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import in_wice
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.APPOINTMENTS

BERLIN, MIDNIGHT = ZoneInfo("Europe/Berlin"), clock()
SPRING, AUTUMN = "2031-03-30", "2031-10-26"
"""Sundays on which Berlin's clocks are changed."""
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "UTC"]
ENDS = ["Pacific/Kiritimati", "Pacific/Pago_Pago"]
"""UTC+14 and UTC-11."""
OWN = "tzone://sandbox/"
"""Before a zone's name: an item in it tells only the rules, under a name that nobody knows."""


@pytest.fixture(params=["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def worker_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of the machine that synchronises."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def columns(office: Office, title: str) -> tuple[str, ...]:
    row = office.wice.appointments()[title]
    return tuple(row[name] for name in ("date_start", "time_start", "date_end", "time_end", "fulltime"))


def test_R17_full_time_in_wice_is_all_day_on_the_same_dates(office: Office, worker_zone: str):
    spans = {"Frühling": (SPRING, SPRING), "Herbst": (AUTUMN, AUTUMN), "Messe": ("2031-03-28", "2031-03-31")}
    for title, (first, last) in spans.items():
        office.wice.appointment(title, "anna", day=first, last_day=last, hours="")
    office.sync()
    for title, seen in office.outlook.diary().items():
        start, end = (datetime.fromisoformat(seen[name]).astimezone(BERLIN) for name in ("start", "end"))
        assert (seen["all_day"], start.time(), end.time()) == ("true", MIDNIGHT, MIDNIGHT)
        assert (start.date().isoformat(), (end - timedelta(days=1)).date().isoformat()) == spans[title]


@pytest.mark.parametrize("zone", [*ZONES, *ENDS])
def test_R17_all_day_in_any_mailbox_zone_is_full_time_on_the_same_dates(make_office: MakeOffice, zone: str):
    office = make_office(zone=zone)
    office.outlook.appointment("Frühling", SPRING, "")
    office.outlook.appointment("Herbst", AUTUMN, "", last_day="2031-10-28")
    office.outlook.appointment("Silvester", "2031-12-31", "", last_day="2032-01-01")
    office.sync()
    assert columns(office, "Frühling") == (SPRING, "07:00", SPRING, "23:00", "1")
    assert columns(office, "Herbst") == (AUTUMN, "07:00", "2031-10-28", "23:00", "1")
    assert columns(office, "Silvester") == ("2031-12-31", "07:00", "2032-01-01", "23:00", "1")
    office.wice.edit(f"a:{office.wice.appointments()['Herbst']['rowid']}", location="Kiel")
    assert counts(office.sync()) == {"appointments exchange change": 1}


def test_R17_a_worker_in_another_zone_reads_the_same_dates(office: Office, worker_zone: str):
    office.outlook.appointment("Frühling", SPRING, "")
    office.outlook.appointment("Spät", SPRING, "22:30-23:30")
    office.sync()
    assert columns(office, "Frühling") == (SPRING, "07:00", SPRING, "23:00", "1")
    assert columns(office, "Spät") == (SPRING, "22:30", SPRING, "23:30", "0")


@pytest.mark.parametrize(
    ("day", "utc"), [("2031-03-29", "09:00"), (SPRING, "08:00"), ("2031-10-25", "08:00"), (AUTUMN, "09:00")]
)
def test_R17_wall_times_in_wice_are_the_same_instants_in_outlook(office: Office, day: str, utc: str):
    office.wice.appointment("Runde", "anna", day=day)
    office.sync()
    assert office.outlook.diary()["Runde"]["start"] == f"{day}T{utc}:00Z"


@pytest.mark.parametrize("zone", ZONES)
def test_R17_a_timed_one_keeps_its_own_zone_when_wice_changes_it(make_office: MakeOffice, zone: str):
    office = make_office(zone=zone)
    office.outlook.appointment("Telefonat", "2031-07-01", "15:00-16:00")
    before = office.outlook._item(office.outlook.diary()["Telefonat"]["id"])
    office.sync()
    (row,) = office.wice.appointments().values()
    office.wice.edit(f"a:{row['rowid']}", time_end=f"{int(row['time_end'][:2]):02d}:30")
    assert counts(office.sync()) == {"appointments exchange change": 1}
    after = office.outlook._item(office.outlook.diary()["Telefonat"]["id"])
    assert after.start == before.start
    assert (after.end - before.end).total_seconds() == 1800
    assert str(after._start_timezone) == str(before._start_timezone)


def test_R17_over_the_hour_that_does_not_exist_and_the_one_that_comes_twice(make_office: MakeOffice):
    office = make_office(zone="UTC")
    office.wice.appointment("Lücke", "anna", day=SPRING, hours="02:30-03:30")
    office.outlook.appointment("Erste", AUTUMN, "00:15-00:45")
    office.outlook.appointment("Zweite", AUTUMN, "01:15-01:45")
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert columns(office, "Zweite")[:2] == columns(office, "Erste")[:2] == (AUTUMN, "02:15")
    assert office.outlook.diary()["Erste"]["start"] == f"{AUTUMN}T00:15:00Z"
    assert office.outlook.diary()["Zweite"]["start"] == f"{AUTUMN}T01:15:00Z"


def test_R17_timed_becomes_all_day_and_back(office: Office):
    record = office.wice.appointment("Messe", "anna", day=SPRING)
    office.sync()
    office.outlook.change(office.outlook.diary()["Messe"]["id"], **office.outlook.times(SPRING, ""))
    office.sync()
    assert columns(office, "Messe") == (SPRING, "07:00", SPRING, "23:00", "1")
    office.wice.edit(record, fulltime="0", time_start="12:00", time_end="13:00")
    office.sync()
    seen = office.outlook.diary()["Messe"]
    assert (seen["start"], seen["end"], seen["all_day"]) == (f"{SPRING}T10:00:00Z", f"{SPRING}T11:00:00Z", "false")


@pytest.mark.parametrize("zone", ["tzone://Microsoft/Custom", "Customized Time Zone"])
def test_R17_an_item_in_a_zone_that_nobody_knows_is_the_right_instant_or_a_hint(office: Office, zone: str):
    office.outlook.put(
        Kind.APPOINTMENTS,
        "<CalendarItem><Subject>Import</Subject><Start>2031-07-01T08:00:00Z</Start><End>2031-07-01T09:00:00Z</End>"
        f'<StartTimeZone Id="{zone}"/><EndTimeZone Id="{zone}"/></CalendarItem>',
    )
    office.outlook.appointment("Gesund", "2031-07-01")
    office.sync()
    assert "Gesund" in office.wice.appointments()
    assert columns(office, "Import")[:2] == ("2031-07-01", "10:00")


def stranger(title: str, zone: str, start: datetime, end: datetime, more: str = "") -> str:
    """An item whose zone is defined in itself only. `more`: elements behind its times."""
    times = "".join(
        f"<{name}>{one.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</{name}>" for name, one in (("Start", start), ("End", end))
    )
    zones = "".join(f'<{name}TimeZone Id="{OWN}{zone}"/>' for name in ("Start", "End"))
    return f"<CalendarItem><Subject>{title}</Subject>{times}{more}{zones}</CalendarItem>"


@pytest.mark.parametrize("zone", [*ZONES, *ENDS])
def test_R17_all_day_in_a_zone_that_only_the_item_defines(office: Office, zone: str):
    start, end = (datetime(2031, 3, day, tzinfo=ZoneInfo(zone)) for day in (29, 31))
    office.outlook.put(Kind.APPOINTMENTS, stranger("Messe", zone, start, end, "<IsAllDayEvent>true</IsAllDayEvent>"))
    office.sync()
    assert columns(office, "Messe") == ("2031-03-29", "07:00", "2031-03-30", "23:00", "1")


def test_R17_the_same_whatever_zone_the_worker_is_in(office: Office, worker_zone: str):
    """Single ones, whole days, and series over both changes of clocks, in known zones and in one that only the item defines."""
    first = datetime(2031, 3, 17, 22, 30, tzinfo=BERLIN)
    weekly = (
        "<Recurrence><WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Monday</DaysOfWeek></WeeklyRecurrence>"
        "<NumberedRecurrence><StartDate>2031-03-17</StartDate><NumberOfOccurrences>40</NumberOfOccurrences></NumberedRecurrence></Recurrence>"
    )
    office.outlook.put(Kind.APPOINTMENTS, stranger("Fremd", "Europe/Berlin", first, first + timedelta(hours=1), weekly))
    for title, zone in (("Kalifornien", "America/Los_Angeles"), ("Japan", "Asia/Tokyo")):
        start = datetime(2031, 7, 1, 9, tzinfo=ZoneInfo(zone))
        office.outlook.put(Kind.APPOINTMENTS, stranger(title, zone, start, start + timedelta(hours=1)))
    office.outlook.appointment("Frühling", SPRING, "", last_day="2031-04-02")
    office.wice.appointment("Runde", "anna", day="2031-03-17", hours="23:00-23:30", rrule="FREQ=WEEKLY;COUNT=40")
    report = office.sync()
    assert (report.status, hints(report)) == (Status.DONE, set())
    assert columns(office, "Kalifornien")[:2] == ("2031-07-01", "18:00")
    assert columns(office, "Japan")[:2] == ("2031-07-01", "02:00")
    assert columns(office, "Frühling") == (SPRING, "07:00", "2031-04-02", "23:00", "1")
    assert columns(office, "Fremd")[:2] == ("2031-03-17", "22:30")
    told = in_wice(office, date(2031, 3, 1), date(2032, 1, 31))
    assert len(told) == 83, "two series of forty, three single ones"
    row = office.wice.appointments()["Fremd"]
    assert (row["rrule"], row["time_end"], row["overrides"]) == ("FREQ=WEEKLY;BYDAY=MO;COUNT=40", "23:30", [])
    runde = office.outlook.diary()["Runde"]
    assert (runde["start"], "<t:NumberOfOccurrences>40<" in runde["recurrence"]) == ("2031-03-17T22:00:00Z", True)
