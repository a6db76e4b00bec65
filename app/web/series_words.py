"""A series and what differs from it, in the reader's words (R18)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date

from babel.dates import format_date, get_day_names, get_month_names

from app.domain.appointment import Occurrence
from app.domain.recurrence import LONGEST, WEEKEND, WORKING_DAYS, YEAR, Recurrence, Unit
from app.domain.rrule import is_yearly
from app.web.i18n import _, ngettext, region


def series_text(series: Recurrence) -> str:
    """How often it is, from when, and until when."""
    begin = _("from %(day)s", day=_date(series.first))
    return ", ".join(part for part in (_how_often(series), begin, _end(series)) if part)


def _how_often(series: Recurrence) -> str:
    number = series.interval // YEAR if is_yearly(series) else series.interval
    match series.unit:
        case Unit.DAY:
            return ngettext("every day", "every %(num)s days", number)
        case Unit.WEEK:
            weeks = ngettext("every week", "every %(num)s weeks", number)
            return _("%(often)s on %(days)s", often=weeks, days=_listed(_weekday(day) for day in series.weekdays))
        case Unit.MONTH if is_yearly(series):
            years = ngettext("every year", "every %(num)s years", number)
            month = get_month_names("wide", locale=region())[series.first.month]
            return _("%(often)s in %(month)s, %(day)s", often=years, month=month, day=_in_month(series))
        case Unit.MONTH:
            months = ngettext("every month", "every %(num)s months", number)
            return _("%(often)s, %(day)s", often=months, day=_in_month(series))


def _in_month(series: Recurrence) -> str:
    last = series.day == LONGEST or (is_yearly(series) and series.day >= monthrange(2000, series.first.month)[1])
    if not series.position:
        return _("on the last day") if last else _("on day %(day)s", day=series.day)
    places = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}
    groups = {WORKING_DAYS: _("working day"), WEEKEND: _("day of a weekend")}
    day = groups.get(series.weekdays) or _listed(_weekday(day) for day in series.weekdays)
    return _("on the %(place)s %(weekday)s", place=places[series.position], weekday=day)


def _end(series: Recurrence) -> str:
    if series.count is not None:
        return ngettext("once", "%(num)s times", series.count)
    return "" if series.until is None else _("until %(day)s", day=_date(series.until))


def occurrences_text(occurrences: Iterable[Occurrence], text: Callable[[object], str]) -> str:
    """What became of single dates, one a line; `text` writes a time."""
    return "\n".join(_occurrence(one, text) for one in occurrences)


def _occurrence(one: Occurrence, text: Callable[[object], str]) -> str:
    if one.deleted:
        return _("%(day)s: deleted", day=_date(one.original))
    told = [text(one.when), one.title, one.place, _("private") if one.private else ""]
    return _("%(day)s: %(what)s", day=_date(one.original), what="; ".join(part for part in told if part))


def _weekday(day: int) -> str:
    return str(get_day_names("wide", locale=region())[day])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _date(day: date) -> str:
    return format_date(day, "medium", locale=region())
