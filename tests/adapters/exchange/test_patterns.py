"""R18: series in the words of Exchange, and back."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.adapters.exchange import patterns
from app.adapters.exchange.wire import TYPES
from app.domain.recurrence import Inexpressible, Recurrence, Unit
from app.domain.rrule import write
from tests.domain.test_recurrence import SERIES


def element(inner: str) -> Recurrence:
    return patterns.read(patterns.parsed(f'<Recurrence xmlns="{TYPES}">{inner}</Recurrence>'))


@given(SERIES)
def test_R3_a_series_survives_the_round_trip(series: Recurrence):
    assert str(patterns.read(patterns.parsed(patterns.write(series)))) == str(series)


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        (
            (
                "<WeeklyRecurrence><Interval>2</Interval><DaysOfWeek>Monday Thursday</DaysOfWeek></WeeklyRecurrence>"
                "<NoEndRecurrence><StartDate>2026-12-01+01:00</StartDate></NoEndRecurrence>"
            ),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU",
        ),
        (
            (
                "<AbsoluteYearlyRecurrence><DayOfMonth>31</DayOfMonth><Month>April</Month></AbsoluteYearlyRecurrence>"
                "<NumberedRecurrence><StartDate>2026-05-01Z</StartDate><NumberOfOccurrences>3</NumberOfOccurrences></NumberedRecurrence>"
            ),
            "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30;COUNT=3",
        ),
        (
            (
                "<RelativeMonthlyRecurrence><Interval>1</Interval><DaysOfWeek>Weekday</DaysOfWeek><DayOfWeekIndex>Last</DayOfWeekIndex>"
                "</RelativeMonthlyRecurrence><EndDateRecurrence><StartDate>2026-12-01</StartDate><EndDate>2027-03-15</EndDate></EndDateRecurrence>"
            ),
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270315T235959",
        ),
    ],
)
def test_R18_what_exchange_says_is_understood(inner: str, rule: str):
    assert write(element(inner)) == rule


def test_R18_a_pattern_of_tasks_is_named():
    with pytest.raises(Inexpressible, match="DailyRegeneration"):
        element(
            "<DailyRegeneration><Interval>1</Interval></DailyRegeneration>"
            "<NoEndRecurrence><StartDate>2026-12-01</StartDate></NoEndRecurrence>"
        )


def test_R18_more_than_exchange_numbers_ends_on_a_date():
    long = Recurrence(unit=Unit.DAY, first=element(WEEKLY).first, count=1500)
    assert "EndDateRecurrence" in patterns.write(long)
    assert patterns.read(patterns.parsed(patterns.write(long))).size == 1500


WEEKLY = (
    "<WeeklyRecurrence><Interval>1</Interval><DaysOfWeek>Monday</DaysOfWeek></WeeklyRecurrence>"
    "<NoEndRecurrence><StartDate>2026-12-01</StartDate></NoEndRecurrence>"
)
