"""When a profile is synchronised by itself, in words (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from functools import lru_cache
from typing import Final

from babel.dates import format_date, format_time
from babel.lists import format_list

from app.domain.schedule import ALWAYS, EVERY_DAY, WEEKDAYS, Hours, Period, Rule, Schedule
from app.errors import BadInput
from app.rules.schedule_text import parse
from app.web.i18n import N_, _, ngettext, region

DAYS: Final = (
    N_("Mondays"),
    N_("Tuesdays"),
    N_("Wednesdays"),
    N_("Thursdays"),
    N_("Fridays"),
    N_("Saturdays"),
    N_("Sundays"),
)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def schedule(text: str) -> str:
    """Template filter: a profile's schedule in words; what is none is shown as it is."""
    try:
        wanted = parsed(text)
    except BadInput:
        return text
    if wanted is None:
        return _("only when somebody starts it")
    rules = [rule(one) for one in wanted.rules]
    said = "".join([rules[0], *(_(", else %(rule)s", rule=one) for one in rules[1:])])
    return "; ".join([said, *_limits(wanted)]) + (f" ({wanted.zone.key})" if by_the_clock(wanted) else "")


def rule(of: Rule) -> str:
    """One part of a schedule: every so often or at these times, on which days, from when to when."""
    often = interval(of.every) if of.every else _("at %(times)s", times=_listed([clock(at) for at in of.at]))
    return " ".join([often, *_period(of.period)])


def interval(every: timedelta) -> str:
    """A distance between two runs."""
    if every % _HOUR == timedelta(0):
        count = every // _HOUR
        return _("every hour") if count == 1 else ngettext("every %(num)s hour", "every %(num)s hours", count)
    count = every // _MINUTE
    return _("every minute") if count == 1 else ngettext("every %(num)s minute", "every %(num)s minutes", count)


def clock(at: time) -> str:
    """A time of the day, as the reader's language writes it."""
    return format_time(at, "short", locale=region())


def by_the_clock(of: Schedule) -> bool:
    """Does it matter which time zone it has?"""
    return bool(of.pauses or of.start) or any(one.at or one.period != ALWAYS for one in of.rules)


@lru_cache(maxsize=1_000)
def parsed(text: str) -> Schedule | None:
    """As `parse`; lists show the same few schedules again and again. Raises: BadInput."""
    return parse(text)


def _limits(of: Schedule) -> Iterator[str]:
    for pause in of.pauses:
        yield _("not %(when)s", when=" ".join(_period(pause)))
    if of.start:
        day = format_date(of.start, "medium", locale=region())
        when = f"{day}, {clock(of.start.time())}" if of.start.time() != time(0) else day
        yield _("starting %(when)s", when=when)


def _period(of: Period) -> Iterator[str]:
    if of.days == WEEKDAYS:
        yield _("Mondays to Fridays")
    elif of.days != EVERY_DAY:
        yield _("on %(days)s", days=_listed([_(DAYS[day]) for day in sorted(of.days)]))
    if not of.hours.whole_day:
        yield _hours(of.hours)


def _hours(of: Hours) -> str:
    end = clock(of.end) if of.end != time(0) else "24:00"
    return _("from %(begin)s to %(end)s", begin=clock(of.begin), end=end)


def _listed(words: list[str]) -> str:
    return format_list(words, locale=region())
