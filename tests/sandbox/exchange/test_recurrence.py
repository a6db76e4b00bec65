"""Series: patterns, occurrences by number, changed and deleted ones, seen in a calendar view. R18 on the server's side."""

from datetime import timedelta
from typing import Any

import pytest
from exchangelib import Account, CalendarItem, EWSDate, EWSDateTime
from exchangelib.errors import (
    ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange,
    ErrorCalendarOccurrenceIsDeletedFromRecurrence,
)
from exchangelib.folders import BaseFolder
from exchangelib.recurrence import (
    AbsoluteMonthlyPattern,
    AbsoluteYearlyPattern,
    DailyPattern,
    Recurrence,
    RelativeMonthlyPattern,
    RelativeYearlyPattern,
    WeeklyPattern,
)

from tests.sandbox.exchange.conftest import BERLIN

FIRST = EWSDateTime(2026, 10, 19, 9, tzinfo=BERLIN)  # a Monday, a week before the clocks go back


def series(folder: BaseFolder, pattern: object, start: EWSDateTime = FIRST, number: int | None = 3) -> Any:
    boundary = {"number": number} if number else {}
    recurrence = Recurrence(pattern=pattern, start=start.date(), **boundary)
    return CalendarItem(
        folder=folder, subject="Serie", start=start, end=start + timedelta(hours=1), recurrence=recurrence
    ).save()


def occurrence(master: CalendarItem, number: int) -> Any:
    found = master.occurrence(number)
    found.refresh()
    return found


def starts(account: Account, days: int = 1500) -> list[EWSDateTime]:
    view = account.calendar.view(start=FIRST - timedelta(days=30), end=FIRST + timedelta(days=days))
    return [item.start.astimezone(BERLIN) for item in view]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (DailyPattern(interval=2), [(10, 19), (10, 21), (10, 23)]),
        (WeeklyPattern(interval=1, weekdays=["Monday"]), [(10, 19), (10, 26), (11, 2)]),
        (AbsoluteMonthlyPattern(interval=1, day_of_month=19), [(10, 19), (11, 19), (12, 19)]),
        (RelativeMonthlyPattern(interval=1, weekday="Monday", week_number="Third"), [(10, 19), (11, 16), (12, 21)]),
        (AbsoluteYearlyPattern(day_of_month=19, month="October"), [(10, 19), (10, 19), (10, 19)]),
        (RelativeYearlyPattern(weekday="Monday", week_number="Third", month="October"), [(10, 19), (10, 18), (10, 16)]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_pattern_keeps_its_wall_time_across_the_end_of_summer_time(
    anna: Account, pattern: object, expected: list[tuple[int, int]]
) -> None:
    series(anna.calendar, pattern)
    found = starts(anna)
    assert [(start.month, start.day) for start in found] == expected
    assert {start.hour for start in found} == {9}


def test_the_31st_of_a_short_month_is_its_last_day(anna: Account) -> None:
    series(anna.calendar, AbsoluteMonthlyPattern(interval=1, day_of_month=31), FIRST.replace(day=31))
    assert [(start.month, start.day) for start in starts(anna)] == [(10, 31), (11, 30), (12, 31)]


def test_a_master_names_its_first_and_last_occurrence_and_an_endless_one_only_the_first(calendar: BaseFolder) -> None:
    ended = calendar.get(id=series(calendar, WeeklyPattern(interval=1, weekdays=["Monday"])).id)
    endless = calendar.get(id=series(calendar, DailyPattern(interval=1), number=None).id)
    assert (ended.type, ended.first_occurrence.start, ended.last_occurrence.start) == (
        "RecurringMaster",
        FIRST,
        FIRST + timedelta(days=14, hours=0),
    )
    assert (endless.first_occurrence.start, endless.last_occurrence) == (FIRST, None)


def test_one_occurrence_may_be_moved_and_one_deleted(anna: Account, calendar: BaseFolder) -> None:
    master = series(calendar, WeeklyPattern(interval=1, weekdays=["Monday"]))
    key = master.changekey
    moved = EWSDateTime(2026, 10, 27, 14, tzinfo=BERLIN)
    changed = occurrence(master, 2)
    changed.start, changed.end, changed.subject = moved, moved + timedelta(hours=1), "Verlegt"
    changed.save(update_fields=["start", "end", "subject"])
    occurrence(master, 3).delete()

    held = calendar.get(id=master.id)

    assert held.changekey != key
    (exception,) = held.modified_occurrences
    assert (exception.start, exception.original_start) == (moved, EWSDateTime(2026, 10, 26, 9, tzinfo=BERLIN))
    assert [gone.start for gone in held.deleted_occurrences] == [EWSDateTime(2026, 11, 2, 9, tzinfo=BERLIN)]
    assert starts(anna) == [FIRST, moved]
    (by_id,) = anna.fetch([(exception.id, exception.changekey)])
    assert (by_id.type, by_id.subject) == ("Exception", "Verlegt")
    with pytest.raises(ErrorCalendarOccurrenceIsDeletedFromRecurrence):
        occurrence(master, 3)


def test_there_is_no_occurrence_beyond_the_last(calendar: BaseFolder) -> None:
    master = series(calendar, DailyPattern(interval=1))
    with pytest.raises(ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange):
        occurrence(master, 4)


def test_a_series_of_whole_days_keeps_its_dates(anna: Account) -> None:
    first = EWSDate(2026, 10, 24)
    recurrence = Recurrence(pattern=DailyPattern(interval=1), start=first, number=3)
    CalendarItem(
        folder=anna.calendar, subject="Messe", start=first, end=first, is_all_day=True, recurrence=recurrence
    ).save()
    view = anna.calendar.view(start=FIRST, end=FIRST + timedelta(days=30))
    assert [item.start for item in view] == [first, first + timedelta(days=1), first + timedelta(days=2)]


def test_a_copied_series_has_exceptions_of_its_own(calendar: BaseFolder) -> None:
    master = series(calendar, DailyPattern(interval=1))
    changed = occurrence(master, 2)
    changed.subject = "Anders"
    changed.save(update_fields=["subject"])
    copy_id, _ = master.copy(calendar)
    copied = calendar.get(id=copy_id)
    assert [one.id.partition(".")[0] for one in copied.modified_occurrences] == [copy_id]


def test_a_new_pattern_voids_what_was_changed_by_date(calendar: BaseFolder) -> None:
    master = series(calendar, DailyPattern(interval=1))
    occurrence(master, 2).delete()
    held = calendar.get(id=master.id)
    held.recurrence.pattern = DailyPattern(interval=2)
    held.save(update_fields=["recurrence"])
    assert calendar.get(id=master.id).deleted_occurrences is None
