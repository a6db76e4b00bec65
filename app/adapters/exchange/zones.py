"""Time zones: Windows' ids, which Exchange speaks, and IANA names, which everybody else speaks. Never the process's own zone.

The tables are exchangelib's, which are Unicode CLDR's windowsZones.xml.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from exchangelib.winzone import IANA_TO_MS_TIMEZONE_MAP, MS_TIMEZONE_TO_IANA_MAP

from app.domain.appointment import AllDay

_DAY = timedelta(days=1)
_HALF_DAY = timedelta(hours=12)


def windows_id(iana: str) -> str:
    """The Windows id of an IANA zone. Raises: ValueError when Windows has none."""
    entry = IANA_TO_MS_TIMEZONE_MAP.get(iana)
    if entry is None:
        raise ValueError(f"Exchange knows no time zone for {iana!r}")
    return str(entry[0])


def iana_name(identifier: str) -> str:
    """The IANA zone of a Windows id, "" when it is nobody's ("Customized Time Zone", "tzone://Microsoft/Custom", a display name)."""
    name = str(MS_TIMEZONE_TO_IANA_MAP.get(identifier, identifier))
    return name if name in IANA_TO_MS_TIMEZONE_MAP else ""


def midnight(day: date, zone: str) -> datetime:
    """The instant (UTC) at which `day` begins in an IANA `zone`."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def all_day(start: datetime, end: datetime, zone: str, offset: timedelta | None = None) -> AllDay:
    """The calendar dates of an all-day item that lies between two instants (UTC), `end` exclusive (R17).

    The dates are those of the item's own `zone` (IANA, or "") if it begins at midnight there, or of its own definition's `offset`. Otherwise of
    the offset that makes its start a midnight, since an all-day item begins at midnight somewhere.
    """
    first = _date_in(start, zone) or _date_at(start, offset) or (start + _offset_of_midnight(start)).date()
    # A day with a clock change has 23 or 25 hours.
    days = max(1, round((end - start) / _DAY))
    return AllDay(first=first, last=first + (days - 1) * _DAY)


def _date_in(start: datetime, zone: str) -> date | None:
    try:
        local = start.astimezone(ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return local.date() if local is not None and local.time() == time() else None


def _date_at(start: datetime, offset: timedelta | None) -> date | None:
    local = start + offset if offset is not None else None
    return local.date() if local is not None and local.time() == time() else None


def _offset_of_midnight(start: datetime) -> timedelta:
    """UTC+13 to UTC-10:59: of two offsets that are a day apart, the one where more people live (Auckland's summer, Honolulu)."""
    since = timedelta(hours=start.hour, minutes=start.minute, seconds=start.second)
    return -since if since < _HALF_DAY - timedelta(hours=1) else _DAY - since
