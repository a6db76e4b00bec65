"""One iCalendar event (RFC 5545) as a neutral appointment."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrulestr
from vobject.base import Component, ContentLine
from vobject.icalendar import stringToDurations

from sandbox.content_lines import lines, text
from sandbox.demo import DemoAppointment
from sandbox.people import TIME_ZONE

_durations = cast("Callable[[str], list[timedelta]]", stringToDurations)
_WINDOWS_ZONES = {
    "W. Europe Standard Time": "Europe/Berlin",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "Romance Standard Time": "Europe/Paris",
    "GMT Standard Time": "Europe/London",
    "E. Europe Standard Time": "Europe/Chisinau",
    "FLE Standard Time": "Europe/Kiev",
    "Eastern Standard Time": "America/New_York",
    "UTC": "UTC",
}
"""The names Outlook writes into its exports, as far as they are met in Germany (source: CLDR windowsZones)."""


def appointment_of(event: Component, key: str, problems: list[str]) -> DemoAppointment:
    """What of it has no place is added to `problems` in words; times in UTC become wall times of `TIME_ZONE`.

    Raises: ValueError when it has no readable start.
    """
    if lines(event, "recurrence-id"):
        raise ValueError("it is a changed occurrence of a series, which the sandbox does not keep apart")
    if not lines(event, "dtstart"):
        raise ValueError("it has no start (DTSTART)")
    start, zone = _moment(lines(event, "dtstart")[0], problems)
    end = _end(event, start, problems)
    if end < start:
        raise ValueError("it ends before it starts")
    return DemoAppointment(
        key=key,
        uid=text(event, "uid") or f"{key}@import.example",
        title=text(event, "summary"),
        start=start,
        end=end,
        time_zone=zone,
        fulltime=not isinstance(start, datetime),
        private=text(event, "class").upper() in ("PRIVATE", "CONFIDENTIAL"),
        description=text(event, "description"),
        location=text(event, "location"),
        attendees=tuple(each.value.lower().removeprefix("mailto:") for each in lines(event, "attendee")),
        rrule=_rule(text(event, "rrule")),
        exdates=tuple(_day(value) for each in lines(event, "exdate") for value in each.value.split(",")),
        categories=tuple(name for name in text(event, "categories").split(",") if name),
    )


def _end(event: Component, start: datetime | date, problems: list[str]) -> datetime | date:
    """In the zone of `start`; of a full-time event the last day (RFC 5545 writes the day after it)."""
    fulltime = not isinstance(start, datetime)
    if lines(event, "dtend"):
        end, _ = _moment(lines(event, "dtend")[0], problems)
        if isinstance(end, datetime) is fulltime:
            raise ValueError("start and end must both be days or both be times")
        return max(start, end - timedelta(days=1)) if fulltime else end
    if text(event, "duration"):
        length = _durations(text(event, "duration"))[0]
        return max(start, start + length - timedelta(days=1)) if fulltime else start + length
    return start


def _moment(line: ContentLine, problems: list[str]) -> tuple[datetime | date, str]:
    """A date, or a wall time and its zone."""
    written = line.value.strip()
    if "T" not in written:
        return _day(written), TIME_ZONE
    if written.endswith("Z"):
        instant = datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return instant.astimezone(ZoneInfo(TIME_ZONE)).replace(tzinfo=None), TIME_ZONE
    wall = datetime.strptime(written, "%Y%m%dT%H%M%S")  # noqa: DTZ007  a wall time: its zone stands beside it
    named = (line.params.get("TZID") or [TIME_ZONE])[0]
    zone = _WINDOWS_ZONES.get(named, named)
    if zone not in available_timezones():
        problems.append(f"time zone {named!r} is not known here; its times are read as {TIME_ZONE}")
        zone = TIME_ZONE
    return wall, zone


def _day(written: str) -> date:
    return datetime.strptime(written.strip()[:8], "%Y%m%d").date()  # noqa: DTZ007  a calendar date has no zone


def _rule(written: str) -> str:
    if written:
        rrulestr(written.upper().replace("Z;", ";").removesuffix("Z"), dtstart=datetime(2000, 1, 1))  # noqa: DTZ001
    return written
