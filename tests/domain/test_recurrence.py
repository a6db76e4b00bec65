"""R18: a series' dates against `dateutil`, an independent reader of RFC 5545."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from app.domain.recurrence import EVERY_DAY, WEEKEND, WORKING_DAYS, Inexpressible, Recurrence, Unit, recurrence
from app.domain.rrule import parse, write

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
ENDS = st.one_of(
    st.just({}),
    st.builds(lambda count: {"count": count}, st.integers(1, 1200)),
    st.builds(lambda day: {"until": day}, st.dates(date(2065, 1, 1), date(2080, 1, 1))),
)
SHOWN = 60
NO_MONTH = st.just(0)


def _series(
    pattern: st.SearchStrategy[dict[str, object]], month: st.SearchStrategy[int] = NO_MONTH
) -> st.SearchStrategy[Recurrence]:
    return st.builds(
        lambda first, pattern, end, month: recurrence(Recurrence(first=first, **pattern, **end), month),
        DAYS,
        pattern,
        ENDS,
        month,
    )


daily = _series(st.builds(lambda n: {"unit": Unit.DAY, "interval": n}, st.integers(1, 40)))
weekly = _series(
    st.builds(
        lambda n, days, start: {"unit": Unit.WEEK, "interval": n, "weekdays": tuple(days), "week_start": start},
        st.integers(1, 6),
        st.sets(st.integers(0, 6)),
        st.integers(0, 6),
    )
)
groups = st.one_of(st.integers(0, 6).map(lambda day: (day,)), st.sampled_from([WORKING_DAYS, WEEKEND, EVERY_DAY]))
in_month = st.one_of(
    st.builds(lambda day: {"day": day}, st.integers(1, 31)),
    st.builds(lambda days, at: {"weekdays": days, "position": at}, groups, st.sampled_from([1, 2, 3, 4, -1])),
)
monthly = _series(st.builds(lambda n, at: {"unit": Unit.MONTH, "interval": n, **at}, st.integers(1, 30), in_month))
yearly = _series(
    st.builds(lambda n, at: {"unit": Unit.MONTH, "interval": 12 * n, **at}, st.integers(1, 4), in_month),
    st.integers(1, 12),
)
SERIES = st.one_of(daily, weekly, monthly, yearly)
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(SERIES, CLOCKS)
def test_R18_the_rule_that_is_written_has_the_same_dates_for_an_independent_reader(series: Recurrence, clock: time):
    rule = rrulestr(write(series), dtstart=datetime.combine(series.first, clock))
    assert [moment.date() for moment in islice(rule, SHOWN)] == list(islice(series.dates(), SHOWN))


@given(SERIES, CLOCKS)
def test_R3_a_series_survives_the_round_trip(series: Recurrence, clock: time):
    read = parse(write(series), datetime.combine(series.first, clock), BERLIN)
    assert str(read) == str(series)
    assert write(read) == write(series)


@given(SERIES, st.integers(1, 400))
def test_R18_dates_and_numbers_are_inverse(series: Recurrence, number: int):
    inside = series.size is None or number <= series.size
    assert series.number(series.at(number)) == (number if inside else None)
    between = series.at(number) + timedelta(days=1)
    assert series.number(between) in (None, number + 1)


def test_R18_an_endless_and_a_long_series_cost_no_more_than_a_short_one():
    endless = recurrence(Recurrence(unit=Unit.WEEK, first=date(1900, 1, 1), weekdays=(0, 3)))
    assert endless.at(800_001) == date(1900, 1, 1) + timedelta(weeks=400_000)
    assert endless.number(endless.at(800_001)) == 800_001
    assert (endless.size, endless.last) == (None, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FREQ=WEEKLY;COUNT=5", "RRULE:FREQ=WEEKLY;UNTIL=20261229;WKST=SU;BYDAY=TU;INTERVAL=1"),
        ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=WEEKLY;BYDAY=FR,TH,WE,TU,MO"),
        ("FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1"),
        ("FREQ=YEARLY", "FREQ=MONTHLY;INTERVAL=12"),
        ("FREQ=YEARLY", "FREQ=MONTHLY;BYMONTH=12"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=1", "FREQ=MONTHLY;INTERVAL=24"),
        ("FREQ=MONTHLY;BYDAY=1TU", "freq=monthly;byday=TU;bysetpos=1"),
        ("FREQ=DAILY;UNTIL=20261210T080000Z", "FREQ=DAILY;UNTIL=20261210T090000"),
        ("FREQ=DAILY;UNTIL=20261210T075959Z", "FREQ=DAILY;UNTIL=20261209"),
    ],
)
def test_R3_the_same_in_other_words_is_the_same(one: str, other: str):
    start = datetime.fromisoformat("2026-12-01T09:00")
    assert str(parse(one, start, BERLIN)) == str(parse(other, start, BERLIN))


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("FREQ=DAILY;BYHOUR=9,15", "BYHOUR=9,15"),
        ("FREQ=DAILY;INTERVAL=2;BYDAY=MO", "FREQ=DAILY;INTERVAL=2;BYDAY=MO"),
        ("FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=WEEKLY;BYDAY=TU", "RRULE + RRULE"),
        ("FREQ=WEEKLY;BYDAY=MO", "DTSTART=2026-12-01"),
        ("FREQ=WEEKLY;BYMONTH=12", "FREQ=WEEKLY;BYMONTH=12"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "BYMONTHDAY=31"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "BYMONTHDAY=1,15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", "BYMONTHDAY=-2"),
        ("FREQ=MONTHLY;BYDAY=5TU", "BYDAY=5TU"),
        ("FREQ=MONTHLY;BYDAY=TU,TH;BYSETPOS=1", "BYDAY=TU,TH;BYSETPOS=1"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-2", "BYSETPOS=-2"),
        ("FREQ=MONTHLY;BYDAY=TU;BYMONTHDAY=1", "BYDAY=TU;BYMONTHDAY=1"),
        ("FREQ=YEARLY;BYMONTH=3,9", "BYMONTH=3,9"),
        ("FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=20MO"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO=20"),
        ("FREQ=YEARLY;BYYEARDAY=100", "BYYEARDAY=100"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "BYMONTHDAY=29"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT=0"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "COUNT + UNTIL"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=MONTHLY;INTERVAL=100", "INTERVAL=100"),
        ("FREQ=DAILY;UNTIL=20261130", "UNTIL < DTSTART"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL=SOON"),
        ("FREQ=DAILY;COUNT=99999999", "COUNT=99999999"),
        ("weekly", "WEEKLY"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=DAILY;RSCALE=HEBREW", "RSCALE=HEBREW"),
        ("FREQ=DAILY;INTERVAL=two", "INTERVAL=TWO"),
    ],
)
def test_R18_what_cannot_be_said_on_both_sides_is_named(rule: str, named: str):
    with pytest.raises(Inexpressible) as caught:
        parse(rule, datetime.fromisoformat("2026-12-01T09:00"), BERLIN)
    assert named in str(caught.value)
