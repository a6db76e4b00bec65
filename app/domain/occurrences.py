"""The single dates of a series: what each of them is, and which of them differ from it. One form, however the servers spell it (R3, R17, R18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from app.domain.appointment import AllDay, Appointment, Occurrence, Timed
from app.domain.fingerprint import occurrence_form
from app.domain.recurrence import Inexpressible, Recurrence
from app.domain.zones import instant, wall_time


def span_on(series: Appointment, day: date) -> Timed | AllDay:
    """When the regular occurrence of `day` is: at the series' wall time (R17)."""
    return shifted(series.when, day - _rule(series).first)


def shifted(when: Timed | AllDay, by: timedelta) -> Timed | AllDay:
    """The same wall times `by` whole days later. A timed one must know its zone."""
    if isinstance(when, AllDay):
        return AllDay(first=when.first + by, last=when.last + by)
    start, end = (instant(wall_time(moment, when.zone) + by, when.zone) for moment in (when.start, when.end))
    return Timed(start=start, end=max(start, end), zone=when.zone)


def regular(series: Appointment, day: date) -> Occurrence:
    """The occurrence of `day` as the series has it."""
    return Occurrence(
        original=day,
        when=span_on(series, day),
        title=series.title,
        text=series.text,
        place=series.place,
        private=series.private,
    )


def settled(series: Appointment) -> Appointment:
    """`series` with its exceptions in order and only those that are any: a change back to the rule is none, nor is a deletion of a date that it
    does not have. Raises: Inexpressible for a changed occurrence of no date, or two of one.
    """
    rule = _rule(series)
    kept: dict[date, Occurrence] = {}
    for one in sorted(series.exceptions, key=lambda one: (one.original, one.deleted)):
        known = rule.number(one.original) is not None
        if one.deleted:
            kept |= {one.original: one} if known else {}
        elif not known or one.original in kept:
            raise Inexpressible(f"RECURRENCE-ID={one.original.isoformat()}")
        elif occurrence_form(one) != occurrence_form(regular(series, one.original)):
            kept[one.original] = one
    return replace(series, exceptions=tuple(kept.values()))


def is_empty(series: Appointment) -> bool:
    """Is none of its dates left?"""
    size = _rule(series).size
    return size is not None and sum(one.deleted for one in series.exceptions) >= size


def check_order(series: Appointment) -> None:
    """Exchange keeps a series' occurrences in their order, one a day: none may be moved to or over a neighbour's day. Raises: Inexpressible.

    Source: ErrorOccurrenceCrossingBoundary; [MS-OXOCAL] 3.1.4.6.
    """
    rule = _rule(series)
    by_day = {one.original: one for one in series.exceptions}
    for one in series.exceptions:
        if one.when and _day(one.when) != one.original:
            before, after = (_neighbour(rule, one.original, step, by_day) for step in (-1, 1))
            if (before and _day(one.when) <= before) or (after and _day(one.when) >= after):
                raise Inexpressible(f"RECURRENCE-ID={one.original.isoformat()} > {_day(one.when).isoformat()}")


def _neighbour(rule: Recurrence, day: date, step: int, exceptions: dict[date, Occurrence]) -> date | None:
    """The day of the next occurrence before or behind `day` that was not deleted."""
    number = (rule.number(day) or 0) + step
    while number >= 1 and (rule.size is None or number <= rule.size):
        found = exceptions.get(rule.at(number))
        if found is None:
            return rule.at(number)
        if found.when:
            return _day(found.when)
        number += step
    return None


def _day(when: Timed | AllDay) -> date:
    return when.first if isinstance(when, AllDay) else wall_time(when.start, when.zone or "UTC").date()


def half_way(present: Appointment, before: Appointment, after: Appointment) -> bool:
    """Can `present` be what is left of making `after` of `before` in several steps, and nobody else's work (R30)?

    Every field and every occurrence is then as it was or as it was to become; between the two, a series may lose its exceptions or its rule.
    """
    fields = ("title", "text", "place", "private", "when")
    if not all(_one_of(name, present, before, after) for name in fields):
        return False
    if present.recurrence is None:
        return True
    if str(present.recurrence) not in {str(before.recurrence), str(after.recurrence)}:
        return False
    wanted = {_form(one) for record in (before, after) for one in record.exceptions}
    return all(_form(one) in wanted or _is_mixed(one, before, after) for one in present.exceptions)


def _one_of(name: str, present: Appointment, before: Appointment, after: Appointment) -> bool:
    now, *either = (_comparable(record, name) for record in (present, before, after))
    return now in either


def _comparable(record: Appointment | Occurrence, name: str) -> str:
    value = getattr(record, name)
    # The order of an occurrence's fields in its form.
    blank = Occurrence(original=date.min, when=AllDay(first=date.min, last=date.min))
    return "\n".join(occurrence_form(replace(blank, **{name: value})))


def _form(one: Occurrence) -> str:
    return "\n".join(occurrence_form(one))


def _is_mixed(one: Occurrence, before: Appointment, after: Appointment) -> bool:
    """A changed occurrence whose every field stands in one of the records: the series' fields may have moved under it."""
    if one.deleted:
        return False
    sources: list[Appointment | Occurrence] = [
        source
        for record in (before, after)
        for source in (*_regular(record, one.original), *(e for e in record.exceptions if e.original == one.original))
    ]
    names = ("title", "text", "place", "private", "when")
    return all(
        any(_comparable(one, name) == _comparable(source, name) for source in sources if _has(source, name))
        for name in names
    )


def _has(source: Appointment | Occurrence, name: str) -> bool:
    return not (isinstance(source, Occurrence) and source.deleted) and getattr(source, name) is not None


def _regular(record: Appointment, day: date) -> Iterable[Occurrence]:
    return [regular(record, day)] if record.recurrence and record.recurrence.number(day) else []


def _rule(series: Appointment) -> Recurrence:
    if series.recurrence is None:
        raise ValueError("a single appointment has no occurrences")
    return series.recurrence
