"""When a series happens: its pattern and its end, as both servers can say it (R18), in calendar dates. Pure arithmetic: the 900th date costs as
much as the second, and a series without end no more than a short one.

A date is the day on which an occurrence begins by the wall clock of the series' zone; a pattern has at most one occurrence a day, so that the
date names it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

MONDAY, SUNDAY = 0, 6
EVERY_DAY = tuple(range(7))
WORKING_DAYS, WEEKEND = EVERY_DAY[:5], EVERY_DAY[5:]
POSITIONS = frozenset({1, 2, 3, 4, -1})
YEAR = 12
"""Months."""
LONGEST = 31
_SURE = 28
_LEAP_YEAR = 2000


class Inexpressible(ValueError):
    """A series that one of the two servers has no words for. The text names the part, as RFC 5545 spells it: it is shown to people (R18)."""


class Unit(StrEnum):
    """What a pattern counts in. Years are twelve months."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


MOST = {Unit.DAY: 999, Unit.WEEK: 99, Unit.MONTH: 99}
"""The longest intervals that Exchange takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Every `interval` units from the date `first` on. Made by `recurrence`, which brings it into the one form that compares.

    WEEK: on `weekdays` (0 is Monday), weeks begin with `week_start`. MONTH: on `day`, in a shorter month on its last day; or, if there is a
    `position` (1 to 4, -1 for the last), on the day at that place among the month's `weekdays`. It ends after `count` dates, or with the last
    one that is not after `until`, or never.
    """

    unit: Unit
    first: date
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    position: int = 0
    day: int = 0
    week_start: int = MONDAY
    count: int | None = None
    until: date | None = None

    @property
    def size(self) -> int | None:
        """How many dates it has, exceptions counted too; None without end."""
        if self.count is not None:
            return self.count
        return None if self.until is None else self._upto(self.until)

    @property
    def last(self) -> date | None:
        """The last date; None without end."""
        size = self.size
        return None if size is None else self.at(size)

    def at(self, number: int) -> date:
        """The date with this number, the first is 1, whether or not the series has ended by then. Raises: OverflowError behind the year 9999."""
        match self.unit:
            case Unit.DAY:
                return self.first + timedelta(days=(number - 1) * self.interval)
            case Unit.WEEK:
                offsets, skipped = self._week()
                weeks, place = divmod(number - 1 + skipped, len(offsets))
                return self._start_of_week(self.first) + timedelta(days=7 * self.interval * weeks + offsets[place])
            case Unit.MONTH:
                return self._in_month(_month_of(self.first) + (number - 1) * self.interval)

    def number(self, day: date) -> int | None:
        """Which one `day` is, counted from 1; None if the series has no such date."""
        found, size = self._upto(day), self.size
        known = found > 0 and (size is None or found <= size) and self.at(found) == day
        return found if known else None

    def dates(self) -> Iterator[date]:
        """All dates in order, made one by one."""
        number, size = 1, self.size
        while size is None or number <= size:
            yield self.at(number)
            number += 1

    def _upto(self, day: date) -> int:
        """How many dates of the pattern are not after `day`."""
        if day < self.first:
            return 0
        match self.unit:
            case Unit.DAY:
                return (day - self.first).days // self.interval + 1
            case Unit.WEEK:
                return self._upto_in_weeks(day)
            case Unit.MONTH:
                months = (_month_of(day) - _month_of(self.first)) // self.interval
                return months + (self._in_month(_month_of(self.first) + months * self.interval) <= day)

    def _upto_in_weeks(self, day: date) -> int:
        offsets, skipped = self._week()
        week = self._start_of_week(day)
        weeks, rest = divmod((week - self._start_of_week(self.first)).days, 7 * self.interval)
        here = len(offsets) if rest else sum(offset <= (day - week).days for offset in offsets)
        return weeks * len(offsets) + here - skipped

    def _week(self) -> tuple[list[int], int]:
        """The days of a week of the pattern, counted from its start, and how many of them lie before `first` in the first week."""
        offsets = sorted((weekday - self.week_start) % 7 for weekday in self.weekdays)
        begin = (self.first - self._start_of_week(self.first)).days
        return offsets, sum(offset < begin for offset in offsets)

    def _start_of_week(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.week_start) % 7)

    def _in_month(self, month: int) -> date:
        year, index = divmod(month, YEAR)
        if year > date.max.year:
            raise OverflowError("a date behind the year 9999")
        begins, length = monthrange(year, index + 1)
        if not self.position:
            return date(year, index + 1, min(self.day, length))
        days = [day for day in range(1, length + 1) if (begins + day - 1) % 7 in self.weekdays]
        return date(year, index + 1, days[self.position if self.position < 0 else self.position - 1])

    def __str__(self) -> str:
        """The form that compares: two series with the same dates in the same words have the same (R3). The end counts as a date."""
        days = "".join(str(day) for day in self.weekdays)
        pattern = f"{self.unit.value}/{self.interval}/{days}/{self.position}/{self.day}/{self.week_start}"
        return f"{pattern}/{self.first.isoformat()}/{self.last.isoformat() if self.last else ''}"


def recurrence(wanted: Recurrence, month: int = 0) -> Recurrence:
    """`wanted` in the one form that compares, its `first` moved to the first date of the pattern that is not before it.

    `month` (1 to 12) names the month of a yearly pattern, 0 for that of `first`. Raises: Inexpressible.
    """
    _check(wanted)
    spelled = _spelled(wanted)
    first = _begin(spelled, month)
    if spelled.unit is Unit.MONTH and spelled.interval % YEAR == 0 and not spelled.position:
        spelled = replace(spelled, day=min(spelled.day, monthrange(_LEAP_YEAR, first.month)[1]))
    made = replace(spelled, first=first)
    if made.size is not None and made.size < 1:
        raise Inexpressible("UNTIL < DTSTART")
    try:
        _ = made.last
    except OverflowError as error:
        raise Inexpressible(f"COUNT={made.count}") from error
    return made


def _check(wanted: Recurrence) -> None:
    if not 1 <= wanted.interval <= MOST[wanted.unit]:
        raise Inexpressible(f"INTERVAL={wanted.interval}")
    if wanted.count is not None and wanted.count < 1:
        raise Inexpressible(f"COUNT={wanted.count}")
    if wanted.position and (wanted.position not in POSITIONS or not wanted.weekdays):
        raise Inexpressible(f"BYSETPOS={wanted.position}")
    if wanted.unit is Unit.MONTH and not wanted.position and not 1 <= wanted.day <= LONGEST:
        raise Inexpressible(f"BYMONTHDAY={wanted.day}")


def _spelled(wanted: Recurrence) -> Recurrence:
    """Of several ways to say the same, one."""
    days = tuple(sorted(set(wanted.weekdays)))
    match wanted.unit:
        case Unit.DAY:
            return _plain(wanted)
        case Unit.WEEK if days == EVERY_DAY and wanted.interval == 1:
            return _plain(replace(wanted, unit=Unit.DAY))
        case Unit.WEEK:
            days = days or (wanted.first.weekday(),)
            matters = wanted.interval > 1 and len(days) > 1
            start = wanted.week_start if matters else MONDAY
            return replace(wanted, weekdays=days, week_start=start, position=0, day=0)
        case Unit.MONTH if wanted.position and days == EVERY_DAY:
            day = wanted.position if wanted.position > 0 else LONGEST
            return replace(wanted, weekdays=(), position=0, day=day, week_start=MONDAY)
        case Unit.MONTH:
            by_day = not wanted.position
            return replace(wanted, weekdays=() if by_day else days, day=wanted.day if by_day else 0, week_start=MONDAY)


def _plain(wanted: Recurrence) -> Recurrence:
    return replace(wanted, weekdays=(), position=0, day=0, week_start=MONDAY)


def _begin(wanted: Recurrence, month: int) -> date:
    """The first date of the pattern that is not before `first`; intervals count from the day, week, month or year in which that lies."""
    match wanted.unit:
        case Unit.DAY:
            return wanted.first
        case Unit.WEEK:
            return wanted.at(1)
        case Unit.MONTH:
            anchor = wanted.first.replace(day=1, month=month or wanted.first.month)
            begin = replace(wanted, first=anchor).at(1)
            return begin if begin >= wanted.first else replace(wanted, first=anchor).at(2)


def never_short(day: int, month: int) -> bool:
    """Does this month (1 to 12), or with 0 every month, always have this day?"""
    return day <= (monthrange(_LEAP_YEAR + 1, month)[1] if month else _SURE)


def _month_of(day: date) -> int:
    return day.year * YEAR + day.month - 1
