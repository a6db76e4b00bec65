"""Template filters that write times, numbers and sizes as the reader's language and zone do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from markupsafe import Markup

from app.web import current
from app.web.i18n import _, ngettext, region

NOTHING = "–"
_JUST_NOW = timedelta(seconds=45)
_UNITS = (("gigabyte", 1_000_000_000), ("megabyte", 1_000_000), ("kilobyte", 1_000), ("byte", 1))


def when_text(value: datetime) -> str:
    """Date and time to the minute in the reader's zone. Raises: ValueError for a time without a zone."""
    if value.tzinfo is None:
        raise ValueError("a time to be shown must know its zone")
    local = value.astimezone(current.time_zone())
    return f"{format_date(local, 'medium', locale=region())}, {format_time(local, 'short', locale=region())}"


def when(value: datetime | None) -> Markup | str:
    """`<time>` with date and time."""
    return NOTHING if value is None else _time(value, when_text(value), "")


def ago(value: datetime | None, now: datetime | None = None) -> Markup | str:
    """`<time>` with the distance to now, into the past or the future; the exact time is its tooltip."""
    if value is None:
        return NOTHING
    distance = value - (now or datetime.now(UTC))
    if abs(distance) < _JUST_NOW:
        return _time(value, _("just now"), when_text(value))
    return _time(value, format_timedelta(distance, add_direction=True, locale=region()), when_text(value))


def day(value: date | datetime | None) -> str:
    """A date; of a time the day on which it falls in the reader's zone."""
    if value is None:
        return NOTHING
    local = value.astimezone(current.time_zone()) if isinstance(value, datetime) else value
    return format_date(local, "medium", locale=region())


def number(value: float | None, digits: int = 0) -> str:
    """With the language's marks: 12,345 or 12.345."""
    return NOTHING if value is None else _decimal(round(value, digits), region())


@lru_cache(maxsize=10_000)
def _decimal(value: float, locale: str) -> str:
    # A chart's table holds hundreds of numbers, most of them again and again.
    return format_decimal(value, locale=locale)


def percent(value: float | None) -> str:
    """Of a share 0..1."""
    return NOTHING if value is None else format_percent(value, locale=region())


def duration(value: timedelta | float | None) -> str:
    """How long something took or is to take, two units at most; a number is seconds."""
    if value is None:
        return NOTHING
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 10:  # noqa: PLR2004  below ten seconds the tenth is of interest
        return f"{number(seconds, 1)} s"
    rest, parts = round(seconds), []
    for unit, length in (("", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {unit}" if unit else ngettext("%(num)s day", "%(num)s days", count))
    return " ".join(parts[:2])


def size(value: int | None) -> str:
    """Bytes in decimal units."""
    if value is None:
        return NOTHING
    unit, length = next((known for known in _UNITS if value >= known[1]), _UNITS[-1])
    return format_unit(round(value / length, 1), f"digital-{unit}", "short", locale=region())


def _time(value: datetime, shown: str, title: str) -> Markup:
    moment = value.astimezone(UTC).isoformat(timespec="seconds")
    if not title:
        return Markup('<time datetime="{}">{}</time>').format(moment, shown)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment, title, shown)
