"""Appointments <-> rows of Wice's calendar. `AppointmentFields.table` is the field table for both directions; participants have their own file.

Times are wall times of the server's zone, to the minute; full-time means whole calendar days (R17).
"""

from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from app.adapters.wice.dialect import Dialect, Values
from app.adapters.wice.fields import Field, Parts, read_fields, text_field, write_fields
from app.adapters.wice.series import SeriesColumns
from app.adapters.wice.wire import Row, is_set, text_of, to_utc, to_wall
from app.domain.appointment import AllDay, Appointment, Timed

_WHEN_PARTS = ("date_start", "time_start", "date_end", "time_end", "full_time")


class Unreadable(ValueError):
    """A row whose dates or times make no sense; the text names the column, not the value's owner."""


def _when_field(zone: ZoneInfo, values: Values) -> Field:
    def read(texts: Parts) -> Timed | AllDay:
        date_start, time_start, date_end, time_end, full_time = texts
        first = _date(date_start, "date_start")
        last = max(first, _date(date_end, "date_end")) if date_end else first
        if is_set(full_time):
            return AllDay(first=first, last=last)
        begin = _clock(time_start, "time_start")
        start = to_utc(first, begin, zone)
        end = to_utc(last, _clock(time_end, "time_end") if time_end else begin, zone)
        # Wall times that run backwards when the clock is set back have no length that Wice could tell us.
        return Timed(start=start, end=max(start, end), zone=zone.key)

    def write(value: object) -> Parts:
        if isinstance(value, AllDay):
            return value.first.isoformat(), values.full_time_start, value.last.isoformat(), values.full_time_end, "1"
        if isinstance(value, Timed):
            return *to_wall(value.start, zone), *to_wall(value.end, zone), "0"
        raise TypeError(f"an appointment cannot lie at {type(value).__name__}")

    return Field("when", _WHEN_PARTS, read, write)


_PRIVATE = Field("private", ("private",), lambda texts: is_set(texts[0]), lambda value: ("1" if value else "0",))


class AppointmentFields:
    """The field table of one server's dialect. `uid` is written at creation only and kept by Wice from then on."""

    def __init__(self, dialect: Dialect, zone: ZoneInfo) -> None:
        self._columns = dialect.columns.appointment.model_dump()
        self.table = (
            text_field("title"),
            text_field("text"),
            text_field("place"),
            _when_field(zone, dialect.values),
            _PRIVATE,
        )
        self._uid = text_field("uid")
        self._series = SeriesColumns(self.table, self._columns, zone)

    def read(self, row: Row) -> Appointment:
        """A row without its participants. Raises: Unreadable; Inexpressible for a series that Exchange has no words for (R18)."""
        single = self.read_first(row)
        return self._series.read(single, row) if self._series.is_series(row) else single

    def read_first(self, row: Row) -> Appointment:
        """A single appointment, or the first one of a series as if it were one. Raises: Unreadable."""
        values: dict[str, Any] = read_fields((*self.table, self._uid), self._columns, row)
        return Appointment(**values)

    def create(self, record: Appointment) -> dict[str, object]:
        """The mapped columns of a new appointment without the participants."""
        rule = [self._series.rule] if record.recurrence else []
        written = write_fields((*self.table, self._uid, *rule), self._columns, record)
        return {**written, **self._series.create(record)}

    def write(self, record: Appointment, present: tuple[Row, Appointment] | None) -> dict[str, object]:
        """The mapped columns without the participants, over a row that stands (None: one that cannot be read)."""
        rule = [self._series.rule] if record.recurrence or present is None or present[1].recurrence else []
        written = write_fields((*self.table, *rule), self._columns, record, present)
        return {**written, **self._series.write(record, present)}

    def label(self, row: Row) -> str:
        """How people know a row that cannot be read: its title and first day."""
        title, day = (text_of(row.get(self._columns[part])) for part in ("title", "date_start"))
        return f"{title or '…'} ({day})" if day else title


def _date(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"{column} is no date YYYY-MM-DD") from error


def _clock(text: str, column: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise Unreadable(f"{column} is no time HH:MM") from error
