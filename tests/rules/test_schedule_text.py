"""The text form of schedules (R36): what it means, and what it says to those who write it wrong."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import WEEKDAYS, Hours, Period, Rule, Schedule
from app.errors import BadInput
from app.rules.schedule_text import parse

QUARTER = Rule(every=timedelta(minutes=15))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every 15 minutes", Schedule(rules=(QUARTER,))),
        ("Every minute", Schedule(rules=(Rule(every=timedelta(minutes=1)),))),
        ("every 1 hour", Schedule(rules=(Rule(every=timedelta(hours=1)),))),
        (
            "every 15 minutes on weekdays from 07:00 to 19:00 Europe/Vienna, else every 2 hours",
            Schedule(
                rules=(
                    Rule(every=timedelta(minutes=15), period=Period(WEEKDAYS, Hours(time(7), time(19)))),
                    Rule(every=timedelta(hours=2)),
                ),
                zone=ZoneInfo("Europe/Vienna"),
            ),
        ),
        (
            "on Mondays, Wed and Saturday at 6:00, 18:00, starting 2027-01-04 08:30 in UTC",
            Schedule(
                rules=(Rule(at=(time(6), time(18)), period=Period(frozenset({0, 2, 5}))),),
                start=datetime(2027, 1, 4, 8, 30),  # noqa: DTZ001 - wall time
                zone=ZoneInfo("UTC"),
            ),
        ),
        (
            "daily every 15 minutes from 22:00 for 4 hours except on Friday to Sunday, except from 23:00 to 24:00 on weekdays",
            Schedule(
                rules=(Rule(every=timedelta(minutes=15), period=Period(hours=Hours(time(22), time(2)))),),
                pauses=(Period(frozenset({4, 5, 6})), Period(WEEKDAYS, Hours(time(23), time(0)))),
            ),
        ),
        ("every day at 07:00", Schedule(rules=(Rule(at=(time(7),)),))),
    ],
)
def test_R36_one_text_says_all_of_a_schedule(text: str, expected: Schedule) -> None:
    assert parse(text) == expected


def test_no_text_is_no_schedule() -> None:
    assert parse(" ") is None


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("sometimes", "is not understood at 'sometimes': write parts such as every 15 minutes"),
        ("every 0 minutes", "must repeat after 1 to 99999 minutes"),
        ("every 100000 minutes", "must repeat after 1 to 99999 minutes"),
        ("every x minutes", "is not understood at 'x': write a number of minutes or hours"),
        ("every", "ends too early: write a number of minutes or hours"),
        ("every 15 minutes from 07:00", "ends too early: write an end, for example from 07:00 to 19:00"),
        ("every 15 minutes from 7 to 19", "is not understood at '7': write a time such as 07:00"),
        ("at 25:00", "is not understood at '25:00': write a time such as 07:00"),
        ("every 15 minutes on Someday", "is not understood at 'Someday': write a day such as Monday"),
        ("every 15 minutes on Monday to noon", "is not understood at 'noon': write a day such as Friday"),
        ("every 15 minutes, Europe/Atlantis", "a time zone that does not exist, 'Europe/Atlantis'"),
        ("every 15 minutes starting soon", "is not understood at 'soon': write a date such as 2027-01-31"),
        ("every 15 minutes every 2 hours", "says every twice"),
        ("every hour, UTC, Europe/Berlin", "says a time zone twice"),
        ("at 06:00 every 5 minutes", "has fixed times together with every or from"),
        ("on Monday", "must say how often"),
        ("except on Monday", "must say how often"),
        ("every hour, except", "must say when not"),
        ("every hour, else every 2 hours", "has a part behind else that never counts"),
        ("every hour from 22:00 for 25 hours", "has hours that last longer than a day"),
        ("every hour except on weekdays, except on weekends", "leaves no time to run"),
    ],
)
def test_a_wrong_text_is_told_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)
    assert advice in str(refused.value)


WORDS = st.sampled_from(
    [
        *("every", "15", "minutes", "hour", "at", "06:00", "on", "Monday", "weekdays", "from", "to", "for", ","),
        *("else", "except", "starting", "2027-01-01", "in", "UTC", "and", "day", "daily", "x", "24:00"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join)))
def test_whatever_is_typed_is_a_schedule_or_is_refused_with_words(text: str) -> None:
    try:
        parse(text)
    except BadInput as error:
        assert str(error)  # noqa: PT017
