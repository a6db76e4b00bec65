"""When a profile is synchronised by itself (R36), as a value; `app.rules.schedule_text` reads and writes it as text.

All hours are wall time in the schedule's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = ZoneInfo("Europe/Berlin")
"""Where no zone is named: that of a Wice server whose zone nobody has set."""

EVERY_DAY: Final = frozenset(range(7))
"""0 is Monday, as `date.weekday` counts."""

WEEKDAYS: Final = frozenset(range(5))
WEEKEND: Final = EVERY_DAY - WEEKDAYS


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begin` up to, not including, `end`, each day anew. One that ends at or before its beginning ends on the next day."""

    begin: time = time(0)
    end: time = time(0)

    @property
    def whole_day(self) -> bool:
        """From midnight to midnight."""
        return self.begin == self.end == time(0)


ALL_DAY: Final = Hours()


@dataclass(frozen=True, slots=True)
class Period:
    """These hours of these days; hours that reach into the next day belong to the day on which they begin."""

    days: frozenset[int] = EVERY_DAY
    hours: Hours = ALL_DAY

    @property
    def always(self) -> bool:
        """Is there no moment outside?"""
        return self.days == EVERY_DAY and self.hours.begin == self.hours.end


ALWAYS: Final = Period()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Within its period, again and again `every` so long, or `at` these times of the day."""

    period: Period = ALWAYS
    every: timedelta | None = None
    at: tuple[time, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """At every moment the first rule counts whose period holds it; in `pauses` none does. `start`: wall time, nothing happens before."""

    rules: tuple[Rule, ...]
    pauses: tuple[Period, ...] = ()
    start: datetime | None = None
    zone: ZoneInfo = DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of a profile whose time has come: is it `asked` for a run now, and when does its time come `next`? None: never."""

    asked: bool
    next: datetime | None
