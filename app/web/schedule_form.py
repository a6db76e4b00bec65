"""The fields in which one says when a profile runs, and the text that they mean (R36).

`repeat` chooses: "false" (never by itself), "true" (again and again), "times" (at fixed times) or "text" (whatever the fields cannot say). What is
typed wrong makes a wrong text: it is refused where schedules are read, and shown again as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from typing import Final

from app.domain.schedule import ALL_DAY, ALWAYS, DEFAULT_ZONE, EVERY_DAY, Hours, Period, Rule, Schedule
from app.errors import BadInput
from app.rules.schedule_text import DAYS
from app.web.schedules import by_the_clock, parsed

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_EMPTY: Final[Mapping[str, str]] = {
    "repeat": "false",
    "every": "15",
    "unit": "minute",
    "at": "",
    "begin": "",
    "end": "",
    "text": "",
    "else_every": "",
    "else_unit": "hour",
    "pause_begin": "",
    "pause_end": "",
    "start_day": "",
    "start_time": "",
    "zone": DEFAULT_ZONE.key,
    **dict.fromkeys(DAYS, "true"),
}


def fields(text: str) -> dict[str, str]:
    """The fields' values for a schedule, and for what is none."""
    try:
        wanted = parsed(text)
    except BadInput:
        return {**_EMPTY, "repeat": "text", "text": text}
    if wanted is None:
        return dict(_EMPTY)
    if not _fits(wanted):
        return {**_EMPTY, "repeat": "text", "text": text}
    return {**_EMPTY, "text": text, **_first(wanted.rules[0]), **dict(_rest(wanted))}


def text(given: Mapping[str, str]) -> str:
    """The schedule that the fields mean, "" for none."""
    match given.get("repeat", ""):
        case "true":
            return " ".join([_every(given), *_days(given), *_hours(given), *_parts(given)])
        case "times":
            return " ".join(["at", given.get("at", "").strip(), *_days(given), *_parts(given)])
        case "text":
            return given.get("text", "").strip() or "every"
        case _:
            return ""


def _parts(given: Mapping[str, str]) -> Iterator[str]:
    limited = given.get("repeat") == "true" and (any(_days(given)) or any(_hours(given)))
    if limited and given.get("else_every", "").strip():
        yield f", else {_every(given, 'else_')}"
    pause = [given.get(name, "").strip() for name in ("pause_begin", "pause_end")]
    if any(pause):
        yield f", except from {pause[0]} to {pause[1]}"
    start = " ".join(given.get(name, "").strip() for name in ("start_day", "start_time")).strip()
    if start:
        yield f", starting {start}"
    zone = given.get("zone", "").strip()
    if zone and (given.get("repeat") == "times" or limited or any(pause) or start):
        yield f", {zone}"


def _days(given: Mapping[str, str]) -> Iterator[str]:
    chosen = [day for day in DAYS if given.get(day)]
    if 0 < len(chosen) < len(DAYS):
        yield f"on {' and '.join(day.title() for day in chosen)}"


def _hours(given: Mapping[str, str]) -> Iterator[str]:
    begin, end = (given.get(name, "").strip() for name in ("begin", "end"))
    if begin or end:
        yield f"from {begin or '00:00'} to {end or '24:00'}"


def _every(given: Mapping[str, str], prefix: str = "") -> str:
    count = given.get(f"{prefix}every", "").strip() or "0"
    number = str(int(count)) if count.isascii() and count.isdecimal() else count
    unit = "hour" if given.get(f"{prefix}unit") == "hour" else "minute"
    return f"every {unit}" if number == "1" else f"every {number} {unit}s"


def _fits(of: Schedule) -> bool:
    """One rule, or one that repeats and another for the rest of the time; hours without runs, at most once."""
    first, *others = of.rules
    rest_fits = all(one.every is not None and one.period == ALWAYS and first.every is not None for one in others)
    return rest_fits and len(others) <= 1 and len(of.pauses) <= 1 and all(map(_fits_as_pause, of.pauses))


def _fits_as_pause(of: Period) -> bool:
    return of.days == EVERY_DAY and of.hours != ALL_DAY


def _first(rule: Rule) -> dict[str, str]:
    values = {day: "true" if number in rule.period.days else "" for number, day in enumerate(DAYS)}
    if rule.every is None:
        return values | {"repeat": "times", "at": ", ".join(_clock(at) for at in rule.at)}
    every, unit = _length(rule.every)
    values |= {"repeat": "true", "every": every, "unit": unit}
    return values if rule.period.hours == ALL_DAY else values | _span(rule.period.hours, "begin", "end")


def _rest(of: Schedule) -> Iterator[tuple[str, str]]:
    for rule in of.rules[1:]:
        if rule.every:
            yield from zip(("else_every", "else_unit"), _length(rule.every), strict=True)
    for pause in of.pauses:
        yield from _span(pause.hours, "pause_begin", "pause_end").items()
    if of.start:
        yield "start_day", of.start.date().isoformat()
        yield "start_time", _clock(of.start.time()) if of.start.time() != time(0) else ""
    if by_the_clock(of):
        yield "zone", of.zone.key


def _span(hours: Hours, begin: str, end: str) -> dict[str, str]:
    return {begin: _clock(hours.begin), end: _clock(hours.end)}


def _clock(at: time) -> str:
    return at.isoformat("minutes")


def _length(every: timedelta) -> tuple[str, str]:
    return (str(every // _MINUTE), "minute") if every % _HOUR else (str(every // _HOUR), "hour")
