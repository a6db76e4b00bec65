"""RFC 5545 recurrence rules <-> series, pure, both ways. What Exchange has no words for is named, never bent (R18). Source: RFC 5545, 3.3.10."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.recurrence import (
    EVERY_DAY,
    LONGEST,
    MONDAY,
    WEEKEND,
    WORKING_DAYS,
    YEAR,
    Inexpressible,
    Recurrence,
    Unit,
    never_short,
    recurrence,
)

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
_ALLOWED: Final = {
    "DAILY": frozenset({"BYDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}),
}
_MATTERS_TO_NOBODY: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
_GROUPS: Final = (WORKING_DAYS, WEEKEND, EVERY_DAY)
_ALWAYS = 28

Parts = Mapping[str, str]


def parse(text: str, start: datetime, zone: ZoneInfo) -> Recurrence:
    """The series that begins at the wall time `start` (naive, of `zone`). Raises: Inexpressible, also if `start` is no date of the rule."""
    parts = _parts(text)
    first = start.date()
    base = Recurrence(
        unit=Unit.DAY,
        first=first,
        interval=_number(parts, "INTERVAL", 1),
        week_start=_DAYS.index(_plain_day(parts["WKST"])) if "WKST" in parts else MONDAY,
        count=_number(parts, "COUNT", 0) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"], start, zone) if "UNTIL" in parts else None,
    )
    if "COUNT" in parts and "UNTIL" in parts:
        raise Inexpressible("COUNT + UNTIL")
    made = _made(parts, base)
    if made.first != first:
        # RFC 5545 leaves open what such a series is, and programs differ.
        raise Inexpressible(f"DTSTART={first.isoformat()}")
    return made


def _parts(text: str) -> Parts:
    """Name -> value. Several rules, parts that Exchange lacks, and what is no rule at all are refused by name."""
    lines = [line.strip() for line in text.strip().upper().split("\n") if line.strip()]
    if len(lines) != 1:
        raise Inexpressible("RRULE + RRULE" if lines else "RRULE")
    parts: dict[str, str] = {}
    for part in lines[0].removeprefix("RRULE:").strip(";").split(";"):
        name, given, value = part.partition("=")
        if not given or not value or name in parts:
            raise Inexpressible(part or "RRULE")
        parts[name] = value
    freq = parts.get("FREQ", "")
    if freq not in _ALLOWED:
        raise Inexpressible(f"FREQ={freq}")
    for name in parts.keys() - _MATTERS_TO_NOBODY - (_ALLOWED[freq] & _KNOWN):
        raise Inexpressible(f"FREQ={freq};{name}={parts[name]}" if name in _KNOWN else f"{name}={parts[name]}")
    return parts


def _made(parts: Parts, base: Recurrence) -> Recurrence:
    days = parts.get("BYDAY", "")
    match parts["FREQ"]:
        case "DAILY" if not days:
            return recurrence(base)
        case "DAILY" if base.interval > 1:
            raise Inexpressible(f"FREQ=DAILY;INTERVAL={base.interval};BYDAY={days}")
        case "DAILY" | "WEEKLY":
            weekdays = tuple(_DAYS.index(_plain_day(day)) for day in days.split(",")) if days else ()
            return recurrence(_with(base, unit=Unit.WEEK, weekdays=weekdays))
        case "MONTHLY" if "BYMONTH" in parts:
            # Every n months, but only in one of them, is every year only for n = 1.
            if base.interval > 1:
                raise Inexpressible(f"FREQ=MONTHLY;BYMONTH={parts['BYMONTH']}")
            return _monthly(parts, base, YEAR, _single_month(parts["BYMONTH"]))
        case "MONTHLY":
            return _monthly(parts, base, 1, 0)
        case _:
            return _monthly(parts, base, YEAR, _month_of_year(parts, base.first))


def _month_of_year(parts: Parts, first: date) -> int:
    if "BYMONTH" in parts:
        return _single_month(parts["BYMONTH"])
    for name in ("BYDAY", "BYMONTHDAY"):
        if name in parts:  # it then means days of the whole year, in every month or week
            raise Inexpressible(f"FREQ=YEARLY;{name}={parts[name]}")
    return first.month


def _single_month(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= YEAR:
        raise Inexpressible(f"BYMONTH={text}")
    return int(text)


def _monthly(parts: Parts, base: Recurrence, months: int, month: int) -> Recurrence:
    """`month` is 0 for every month."""
    spelled = _with(base, unit=Unit.MONTH, interval=base.interval * months)
    if "BYDAY" in parts and "BYMONTHDAY" in parts:
        raise Inexpressible(f"BYDAY={parts['BYDAY']};BYMONTHDAY={parts['BYMONTHDAY']}")
    if "BYDAY" in parts:
        position, weekdays = _among(parts)
        return recurrence(_with(spelled, position=position, weekdays=weekdays), month)
    return recurrence(_with(spelled, day=_day(parts, base.first, month)), month)


def _among(parts: Parts) -> tuple[int, tuple[int, ...]]:
    """Position and weekdays: `1MO`, or a group that Outlook has with BYSETPOS."""
    whole = f"BYDAY={parts['BYDAY']}" + (f";BYSETPOS={parts['BYSETPOS']}" if "BYSETPOS" in parts else "")
    found = [_DAY.fullmatch(day) for day in parts["BYDAY"].split(",")]
    numbers = {match[1] for match in found if match}
    weekdays = tuple(sorted({_DAYS.index(match[2]) for match in found if match}))
    known = len(weekdays) == 1 or weekdays in _GROUPS
    if not all(found) or not known:
        raise Inexpressible(whole)
    if numbers == {None} and "BYSETPOS" in parts:
        return _number(parts, "BYSETPOS", 0), weekdays
    if "BYSETPOS" in parts or len(found) > 1 or None in numbers:
        raise Inexpressible(whole)
    [position] = numbers
    if int(position) not in {1, 2, 3, 4, -1}:
        raise Inexpressible(whole)
    return int(position), weekdays


def _day(parts: Parts, first: date, month: int) -> int:
    """The day of the month, counted back to the month's last day where it is shorter. RFC 5545 leaves such a month out instead."""
    given = parts.get("BYMONTHDAY", str(first.day))
    try:
        days = sorted(int(day) for day in given.split(","))
    except ValueError:
        raise Inexpressible(f"BYMONTHDAY={given}") from None
    whole = f"BYMONTHDAY={given}" + (f";BYSETPOS={parts['BYSETPOS']}" if "BYSETPOS" in parts else "")
    ascending = days == list(range(days[0], days[-1] + 1))
    if parts.get("BYSETPOS") == "-1" and ascending and 1 <= days[0] <= _ALWAYS <= days[-1] <= LONGEST:
        return days[-1]
    if "BYSETPOS" in parts or len(days) != 1:
        raise Inexpressible(whole)
    if days == [-1]:
        return LONGEST
    if days[0] < 1 or not never_short(days[0], month):
        raise Inexpressible(whole)
    return days[0]


def _until(text: str, start: datetime, zone: ZoneInfo) -> date:
    """The last day on which an occurrence may begin. A time before the series' own leaves that day out; `Z` means UTC, else it is wall time."""
    try:
        if "T" not in text:
            return datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Inexpressible(f"UNTIL={text}") from None
    wall = (moment.astimezone(zone) if text.endswith("Z") else moment).replace(tzinfo=None)
    return wall.date() if wall.time() >= start.time() else wall.date() - timedelta(days=1)


def _number(parts: Parts, name: str, default: int) -> int:
    try:
        return int(parts[name]) if name in parts else default
    except ValueError:
        raise Inexpressible(f"{name}={parts[name]}") from None


def _plain_day(text: str) -> str:
    if text not in _DAYS:
        raise Inexpressible(f"BYDAY={text}")
    return text


def _with(base: Recurrence, **changed: object) -> Recurrence:
    fields = {name: getattr(base, name) for name in Recurrence.__slots__} | changed
    return Recurrence(**fields)


def write(series: Recurrence) -> str:
    """The rule, without its name. The end of a range is the end of its day, as wall time: one rule for timed and full-time appointments."""
    parts = [*_frequency(series), *_pattern(series)]
    if series.week_start != MONDAY:
        parts.append(f"WKST={_DAYS[series.week_start]}")
    if series.count is not None:
        parts.append(f"COUNT={series.count}")
    elif series.until is not None:
        parts.append(f"UNTIL={datetime.combine(series.until, time(23, 59, 59)):%Y%m%dT%H%M%S}")
    return ";".join(parts)


def _frequency(series: Recurrence) -> list[str]:
    names = {Unit.DAY: "DAILY", Unit.WEEK: "WEEKLY", Unit.MONTH: "MONTHLY"}
    yearly = is_yearly(series)
    interval = series.interval // YEAR if yearly else series.interval
    parts = [f"FREQ={'YEARLY' if yearly else names[series.unit]}"]
    parts += [f"INTERVAL={interval}"] if interval > 1 else []
    return [*parts, *([f"BYMONTH={series.first.month}"] if yearly else [])]


def _pattern(series: Recurrence) -> list[str]:
    days = ",".join(_DAYS[day] for day in series.weekdays)
    if series.unit is Unit.WEEK:
        return [f"BYDAY={days}"]
    if series.unit is Unit.DAY:
        return []
    if series.position:
        single = len(series.weekdays) == 1
        return [f"BYDAY={series.position}{days}"] if single else [f"BYDAY={days}", f"BYSETPOS={series.position}"]
    if never_short(series.day, series.first.month if is_yearly(series) else 0):
        return [f"BYMONTHDAY={series.day}"]
    if series.day == LONGEST or is_yearly(series):
        return ["BYMONTHDAY=-1"]
    return [f"BYMONTHDAY={','.join(str(day) for day in range(_ALWAYS, series.day + 1))}", "BYSETPOS=-1"]


def is_yearly(series: Recurrence) -> bool:
    """Every so many whole years, always in the same month."""
    return series.unit is Unit.MONTH and series.interval % YEAR == 0
