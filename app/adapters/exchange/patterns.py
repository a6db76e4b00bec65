"""A series' Recurrence element <-> its dates (R18). Source: RecurrenceType of types.xsd.

Exchange counts the 31st of a shorter month as its last day, and so does `app.domain.recurrence`. "Every n years" is every 12 n months.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from app.adapters.exchange.wire import children, find, local, t, text_of
from app.domain.recurrence import (
    EVERY_DAY,
    SUNDAY,
    WEEKEND,
    WORKING_DAYS,
    YEAR,
    Inexpressible,
    Recurrence,
    Unit,
    recurrence,
)

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_GROUPS: Final = {"Day": EVERY_DAY, "Weekday": WORKING_DAYS, "WeekendDay": WEEKEND}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_POSITIONS: Final = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
_MOST = 999
"""Outlook numbers no more occurrences; a longer series ends on a date."""
_DATE_LENGTH = 10


def read(element: Element) -> Recurrence:
    """The dates of a Recurrence element, from its first one on. Raises: Inexpressible, ValueError."""
    pattern, boundary = children(element)
    name = local(pattern)
    base = {"first": _date(boundary, "StartDate"), "interval": int(_text(pattern, "Interval") or 1)} | _end(boundary)
    month = _MONTHS.index(_text(pattern, "Month")) + 1 if name.endswith("YearlyRecurrence") else 0
    match name:
        case "DailyRecurrence":
            fields: dict[str, object] = {"unit": Unit.DAY}
        case "WeeklyRecurrence":
            start = _text(pattern, "FirstDayOfWeek")
            fields = {"unit": Unit.WEEK, "weekdays": _days(pattern)}
            fields["week_start"] = _WEEKDAYS.index(start) if start else SUNDAY
        case "AbsoluteMonthlyRecurrence" | "AbsoluteYearlyRecurrence":
            fields = {"unit": Unit.MONTH, "day": int(_text(pattern, "DayOfMonth"))}
        case "RelativeMonthlyRecurrence" | "RelativeYearlyRecurrence":
            position = _POSITIONS[_text(pattern, "DayOfWeekIndex")]
            fields = {"unit": Unit.MONTH, "weekdays": _days(pattern), "position": position}
        case _:
            raise Inexpressible(name)
    if month:
        fields["interval"] = YEAR
    return recurrence(Recurrence(**(base | fields)), month)  # type: ignore[arg-type] # made of this function's own fields


def _end(boundary: Element) -> dict[str, object]:
    match local(boundary):
        case "NumberedRecurrence":
            return {"count": int(_text(boundary, "NumberOfOccurrences"))}
        case "EndDateRecurrence":
            return {"until": _date(boundary, "EndDate")}
        case "NoEndRecurrence":
            return {}
        case name:
            raise Inexpressible(name)


def _days(pattern: Element) -> tuple[int, ...]:
    names = _text(pattern, "DaysOfWeek").split()
    return tuple(day for name in names for day in _GROUPS.get(name) or (_WEEKDAYS.index(name),))


def _text(element: Element, name: str) -> str:
    return text_of(find(element, f"t:{name}")).strip()


def _date(element: Element, name: str) -> date:
    """Exchange writes a zone behind a date ("2026-10-19+02:00"), which says nothing about the day."""
    return date.fromisoformat(_text(element, name)[:_DATE_LENGTH])


def write(series: Recurrence) -> str:
    """The element as text."""
    return etree.tostring(t("Recurrence", _pattern(series), _boundary(series)), encoding="unicode")


def parsed(text: str) -> Element:
    """The element that `write` made."""
    return etree.fromstring(text)


def _pattern(series: Recurrence) -> Element:
    interval = t("Interval", text=str(series.interval))
    days = t("DaysOfWeek", text=" ".join(_names(series.weekdays, group=series.unit is Unit.MONTH)))
    match series.unit:
        case Unit.DAY:
            return t("DailyRecurrence", interval)
        case Unit.WEEK:
            return t("WeeklyRecurrence", interval, days, t("FirstDayOfWeek", text=_WEEKDAYS[series.week_start]))
        case Unit.MONTH:
            yearly = series.interval == YEAR
            month = [t("Month", text=_MONTHS[series.first.month - 1])] if yearly else []
            each = [] if yearly else [interval]
            kind = "Yearly" if yearly else "Monthly"
            if series.position:
                place = next(name for name, at in _POSITIONS.items() if at == series.position)
                return t(f"Relative{kind}Recurrence", *each, days, t("DayOfWeekIndex", text=place), *month)
            return t(f"Absolute{kind}Recurrence", *each, t("DayOfMonth", text=str(series.day)), *month)


def _names(weekdays: tuple[int, ...], *, group: bool) -> list[str]:
    """A relative pattern names one day or one group, a weekly one all its days."""
    for name, days in _GROUPS.items():
        if group and weekdays == days:
            return [name]
    return [_WEEKDAYS[day] for day in weekdays]


def _boundary(series: Recurrence) -> Element:
    start = t("StartDate", text=series.first.isoformat())
    if series.count is not None and series.count <= _MOST:
        return t("NumberedRecurrence", start, t("NumberOfOccurrences", text=str(series.count)))
    if (last := series.until or series.last) is not None:
        return t("EndDateRecurrence", start, t("EndDate", text=last.isoformat()))
    return t("NoEndRecurrence", start)
