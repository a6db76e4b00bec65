"""Wall times and instants (R17): the one place that turns the one into the other. Zones are IANA names; the process's own zone is never asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.recurrence import Recurrence

_AHEAD = 12
"""Years of an endless series that are compared: rules that agree for so long agree until a law changes one of them."""
_STEP = timedelta(hours=6)


def wall_time(moment: datetime, zone: str) -> datetime:
    """An instant as naive wall time of `zone`."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant(wall: datetime, zone: str) -> datetime:
    """Wall time (naive) as UTC: a time that comes twice is its first pass, one that is skipped moves forward by the gap."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def keeps_pace(series: Recurrence, start: datetime, zone: str, other: str) -> bool:
    """Does every occurrence of a series, which begins at the instant `start` by the clock of `zone`, begin on the same date by the clock of `other`,
    and always at the same time of day? Only then can wall times of `other` tell of it.
    """
    if zone == other:
        return True
    here, there = (wall_time(start, name) for name in (zone, other))
    begin = start.year
    end = min(series.last.year if series.last else date.max.year - 1, begin + _AHEAD)
    shifts = {shift for year in range(begin, end + 1) for shift in _shifts(zone, other, year)}
    return len(shifts) == 1 and here.date() == there.date()


@lru_cache(maxsize=1024)
def _shifts(zone: str, other: str, year: int) -> frozenset[timedelta]:
    """By how much the clock of `zone` is ahead of that of `other` during a year."""
    clocks = ZoneInfo(zone), ZoneInfo(other)
    begin = datetime(year, 1, 1, tzinfo=UTC)
    found = set()
    for step in range(4 * 366):
        one, two = (_offset(begin + step * _STEP, clock) for clock in clocks)
        found.add(one - two)
    return frozenset(found)


def _offset(moment: datetime, clock: ZoneInfo) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta()
