"""Wall-time appointments: what Wice accepts, and whether one reaches into a window of dates."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import rrulestr

from sandbox.wice.errors import RefusedError

FULLTIME_START = "07:00"
FULLTIME_END = "23:00"


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an appointment as Wice keeps them: a full-time one runs 07:00-23:00, a missing end is the start.

    Raises: RefusedError when dates, times or the recurrence rule make no sense.
    """
    kept = dict(values)
    kept["date_end"] = kept["date_end"] or kept["date_start"]
    if kept["fulltime"] == "1":
        kept["time_start"], kept["time_end"] = FULLTIME_START, FULLTIME_END
    kept["time_end"] = kept["time_end"] or kept["time_start"]
    start, end = _start(kept), _end(kept)
    if end < start:
        raise RefusedError("An appointment must not end before it starts")
    if kept["rrule"]:
        _rule(kept["rrule"], start)
    for override in kept["overrides"]:
        _override_day(override)
    return kept


def reaches_into(values: Mapping[str, Any], first: date | None, last: date | None) -> bool:
    """Whether any part of it, of one of its occurrences or of a moved one lies on the days `first` to `last`."""
    window_start = datetime.combine(first or date.min, time.min)
    window_end = datetime.combine(last or date.max, time.max)
    start, end = _start(values), _end(values)
    if start <= window_end and end >= window_start:
        return True
    if any(_override_reaches(override, window_start, window_end) for override in values["overrides"]):
        return True
    if not values["rrule"] or start > window_end:
        return False
    # An occurrence that began before the window may still last into it.
    earliest = window_start - (end - start) if first else start
    occurrence = _rule(values["rrule"], start).after(earliest, inc=True)
    return occurrence is not None and occurrence <= window_end


def parse_date(text: str, column: str) -> date:
    """Raises: RefusedError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(f"{column} must be YYYY-MM-DD; got {text!r}") from error


def _start(values: Mapping[str, Any]) -> datetime:
    return _moment(values, "date_start", "time_start")


def _end(values: Mapping[str, Any]) -> datetime:
    return _moment(values, "date_end", "time_end")


def _moment(values: Mapping[str, Any], date_column: str, time_column: str) -> datetime:
    text = values[time_column] or "00:00"
    try:
        clock = time.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(f"{time_column} must be HH:MM; got {text!r}") from error
    return datetime.combine(parse_date(values[date_column], date_column), clock.replace(tzinfo=None))


def _rule(text: str, start: datetime) -> Any:
    # Wall times have no zone, and dateutil refuses a zoned UNTIL beside them.
    wall = text.upper().replace("Z;", ";").removesuffix("Z")
    try:
        return rrulestr(wall, dtstart=start)
    except (ValueError, TypeError) as error:
        raise RefusedError(f"rrule is not an RFC 5545 recurrence rule: {error}") from error


def _override_reaches(override: object, window_start: datetime, window_end: datetime) -> bool:
    day = _override_day(override)
    return day is not None and window_start.date() <= day <= window_end.date()


def _override_day(override: object) -> date | None:
    """The day to which an occurrence was moved; None when it stays on its own."""
    if not isinstance(override, dict):
        raise RefusedError("overrides must be a list of appointment objects")
    written = override.get("date_start", "")
    return parse_date(str(written), "overrides.date_start") if written else None
