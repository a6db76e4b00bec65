"""Reading a series: its master, its changed and its deleted occurrences become one record (R18). Source: CalendarItemType of types.xsd."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lxml.etree import _Element as Element

from app.adapters.exchange import fields_appointment as fields
from app.adapters.exchange import patterns, zones
from app.adapters.exchange.items import identity
from app.adapters.exchange.paths import values_of
from app.adapters.exchange.wire import children, find, text_of
from app.domain.appointment import AllDay, Appointment, Occurrence, Timed
from app.domain.ids import ItemId, Version
from app.domain.occurrences import settled, shifted
from app.domain.participants import without
from app.domain.recurrence import Inexpressible
from app.domain.zones import keeps_pace, wall_time

_DAY = timedelta(days=1)

Parts = Mapping[ItemId, Element]
"""Items that belong to another one: a series' changed occurrences, in full."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series as it stands. `zone` is the Windows id of its clock; `changed` are its changed occurrences' items at their versions."""

    record: Appointment
    zone: str
    changed: Mapping[date, tuple[ItemId, Version]]


class ForeignPrivate(ValueError):
    """An occurrence of somebody else's meeting is private (R19)."""


def changed_ids(master: Element) -> list[ItemId]:
    """The changed occurrences, which a master only names."""
    return [identity(info)[0] for info in _infos(master, "ModifiedOccurrences")]


def whole(item: Element, parts: Parts, calendar: fields.Calendar) -> Series:
    """A series, or the single appointment that it was or becomes. Raises: as `read`."""
    values = values_of(item)
    if find(item, "t:Recurrence") is not None:
        return read(item, parts, calendar)
    return Series(fields.read(item, values, calendar), values.get(fields.START_ZONE, ""), {})


def read(master: Element, parts: Parts, calendar: fields.Calendar) -> Series:
    """The series of a recurring master and its changed occurrences. Raises: Inexpressible, ForeignPrivate, ValueError for what cannot be read."""
    values = values_of(master)
    first = fields.read(master, values, calendar)
    element = find(master, "t:Recurrence")
    if element is None:
        raise ValueError("a recurring master without its recurrence")
    rule = patterns.read(element)
    day_of = _calendar_days(first, values.get(fields.START_ZONE, ""))
    begins = _begin(first, day_of)
    if isinstance(first.when, Timed) and not keeps_pace(rule, first.when.start, first.when.zone, calendar.zone):
        raise Inexpressible(f"TZID={first.when.zone}")
    series = replace(first, when=shifted(first.when, rule.first - begins), recurrence=rule)
    infos = list(_infos(master, "ModifiedOccurrences"))
    changed = {day_of(_moment(info, "OriginalStart")): identity(info) for info in infos}
    exceptions = [
        *(
            Occurrence(original=day_of(_moment(info, "Start")), deleted=True)
            for info in _infos(master, "DeletedOccurrences")
        ),
        *(_changed(day, parts[item], series, calendar) for day, (item, _) in changed.items()),
    ]
    others = tuple(
        sorted(day for day, (item, _) in changed.items() if _has_other_people(parts[item], series, calendar))
    )
    whole_series = settled(replace(series, exceptions=tuple(exceptions), other_people=others))
    return Series(whole_series, values.get(fields.START_ZONE, ""), changed)


def _has_other_people(item: Element, series: Appointment, calendar: fields.Calendar) -> bool:
    there = fields.read(item, values_of(item), calendar).participants
    return bool(without(there, series.participants) or without(series.participants, there))


def _begin(first: Appointment, day_of: Callable[[datetime], date]) -> date:
    return first.when.first if isinstance(first.when, AllDay) else day_of(first.when.start)


def _calendar_days(first: Appointment, zone_id: str) -> Callable[[datetime], date]:
    """How an occurrence's start becomes the date that names it."""
    if isinstance(first.when, AllDay):
        zone = zones.iana_name(zone_id)
        return lambda moment: zones.all_day(moment, moment + _DAY, zone).first
    if not first.when.zone:
        raise Inexpressible(f"TZID={zone_id}")
    named = first.when.zone
    return lambda moment: wall_time(moment, named).date()


def _infos(master: Element, name: str) -> Iterator[Element]:
    holder = find(master, f"t:{name}")
    return children(holder) if holder is not None else iter(())


def _moment(info: Element, name: str) -> datetime:
    return fields.moment(text_of(find(info, f"t:{name}")).strip())


def _changed(day: date, item: Element, series: Appointment, calendar: fields.Calendar) -> Occurrence:
    values = values_of(item)
    one = fields.read(item, values, calendar)
    if values.get(fields.SENSITIVITY) == "Private" and values.get(fields.MY_RESPONSE) in fields.ANSWERS:
        raise ForeignPrivate
    if values.get(fields.MY_RESPONSE) == fields.DECLINED:
        return Occurrence(original=day, deleted=True)  # for this attendee only, see `app.rules.meetings` (D2)
    when = one.when
    if isinstance(when, Timed) and not when.zone and isinstance(series.when, Timed):
        when = replace(when, zone=series.when.zone)
    return Occurrence(original=day, when=when, title=one.title, text=one.text, place=one.place, private=one.private)
