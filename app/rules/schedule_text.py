"""The one text form of a schedule: in set-up files, in the REST API, in exports, in the database (R36).

    every 15 minutes
    every 15 minutes on weekdays from 07:00 to 19:00, else every 2 hours, Europe/Berlin
    on Monday and Thursday at 06:00 and 18:00, starting 2027-01-04
    every hour except from 22:00 to 06:00 on weekdays, except on Sunday

    schedule = rule {"," "else" rule} {"," "except" period} ["," "starting" DATE [TIME]] ["," ["in"] ZONE]
    rule     = ("every" [N] ("minutes" | "hours") period) | ("at" TIME {"and" TIME} ["on" days]), in any order
    period   = ["on" days] ["from" TIME ("to" TIME | "for" N ("minutes" | "hours"))]
    days     = "weekdays" | "weekends" | DAY {"and" DAY} | DAY "to" DAY

TIME is 07:00, DATE 2027-01-04, ZONE an IANA name (left out: Europe/Berlin). Case and commas between parts do not matter; "daily" may stand for
every day, "repeat" is not needed. Hours "for" a duration end when the clock shows so much more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from app.domain.schedule import (
    ALL_DAY,
    DEFAULT_ZONE,
    EVERY_DAY,
    WEEKDAYS,
    WEEKEND,
    Hours,
    Period,
    Rule,
    Schedule,
)
from app.errors import BadInput
from app.rules.schedule import next_run

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST: Final = timedelta(minutes=99_999)

_TOKEN: Final = re.compile(r"[^\s,]+|,")
_TIME: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_MINUTES: Final = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60}
_GROUPS: Final = {"weekdays": WEEKDAYS, "weekday": WEEKDAYS, "weekends": WEEKEND, "weekend": WEEKEND}
_OPENING: Final = frozenset({"every", "at", "on", "from", "daily"})
_SOME_DAY: Final = datetime(2027, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def parse(text: str) -> Schedule | None:
    """The schedule that a text means, None for "". Raises: BadInput, which says what to write."""
    if not text.strip():
        return None
    schedule = _Parser(_TOKEN.findall(text)).schedule()
    if next_run(schedule, _SOME_DAY) is None:
        raise BadInput("leaves no time to run: no run lies outside of the exceptions")
    return schedule


@dataclass
class _Parts:
    """Of a rule or a period, as far as it is read."""

    every: timedelta | None = None
    at: tuple[time, ...] = ()
    days: frozenset[int] | None = None
    hours: Hours | None = None
    daily: bool = False

    @property
    def period(self) -> Period:
        return Period(EVERY_DAY if self.days is None else self.days, self.hours or ALL_DAY)


@dataclass
class _Parser:
    tokens: list[str]
    at: int = 0
    rules: list[Rule] = field(default_factory=list)
    pauses: list[Period] = field(default_factory=list)
    start: datetime | None = None
    zone: ZoneInfo | None = None

    def schedule(self) -> Schedule:
        while self._word():
            self._clause()
        if not self.rules:
            raise BadInput("must say how often: write, for example, every 15 minutes")
        return Schedule(
            rules=tuple(self.rules), pauses=tuple(self.pauses), start=self.start, zone=self.zone or DEFAULT_ZONE
        )

    def _clause(self) -> None:
        if self._takes(","):
            return
        if self._takes("except"):
            self.pauses.append(self._pause())
        elif self._takes("starting"):
            self._once(self.start, "starting")
            self.start = self._moment()
        elif self._takes("else") or self._word() in _OPENING:
            self.rules.append(self._rule())
        else:
            self._takes("in")
            self._once(self.zone, "a time zone")
            self.zone = self._zone()

    def _rule(self) -> Rule:
        if any(rule.period.always for rule in self.rules):
            raise BadInput(
                "has a part behind else that never counts: say for the part before it on which days or from when to when"
            )
        parts = self._parts(_OPENING)
        if parts.every is None and not parts.at:
            raise BadInput("must say how often: write, for example, every 15 minutes")
        if parts.at and (parts.every is not None or parts.hours):
            raise BadInput(
                "has fixed times together with every or from: write, for example, at 06:00 and 18:00, "
                "or every 2 hours from 06:00 to 18:00"
            )
        return Rule(period=parts.period, every=parts.every, at=parts.at)

    def _pause(self) -> Period:
        parts = self._parts(_OPENING - {"every", "at", "daily"})
        if parts.days is None and parts.hours is None:
            raise BadInput("must say when not: write, for example, except from 22:00 to 06:00, or except on Sunday")
        return parts.period

    def _parts(self, opening: frozenset[str]) -> _Parts:
        parts = _Parts()
        while (word := self._word()) in opening:
            self.at += 1
            match word:
                case "every":
                    self._every(parts)
                case "at":
                    self._once(parts.at, "at")
                    parts.at = tuple(sorted(set(self._list(self._time))))
                case "on":
                    self._once(parts.days, "on")
                    parts.days = frozenset().union(*self._list(self._day))
                case "from":
                    self._once(parts.hours, "from")
                    parts.hours = self._hours()
                case _:
                    parts.daily = True
        return parts

    def _every(self, parts: _Parts) -> None:
        if self._takes("day"):
            return
        self._once(parts.every, "every")
        parts.every = self._length()

    def _length(self) -> timedelta:
        """A duration: 15 minutes, hour."""
        word = self._word()
        count = self._next() if word.isascii() and word.isdecimal() else "1"
        unit = self._word()
        if unit not in _MINUTES:
            raise self._unknown("a number of minutes or hours, for example every 15 minutes")
        self.at += 1
        minutes = int(count[:9]) * _MINUTES[unit]
        if not timedelta(0) < timedelta(minutes=minutes) <= LONGEST:
            raise BadInput("must repeat after 1 to 99999 minutes")
        return timedelta(minutes=minutes)

    def _hours(self) -> Hours:
        begin = self._time()
        if self._takes("for"):
            length = self._length()
            if length > timedelta(days=1):
                raise BadInput("has hours that last longer than a day")
            return Hours(begin, (datetime.combine(date.min, begin) + length).time())
        if not self._takes("to"):
            raise self._unknown("an end, for example from 07:00 to 19:00")
        return Hours(begin, self._time())

    def _time(self) -> time:
        found = _TIME.fullmatch(self._word())
        if found is None or (int(found[1]) == 24 and int(found[2])):  # noqa: PLR2004  24:00 is midnight
            raise self._unknown("a time such as 07:00")
        self.at += 1
        return time(int(found[1]) % 24, int(found[2]))

    def _day(self) -> frozenset[int]:
        if (word := self._word()) in _GROUPS:
            self.at += 1
            return _GROUPS[word]
        first = self._weekday()
        if first is None:
            raise self._unknown("a day such as Monday, or weekdays, or weekends")
        self.at += 1
        if not self._takes("to"):
            return frozenset({first})
        last = self._weekday()
        if last is None:
            raise self._unknown("a day such as Friday")
        self.at += 1
        return frozenset((first + number) % 7 for number in range((last - first) % 7 + 1))

    def _weekday(self, ahead: int = 0) -> int | None:
        word = self._word(ahead).removesuffix("s")
        return next((number for number, day in enumerate(DAYS) if word in {day, day[:3]}), None)

    def _list(self, read: Callable[[], T]) -> list[T]:
        """Read one or more, with commas or "and" between them."""
        found = [read()]
        while self._takes("and") or (self._word() == "," and self._goes_on()):
            self._takes(",")
            self._takes("and")
            found.append(read())
        return found

    def _goes_on(self) -> bool:
        following = self._word(1)
        return bool(
            following in _GROUPS or self._weekday(1) is not None or _TIME.fullmatch(following) or following == "and"
        )

    def _moment(self) -> datetime:
        try:
            day = date.fromisoformat(self._word())
        except ValueError:
            raise self._unknown("a date such as 2027-01-31") from None
        self.at += 1
        return datetime.combine(day, self._time() if _TIME.fullmatch(self._word()) else time(0))

    def _zone(self) -> ZoneInfo:
        word = self.tokens[self.at] if self.at < len(self.tokens) else ""
        try:
            # Only names that cannot be mistaken for a word that was typed wrong.
            zone = ZoneInfo(word) if "/" in word or word == "UTC" else None
        except (KeyError, ValueError, OSError):
            raise BadInput(
                f"names a time zone that does not exist, {word!r}: write, for example, Europe/Berlin"
            ) from None
        if zone is None:
            raise self._unknown(
                "parts such as every 15 minutes on weekdays from 07:00 to 19:00, else every 2 hours, except on Sunday, "
                "starting 2027-01-31, Europe/Berlin"
            )
        self.at += 1
        return zone

    def _word(self, ahead: int = 0) -> str:
        """The token that comes, in small letters, "" at the end."""
        return self.tokens[self.at + ahead].lower() if self.at + ahead < len(self.tokens) else ""

    def _next(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def _takes(self, word: str) -> bool:
        if self._word() != word:
            return False
        self.at += 1
        return True

    def _once(self, former: object, what: str) -> None:
        if former:
            raise BadInput(f"says {what} twice")

    def _unknown(self, wanted: str) -> BadInput:
        if self.at < len(self.tokens):
            return BadInput(f"is not understood at {self.tokens[self.at]!r}: write {wanted}")
        return BadInput(f"ends too early: write {wanted}")
