"""Series: from a Recurrence element to the times of its occurrences, numbered from 1 (InstanceIndex counts deleted ones too)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule
from lxml import etree
from lxml.etree import _Element as Element

from sandbox.exchange import calendar
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child_text, children, local
from sandbox.exchange.world import Item, Properties, Property
from sandbox.exchange.xmlnames import TYPES

RECURRENCE = "calendar:Recurrence"
_BOUNDARY_DATE = re.compile(r"<t:(StartDate|EndDate)>(\d{4}-\d\d-\d\d)[^<]*</t:\1>")
MOST = 1000  # of an endless series, nobody is shown more

_WEEKDAYS = {"Monday": MO, "Tuesday": TU, "Wednesday": WE, "Thursday": TH, "Friday": FR, "Saturday": SA, "Sunday": SU}
_DAY_GROUPS = {"Day": tuple(_WEEKDAYS.values()), "Weekday": (MO, TU, WE, TH, FR), "WeekendDay": (SA, SU)}
_POSITIONS = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORTEST_MONTH = 28


class Occurrence(NamedTuple):
    """One date of a series as its pattern has it; `position` is its InstanceIndex."""

    position: int
    start: datetime
    end: datetime


@lru_cache(maxsize=512)
def _parsed(xml: str) -> Element:
    return etree.fromstring(f'<x xmlns:t="{TYPES}">{xml}</x>')[0]


def is_master(item: Item) -> bool:
    return RECURRENCE in item.properties


def is_endless(item: Item) -> bool:
    return local(children(_parsed(item.properties[RECURRENCE].xml))[1]) == "NoEndRecurrence"


def occurrences(master: Item) -> Iterator[Occurrence]:
    """The dates of a series in order, deleted and changed ones included, at the master's wall time. Raises: EwsError."""
    clock = calendar.clock_of(master.properties)
    start, end = calendar.span(master.properties)
    wall, length = start.astimezone(clock).replace(tzinfo=None), end - start
    walls = _rule(_parsed(master.properties[RECURRENCE].xml), wall)
    for index, local_start in enumerate(islice(walls, MOST), 1):
        begin = local_start.replace(tzinfo=clock).astimezone(UTC)
        finish = begin + length
        if calendar.is_all_day(master.properties):
            days = (end.astimezone(clock).date() - start.astimezone(clock).date()).days
            finish = (local_start + timedelta(days=days)).replace(tzinfo=clock).astimezone(UTC)
        yield Occurrence(index, begin, finish)


def _rule(recurrence: Element, wall: datetime) -> rrule:
    pattern, boundary = children(recurrence)
    first = datetime.combine(_date(child_text(boundary, "StartDate")), wall.time())
    limits: dict[str, object] = {}
    if local(boundary) == "EndDateRecurrence":
        limits["until"] = datetime.combine(_date(child_text(boundary, "EndDate")), wall.time())
    elif local(boundary) == "NumberedRecurrence":
        limits["count"] = int(child_text(boundary, "NumberOfOccurrences"))
    return rrule(dtstart=first, **_pattern(pattern), **limits)  # type: ignore[arg-type]  # keyword sets made from data


def _date(text: str) -> date:
    return date.fromisoformat(text[:10])  # Exchange writes and accepts a zone behind it: "2026-07-14Z"


def _pattern(pattern: Element) -> dict[str, object]:
    interval = int(child_text(pattern, "Interval") or 1)
    match local(pattern):
        case "DailyRecurrence":
            return {"freq": DAILY, "interval": interval}
        case "WeeklyRecurrence":
            week_start = _WEEKDAYS[child_text(pattern, "FirstDayOfWeek") or "Sunday"]
            return {"freq": WEEKLY, "interval": interval, "byweekday": _days(pattern), "wkst": week_start}
        case "AbsoluteMonthlyRecurrence":
            return {"freq": MONTHLY, "interval": interval, **_day_of_month(pattern)}
        case "RelativeMonthlyRecurrence":
            return {"freq": MONTHLY, "interval": interval, **_day_by_position(pattern)}
        case "AbsoluteYearlyRecurrence":
            return {"freq": YEARLY, "bymonth": _month(pattern), **_day_of_month(pattern)}
        case "RelativeYearlyRecurrence":
            return {"freq": YEARLY, "bymonth": _month(pattern), **_day_by_position(pattern)}
        case other:
            raise EwsError("ErrorCalendarInvalidRecurrence", f"{other} is not a pattern of a calendar item.")


def _days(pattern: Element) -> list[object]:
    names = child_text(pattern, "DaysOfWeek").split()
    return [day for name in names for day in _DAY_GROUPS.get(name, (_WEEKDAYS.get(name),))]


def _day_of_month(pattern: Element) -> dict[str, object]:
    """The 31st of a short month is its last day."""
    day = int(child_text(pattern, "DayOfMonth"))
    if day <= _SHORTEST_MONTH:
        return {"bymonthday": day}
    return {"bymonthday": list(range(_SHORTEST_MONTH, day + 1)), "bysetpos": -1}


def _day_by_position(pattern: Element) -> dict[str, object]:
    return {"byweekday": _days(pattern), "bysetpos": _POSITIONS[child_text(pattern, "DayOfWeekIndex")]}


def _month(pattern: Element) -> int:
    return MONTHS.index(child_text(pattern, "Month")) + 1


def occurrence_id(master: Item, index: int) -> str:
    return f"{master.id}.{index}"


def occurrence(master: Item, index: int) -> Item:
    """One occurrence as an item: the changed one where it was changed, else made from the master.

    Raises: EwsError ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange, ErrorCalendarOccurrenceIsDeletedFromRecurrence.
    """
    if index in master.deleted_occurrences:
        raise EwsError(
            "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
            "Occurrence with this index was previously deleted from the recurrence.",
        )
    if index in master.exceptions:
        return master.exceptions[index]
    found = next(islice(occurrences(master), index - 1, index), None) if index > 0 else None
    if found is None:
        raise EwsError(
            "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "Occurrence index is out of recurrence range."
        )
    return made_occurrence(master, found)


def made_occurrence(master: Item, found: Occurrence) -> Item:
    """An unchanged occurrence as an item of its own."""
    properties = {key: stored for key, stored in master.properties.items() if key != RECURRENCE}
    properties["calendar:Start"] = calendar.stored_moment("Start", found.start)
    properties["calendar:End"] = calendar.stored_moment("End", found.end)
    return Item(
        id=occurrence_id(master, found.position),
        kind=master.kind,
        folder=master.folder,
        properties=properties,
        body=master.body,
        change_key=master.change_key,
        created=master.created,
        modified=master.modified,
        master=master,
        original_start=found.start,
        invitations_sent=master.invitations_sent,
    )


def save(properties: Properties) -> None:
    """Check the pattern and write its dates as Exchange does, with the zone's offset behind them: "2026-10-19+02:00".

    Raises: EwsError ErrorCalendarInvalidRecurrence for a pattern no calendar item may have.
    """
    given = properties.get(RECURRENCE)
    if given is None:
        return
    _pattern(children(_parsed(given.xml))[0])
    offset = calendar.span(properties)[0].astimezone(calendar.clock_of(properties)).strftime("%z")
    zone = f"{offset[:3]}:{offset[3:]}" if offset.strip("+-0") else "Z"
    xml = _BOUNDARY_DATE.sub(rf"<t:\1>\2{zone}</t:\1>", given.xml)
    properties[RECURRENCE] = Property(xml, given.text)
