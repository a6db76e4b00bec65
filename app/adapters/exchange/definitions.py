"""Zones that an item defines itself (R17): under a name that nobody knows, with offsets and the rules by which its clock is changed.

Many of them are some well-known zone under another name: "tzone://Microsoft/Custom" of an invitation from elsewhere, a zone renamed since. It is
then taken for that one. The worker's own zone is never asked. Source: TimeZoneDefinitionType of types.xsd, [MS-OXWSGTZ].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP
from lxml.etree import _Element as Element

from app.adapters.exchange.wire import children, find, local, text_of

_AHEAD: Final = 12
"""Years that must be alike: as many as series are compared for (`app.domain.zones`)."""
_DURATION: Final = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Rule:
    """From the `occurrence`-th `weekday` (0 Monday, -1: last) of `month`, or its day `day`, at `at` of the wall clock on: `offset` from UTC."""

    month: int
    at: timedelta
    offset: timedelta
    weekday: int = 0
    occurrence: int = 0
    day: int = 0

    def wall(self, year: int) -> datetime:
        if self.day:
            return datetime(year, self.month, self.day) + self.at  # noqa: DTZ001 - wall time
        first = date(year, self.month, 1)
        if self.occurrence > 0:
            found = first + (self.weekday - first.weekday()) % 7 * _DAY + (self.occurrence - 1) * 7 * _DAY
            return datetime(found.year, found.month, found.day) + self.at  # noqa: DTZ001 - wall time
        last = date(year + self.month // 12, self.month % 12 + 1, 1) - _DAY
        found = last - (last.weekday() - self.weekday) % 7 * _DAY
        return datetime(found.year, found.month, found.day) + self.at  # noqa: DTZ001 - wall time


@dataclass(frozen=True, slots=True)
class _Group:
    """Yearly changes, in the order of the year; without any it is `offset` all the time."""

    offset: timedelta
    rules: tuple[_Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """Groups of rules, each with the wall time from which on it holds (None: ever since)."""

    groups: tuple[tuple[datetime | None, _Group], ...]

    def offset(self, moment: datetime) -> timedelta:
        """How far its clock is ahead of UTC at an instant."""
        found = self.groups[0][1].offset
        for begin, offset in self._changes(moment.year):
            if begin > moment:
                break
            found = offset
        return found

    def _changes(self, year: int) -> list[tuple[datetime, timedelta]]:
        """Instants and what holds from them on, from the year before on."""
        offset = self._group(year - 1).offset
        changes = []
        for each in (year - 1, year, year + 1):
            group = self._group(each)
            offset = offset if group.rules else group.offset
            changes += [] if group.rules else [(datetime(each, 1, 1, tzinfo=UTC) - offset, offset)]
            for rule in group.rules:
                # A rule's time is that of the clock that it changes.
                changes.append((rule.wall(each).replace(tzinfo=UTC) - offset, rule.offset))
                offset = rule.offset
        return changes

    def _group(self, year: int) -> _Group:
        return next((group for begin, group in reversed(self.groups) if begin is None or begin.year <= year), self.groups[0][1])  # fmt: skip


def defined(element: Element) -> Definition | None:
    """The definition in a StartTimeZone or EndTimeZone; None if there is none, or none that can be read."""
    try:
        return _read(element)
    except (ValueError, KeyError, IndexError, OverflowError):
        return None


def like(zone: Definition, year: int) -> str:
    """An IANA zone whose clock shows the same from `year` on, "" for none."""
    return _like(zone, min(max(year, 1971), 2400))


@lru_cache(maxsize=256)
def _like(zone: Definition, year: int) -> str:
    names = dict.fromkeys(str(name) for name in MS_TIMEZONE_TO_IANA_MAP.values())
    return next((name for name in names if _are_alike(zone, ZoneInfo(name), year)), "")


def _are_alike(zone: Definition, known: ZoneInfo, year: int) -> bool:
    return all(zone.offset(moment) == moment.astimezone(known).utcoffset() for moment in _samples(zone, year))


def _samples(zone: Definition, year: int) -> Iterator[datetime]:
    """Every fortnight of the years that count, and a minute before and after each change."""
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + _AHEAD, 1, 1, tzinfo=UTC)
    yield from (begin + step * 14 * _DAY for step in range((end - begin).days // 14))
    for each in range(year, year + _AHEAD):
        for moment, _ in zone._changes(each):  # noqa: SLF001 - of the same module
            if begin <= moment < end:
                yield moment - timedelta(minutes=1)
                yield moment


def _read(element: Element) -> Definition | None:
    periods = {one.get("Id", ""): -_duration(one.get("Bias", "")) for one in _held(element, "Periods")}
    if not periods:
        return None
    groups = {one.get("Id", ""): _read_group(one, periods) for one in _held(element, "TransitionsGroups")}
    steps = [(_begin(one), groups[_target(one)]) for one in _held(element, "Transitions") if _is_to_group(one)]
    known = tuple(sorted(steps, key=lambda step: step[0] or datetime.min))  # noqa: DTZ901 - wall times
    return Definition(known or ((None, next(iter(groups.values()), _Group(next(iter(periods.values()))))),))


def _read_group(element: Element, periods: dict[str, timedelta]) -> _Group:
    changes = [(one, periods[_target(one)]) for one in children(element)]
    rules = tuple(sorted((_rule(one, to) for one, to in changes if local(one) != "Transition"), key=_place_in_year))
    # The year begins as it ends.
    return _Group(rules[-1].offset if rules else changes[0][1], rules)


def _place_in_year(rule: _Rule) -> datetime:
    return rule.wall(2000)


def _rule(element: Element, offset: timedelta) -> _Rule:
    at, month = _duration(_text(element, "TimeOffset")), int(_text(element, "Month"))
    if local(element) == "RecurringDateTransition":
        return _Rule(month, at, offset, day=int(_text(element, "Day")))
    weekday, occurrence = _WEEKDAYS.index(_text(element, "DayOfWeek")), int(_text(element, "Occurrence"))
    return _Rule(month, at, offset, weekday, occurrence)


def _begin(element: Element) -> datetime | None:
    if local(element) != "AbsoluteDateTransition":
        return None
    return datetime.fromisoformat(_text(element, "DateTime")).replace(tzinfo=None)


def _is_to_group(element: Element) -> bool:
    to = find(element, "t:To")
    return to is not None and to.get("Kind") == "Group"


def _target(element: Element) -> str:
    return _text(element, "To")


def _text(element: Element, name: str) -> str:
    found = find(element, f"t:{name}")
    return text_of(found).strip() if found is not None else ""


def _held(element: Element, name: str) -> Iterator[Element]:
    holder = find(element, f"t:{name}")
    return children(holder) if holder is not None else iter(())


def _duration(text: str) -> timedelta:
    """An xs:duration without years and months. Raises: ValueError."""
    parts = _DURATION.fullmatch(text.strip())
    if parts is None:
        raise ValueError(text)
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if parts[1] else span
