"""Series <-> Wice's columns for them: the rule, the deleted dates, and the changed occurrences as appointment objects (R18).

A changed occurrence may leave columns out: they are then the series' own. Written ones are complete; what else they hold stays (R2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.adapters.wice.fields import Field, read_fields, write_fields
from app.adapters.wice.wire import Row, text_of, to_wall
from app.domain import rrule
from app.domain.appointment import AllDay, Appointment, Occurrence
from app.domain.fingerprint import clean, occurrence_form
from app.domain.occurrences import check_order, settled, span_on
from app.domain.recurrence import Inexpressible, Recurrence

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(Z?))?")
_FIELDS = ("title", "text", "place", "when", "private")


class SeriesColumns:
    """`table` are the fields of an occurrence; `columns` the names of an appointment's columns."""

    def __init__(self, table: Sequence[Field], columns: Mapping[str, str], zone: ZoneInfo) -> None:
        self._table = table
        self._columns = columns
        self._zone = zone
        self.rule = Field("recurrence", ("rrule",), lambda texts: texts[0], lambda value: (_written(value),))

    def is_series(self, row: Row) -> bool:
        """Whether there is a rule."""
        return bool(text_of(row.get(self._columns["rrule"])))

    def read(self, first: Appointment, row: Row) -> Appointment:
        """The series that begins with the appointment `first`. Raises: Inexpressible with the part that cannot be carried; ValueError."""
        rule = str(row.get(self._columns["rrule"]) or "")
        if not all(self._columns[name] for name in ("exdates", "overrides", "recurrence_id")):
            raise Inexpressible(rule)
        series = replace(first, recurrence=rrule.parse(rule, self._begin(first), self._zone))
        gone = (
            Occurrence(original=self._original(text), deleted=True)
            for text in _texts(row.get(self._columns["exdates"]))
        )
        changed = (self._changed(one, series, row) for one in self._overrides(row))
        whole = settled(replace(series, exceptions=(*gone, *changed)))
        check_order(whole)
        return whole

    def _begin(self, first: Appointment) -> datetime:
        """Wall time of the start. All of a full-time appointment's day is its beginning."""
        if isinstance(first.when, AllDay):
            return datetime.combine(first.when.first, time())
        return first.when.start.astimezone(self._zone).replace(tzinfo=None)

    def _original(self, text: str) -> date:
        """The date of an original start, however much of its time is said."""
        match = _DATE.fullmatch(text.strip())
        if match is None:
            raise Inexpressible(f"RECURRENCE-ID={text}")
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        try:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo("UTC"))
        except ValueError:
            raise Inexpressible(f"RECURRENCE-ID={text}") from None
        return (moment.astimezone(self._zone) if match[7] else moment).date()

    def _overrides(self, row: Row) -> Iterator[Mapping[str, object]]:
        given = row.get(self._columns["overrides"])
        for one in given if isinstance(given, list) else ():
            if not isinstance(one, Mapping):
                raise Inexpressible("RECURRENCE-ID")
            yield one

    def _changed(self, override: Mapping[str, object], series: Appointment, row: Row) -> Occurrence:
        day = self._original(text_of(override.get(self._columns["recurrence_id"])))
        values: dict[str, Any] = read_fields(self._table, self._columns, self._whole(override, series, row, day))
        return Occurrence(original=day, **values)

    def _whole(self, override: Mapping[str, object], series: Appointment, row: Row, day: date) -> Row:
        """The override with what it leaves out: the series' fields, and its times on that day (or the day to which it was moved)."""
        usual = replace(series, when=span_on(series, day))
        moved = text_of(override.get(self._columns["date_start"]))
        if moved:
            usual = replace(usual, when=span_on(series, self._original(moved)))
        mapped = {name for field in self._table for part in field.parts if (name := self._columns[part])}
        times = {self._columns[part] for field in self._table if field.name == "when" for part in field.parts}
        given = {
            name: value for name, value in override.items() if name in mapped and (name not in times or text_of(value))
        }
        return {**row, **write_fields(self._table, self._columns, usual), **given}

    def create(self, record: Appointment) -> dict[str, object]:
        """The columns of a new series' exceptions."""
        return self._lists(record, {}) if record.exceptions else {}

    def write(self, record: Appointment, present: tuple[Row, Appointment] | None) -> dict[str, object]:
        """The columns of the exceptions over a row that stands; none where they stay as they are."""
        if present is None:
            return self._lists(record, {})
        row, held = present
        same = [occurrence_form(one) for one in held.exceptions] == [occurrence_form(one) for one in record.exceptions]
        # A changed occurrence that leaves a column out would follow the series' new one.
        untouched = same and not any(one.when for one in record.exceptions)
        return {} if untouched and (record.recurrence or not self._leftovers(row)) else self._lists(record, row)

    def _lists(self, record: Appointment, row: Row) -> dict[str, object]:
        gone = [one.original.isoformat() for one in record.exceptions if one.deleted]
        changed = [self._override(one, record, row) for one in record.exceptions if not one.deleted]
        lists = {self._columns["exdates"]: gone, self._columns["overrides"]: changed}
        return {name: value for name, value in lists.items() if name}

    def _leftovers(self, row: Row) -> bool:
        return any(row.get(self._columns[name]) for name in ("exdates", "overrides") if self._columns[name])

    def _override(self, one: Occurrence, record: Appointment, row: Row) -> dict[str, object]:
        fields = {name: getattr(one, name) for name in _FIELDS}
        written = write_fields(self._table, self._columns, replace(record, **fields))
        there = (old for old in self._known(row) if self._is_of(old, one.original))
        return {**next(there, {}), self._columns["recurrence_id"]: self._start(record, one.original), **written}

    def _known(self, row: Row) -> Iterator[Mapping[str, object]]:
        given = row.get(self._columns["overrides"]) if self._columns["overrides"] else None
        return (one for one in given if isinstance(one, Mapping)) if isinstance(given, list) else iter(())

    def _is_of(self, override: Mapping[str, object], day: date) -> bool:
        try:
            return self._original(text_of(override.get(self._columns["recurrence_id"]))) == day
        except Inexpressible:
            return False

    def _start(self, record: Appointment, day: date) -> str:
        """The original start, as Wice writes times: the day alone if it is full-time."""
        usual = span_on(record, day)
        return day.isoformat() if isinstance(usual, AllDay) else " ".join(to_wall(usual.start, self._zone))


def _written(value: object) -> str:
    return rrule.write(value) if isinstance(value, Recurrence) else ""


def _texts(value: object) -> list[str]:
    """A list; servers that know only strings join it with commas."""
    parts = value if isinstance(value, list) else text_of(value).split(",")
    return [text for part in parts if (text := clean(str(part)))]
