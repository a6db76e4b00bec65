"""Series travel as series (R18) and keep their wall times (R17): both calendars show the same occurrences to independent readers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    Recurrence,
    RelativeMonthlyPattern,
    RelativeYearlyPattern,
    WeeklyPattern,
)

from app.domain.account import Conflict, Direction
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import in_outlook, in_wice
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.APPOINTMENTS

DAY = "2031-03-17"
"""A Monday, two weeks before Berlin's clocks go forward; the last Monday of October is behind their going back."""
FIRST, LAST = date(2031, 3, 1), date(2033, 12, 31)
ADD, CHANGE = {"appointments exchange add": 1}, {"appointments exchange change": 1}


def alike(office: Office, first: date = FIRST, last: date = LAST) -> int:
    """Both calendars show the same; how many entries they show."""
    ours, theirs = in_wice(office, first, last), in_outlook(office, first, last)
    assert ours == theirs
    return len(ours)


RULES = {
    "FREQ=DAILY;COUNT=20": 20,
    "FREQ=DAILY;INTERVAL=3;UNTIL=20310630": 36,
    "FREQ=WEEKLY;COUNT=40": 40,
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU;COUNT=30": 30,
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU;COUNT=12": 12,
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20310430T080000Z": 33,
    "FREQ=MONTHLY;BYMONTHDAY=17;COUNT=12": 12,
    "FREQ=MONTHLY;BYDAY=3MO;COUNT=12": 12,
    "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9": 0,
    "FREQ=YEARLY;COUNT=3": 3,
    "FREQ=YEARLY;BYMONTH=3;BYDAY=3MO;UNTIL=20330401": 3,
    "FREQ=WEEKLY": 146,
}


@pytest.mark.parametrize("hours", ["09:00-10:30", "23:00-01:00", ""])
def test_R18_every_rule_of_wice_is_the_same_series_in_outlook(office: Office, hours: str):
    for number, (rule, size) in enumerate(RULES.items()):
        if size:
            last_day = "2031-03-18" if hours.startswith("23") else DAY
            office.wice.appointment(f"Reihe {number}", "anna", day=DAY, hours=hours, last_day=last_day, rrule=rule)
    size = sum(RULES.values()) - hours.startswith("23")  # of the rule that ends at ten in the morning
    report = office.sync()
    assert (report.status, hints(report)) == (Status.DONE, set())
    assert alike(office) == size


PATTERNS = [
    DailyPattern(interval=2),
    WeeklyPattern(interval=1, weekdays=["Monday", "Friday"]),
    WeeklyPattern(interval=3, weekdays=["Monday", "Sunday"], first_day_of_week="Sunday"),
    AbsoluteMonthlyPattern(interval=1, day_of_month=31),
    AbsoluteMonthlyPattern(interval=24, day_of_month=17),
    RelativeMonthlyPattern(interval=1, weekday="Weekday", week_number="Last"),
    RelativeMonthlyPattern(interval=2, weekday="WeekendDay", week_number="First"),
    RelativeMonthlyPattern(interval=1, weekday="Day", week_number="Last"),
    AbsoluteYearlyPattern(day_of_month=29, month="February"),
    RelativeYearlyPattern(weekday="Friday", week_number="Third", month="May"),
]


ENDS: list[dict[str, Any]] = [{"number": 7}, {"end": date(2032, 9, 30)}, {}]


@pytest.mark.parametrize("hours", ["09:00-10:30", ""])
def test_R18_every_pattern_of_outlook_is_the_same_series_in_wice(office: Office, hours: str):
    begin = date.fromisoformat(DAY)
    for number, pattern in enumerate(PATTERNS):
        recurrence = Recurrence(pattern=pattern, start=begin, **ENDS[number % 3])
        office.outlook.appointment(f"Reihe {number}", DAY, hours, recurrence=recurrence)
    report = office.sync()
    assert (report.status, hints(report)) == (Status.DONE, set())
    assert alike(office) > 100


def meeting(office: Office, **columns: Any) -> str:
    """A weekly series of ten that stands on both sides."""
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=10", "location": "Raum 1", **columns}
    record = office.wice.appointment("Jour fixe", "anna", day=DAY, **weekly)
    assert counts(office.sync()) == ADD
    return record


def week(number: int) -> str:
    return (date.fromisoformat(DAY) + timedelta(weeks=number - 1)).isoformat()


def override(number: int, **columns: str) -> dict[str, str]:
    return {"recurrence_id": f"{week(number)} 10:00", **columns}


IN_WICE: dict[str, tuple[dict[str, Any], int]] = {
    "first deleted": ({"exdates": [week(1)]}, 9),
    "last deleted": ({"exdates": [week(10)]}, 9),
    "moved to another day": ({"overrides": [override(3, date_start="2031-04-02", date_end="2031-04-02")]}, 10),
    "moved over the change of clocks": (
        {"overrides": [override(2, date_start="2031-03-30", date_end="2031-03-30")]},
        10,
    ),
    "other times": ({"overrides": [override(3, time_start="15:15", time_end="17:00")]}, 10),
    "title and place": ({"overrides": [override(4, title="Jour fixe mit Gast", location="Saal")]}, 10),
    "all day": ({"overrides": [override(4, fulltime="1", time_start="07:00", time_end="23:00")]}, 10),
    "private": ({"overrides": [override(5, private="1", title="Arzt")]}, 10),
    "many": (
        {
            "exdates": [week(1), week(2), week(9)],
            "overrides": [
                override(4, title="Vier"),
                override(5, description="Fünf"),
                override(6, date_start=week(6), time_start="08:00"),
            ],
        },
        7,
    ),
}


@pytest.mark.parametrize(("columns", "size"), IN_WICE.values(), ids=IN_WICE.keys())
@pytest.mark.parametrize("at_once", [True, False], ids=["new", "later"])
def test_R18_exceptions_made_in_wice(office: Office, columns: dict[str, Any], size: int, at_once: bool):
    record = meeting(office, **(columns if at_once else {}))
    if not at_once:
        office.wice.edit(record, **columns)
        assert counts(office.sync()) == CHANGE
    assert alike(office) == size
    office.wice.edit(record, exdates=[], overrides=[])
    assert counts(office.sync()) == CHANGE, "restored"
    assert alike(office) == 10


def occurrence(office: Office, number: int) -> Any:
    return office.outlook.series(office.outlook.diary()["Jour fixe"]["id"], number)


def edited(number: int, *fields: str, **values: Any) -> Callable[[Office], None]:
    def work(office: Office) -> None:
        found = occurrence(office, number)
        found.refresh()
        for name, value in values.items():
            setattr(found, name, value(found) if callable(value) else value)
        found.save(update_fields=[*values, *fields])

    return work


def gone(number: int) -> Callable[[Office], None]:
    return lambda office: occurrence(office, number).delete()


LATER = {"start": lambda one: one.start + timedelta(hours=26), "end": lambda one: one.end + timedelta(hours=27)}
IN_OUTLOOK = {
    "first deleted": ([gone(1)], 9),
    "last deleted": ([gone(10)], 9),
    "moved": ([edited(3, **LATER)], 10),
    "renamed": ([edited(4, subject="Jour fixe mit Gast", location="Saal")], 10),
    "edited again": ([edited(4, subject="Eins"), edited(4, location="Saal"), edited(4, **LATER)], 10),
    "changed, then deleted": ([edited(4, subject="Eins"), gone(4)], 9),
    "private": ([edited(5, sensitivity="Private")], 10),
    "many": ([gone(1), gone(2), edited(4, subject="Vier"), edited(6, **LATER), gone(9)], 7),
}


@pytest.mark.parametrize(("steps", "size"), IN_OUTLOOK.values(), ids=IN_OUTLOOK.keys())
def test_R18_exceptions_made_in_outlook(office: Office, steps: list[Callable[[Office], None]], size: int):
    meeting(office)
    for step in steps:
        step(office)
    assert counts(office.sync()) == {"appointments wice change": 1}
    assert alike(office) == size


def test_R18_a_series_from_outlook_with_exceptions(office: Office):
    recurrence = Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=["Monday"]), start=date.fromisoformat(DAY), number=10
    )
    office.outlook.appointment("Jour fixe", DAY, recurrence=recurrence)
    for step in IN_OUTLOOK["many"][0]:
        step(office)
    assert counts(office.sync()) == {"appointments wice add": 1}
    assert alike(office) == 7


CHANGES: dict[str, dict[str, Any]] = {
    "pattern": {"rrule": "FREQ=WEEKLY;INTERVAL=2;COUNT=10"},
    "start": {"time_start": "14:00", "time_end": "15:00"},
    "end": {"rrule": "FREQ=WEEKLY"},
    "title": {"title": "Besprechung"},
    "single": {"rrule": ""},
    "all day": {"fulltime": "1"},
}


@pytest.mark.parametrize("columns", CHANGES.values(), ids=CHANGES.keys())
def test_R18_a_series_with_exceptions_is_changed_as_a_whole_in_wice(office: Office, columns: dict[str, Any]):
    many = IN_WICE["many"][0]
    record = meeting(office, **many)
    kept = {"exdates": [week(3)], "overrides": [override(5, title="Fünf")]}
    office.wice.edit(
        record,
        **{
            **many,
            **columns,
            **(kept if "rrule" not in columns or columns["rrule"] else {"exdates": [], "overrides": []}),
        },
    )
    assert counts(office.sync()) == CHANGE
    assert alike(office)


def test_R18_a_single_appointment_becomes_a_series_and_back(office: Office):
    record = office.wice.appointment("Jour fixe", "anna", day=DAY)
    office.sync()
    office.wice.edit(record, rrule="FREQ=MONTHLY;BYDAY=3MO;COUNT=4", exdates=["2031-04-21"])
    assert counts(office.sync()) == CHANGE
    assert alike(office) == 3
    item = office.outlook._item(office.outlook.diary()["Jour fixe"]["id"])
    item.recurrence = None
    item.save(update_fields=["recurrence"])
    assert counts(office.sync()) == {"appointments wice change": 1}
    assert alike(office) == 1
    item = office.outlook._item(office.outlook.diary()["Jour fixe"]["id"])
    item.recurrence = Recurrence(pattern=DailyPattern(interval=1), start=date.fromisoformat(DAY), number=5)
    item.save(update_fields=["recurrence"])
    office.sync()
    assert alike(office) == 5


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R22_both_sides_change_a_series_and_the_policy_decides_about_the_whole(
    make_office: MakeOffice, conflict: Conflict
):
    office = make_office(conflict=conflict)
    record = meeting(office)
    office.wice.edit(record, exdates=[week(2)], title="Wice")
    gone(5)(office)
    report = office.sync()
    assert report.kinds[ONLY].conflicts == 1
    assert alike(office) == 9
    assert {one.title for one in in_outlook(office, FIRST, LAST)} == {
        "Wice" if conflict is Conflict.WICE else "Jour fixe"
    }
    assert any(one.start.startswith(week(2)) for one in in_outlook(office, FIRST, LAST)) is (
        conflict is Conflict.EXCHANGE
    )


@pytest.mark.parametrize("direction", [Direction.TO_WICE, Direction.TO_EXCHANGE])
def test_R23_a_changed_target_is_restored_whole(make_office: MakeOffice, direction: Direction):
    office = make_office()
    record = meeting(office)
    office.configure(direction=direction)
    if direction is Direction.TO_EXCHANGE:
        gone(3)(office)
        edited(4, subject="Anders")(office)
    else:
        office.wice.edit(record, exdates=[week(3)], overrides=[override(4, title="Anders")])
    office.sync()
    assert alike(office) == 10
    assert {one.title for one in in_wice(office, FIRST, LAST)} == {"Jour fixe"}


def test_R18_every_date_deleted_is_deleted(office: Office):
    record = meeting(office)
    for number in range(1, 11):
        gone(number)(office)
    assert counts(office.sync()) == {"appointments wice delete": 1}
    assert office.wice.row(record)["participants"] == []
    again = office.wice.appointment("Zweite", "anna", day=DAY, rrule="FREQ=DAILY;COUNT=2")
    office.sync()
    office.wice.edit(again, exdates=["2031-03-17", "2031-03-18"])
    assert counts(office.sync()) == {"appointments exchange delete": 1}


def test_R18_what_cannot_be_carried_leaves_the_other_side_s_series_as_it_is(office: Office):
    record = meeting(office, exdates=[week(4)])
    before = in_outlook(office, FIRST, LAST)
    office.wice.edit(record, overrides=[override(5, date_start=week(9), date_end=week(9))])
    report = office.sync()
    assert (counts(report), hints(report)) == ({}, {("series", f"Jour fixe ({DAY})")})
    assert in_outlook(office, FIRST, LAST) == before
    office.wice.edit(record, overrides=[])
    assert alike(office) == 9


def test_R20_a_series_that_reaches_into_the_window_is_picked_up_and_one_that_has_ended_is_not(office: Office):
    office.wice.appointment("Läuft", "anna", day="2020-01-06", rrule="FREQ=WEEKLY")
    office.wice.appointment("Vorbei", "anna", day="2020-01-06", rrule="FREQ=WEEKLY;COUNT=10")
    office.outlook.appointment(
        "Alt", "2020-01-06", recurrence=Recurrence(pattern=DailyPattern(interval=1), start=date(2020, 1, 6), number=3)
    )
    assert counts(office.sync()) == ADD
    assert set(office.outlook.diary()) == {"Läuft", "Alt"}
    assert "Alt" not in office.wice.appointments()


CUTS = [("UpdateItem", 0), ("UpdateItem", 1), ("UpdateItem", 2), ("DeleteItem", 0)]
"""After which of a run's requests the connection breaks: the series' own, those of its occurrences."""
BEFORE = {
    "exdates": [week(5)],
    "overrides": [override(6, title="Sechs"), override(7, title="Sieben")],
    "rrule": "FREQ=WEEKLY;COUNT=10",
}
AFTER: dict[str, dict[str, Any]] = {
    "exceptions": IN_WICE["many"][0],
    "rule and title": {**IN_WICE["many"][0], "title": "Besprechung", "rrule": "FREQ=WEEKLY;COUNT=12"},
    "restored": {"exdates": [week(1)], "overrides": [override(6, title="Anders")]},
}


@pytest.mark.parametrize("columns", AFTER.values(), ids=AFTER.keys())
def test_R30_a_series_that_was_cut_off_half_way_is_completed_and_taken_for_nobody_s_edit(
    make_office: MakeOffice, columns: dict[str, Any]
):
    office = make_office(conflict=Conflict.EXCHANGE)
    record = meeting(office, **BEFORE)
    for operation, skip in CUTS:
        office.wice.edit(record, **BEFORE, title="Jour fixe")
        office.sync()
        office.wice.edit(record, **columns)
        wanted = in_wice(office, FIRST, LAST)
        office.sandbox.fault("ews", "cut_after", operation=operation, skip=skip)
        office.sync()
        office.sync()
        office.sandbox.control("ews", "DELETE", "faults")
        assert in_wice(office, FIRST, LAST) == wanted, f"{operation} {skip}: Outlook would win over an edit of its own"
        assert alike(office)


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_R30_a_new_series_that_was_cut_off_half_way_is_completed(office: Office, kind: str):
    for operation in ("CreateItem", "UpdateItem", "DeleteItem"):
        office.wice.appointment(operation, "anna", day=DAY, rrule="FREQ=WEEKLY;COUNT=10", **IN_WICE["many"][0])
        office.sandbox.fault("ews", kind, operation=operation)
        office.sync()
        office.sync()
        office.sandbox.control("ews", "DELETE", "faults")
    assert alike(office) == 21
