"""When an appointment or a series reaches into a window of dates."""

from datetime import date
from typing import Any

import pytest

from sandbox.wice.calendar import completed, reaches_into
from sandbox.wice.errors import RefusedError

SINGLE = {
    "date_start": "2026-03-30",
    "time_start": "09:00",
    "date_end": "2026-03-31",
    "time_end": "10:00",
    "fulltime": "0",
    "rrule": "",
    "overrides": [],
}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, True),
        (date(2026, 3, 31), None, True),
        (date(2026, 4, 1), None, False),
        (None, date(2026, 3, 30), True),
        (None, date(2026, 3, 29), False),
    ],
)
def test_a_single_one(first: date | None, last: date | None, expected: bool) -> None:
    assert reaches_into(SINGLE, first, last) == expected


@pytest.mark.parametrize(
    ("changes", "first", "last", "expected"),
    [
        ({"rrule": "FREQ=WEEKLY;COUNT=3"}, date(2026, 4, 13), date(2026, 4, 13), True),
        ({"rrule": "FREQ=WEEKLY;COUNT=3"}, date(2026, 4, 15), None, False),
        ({"rrule": "FREQ=WEEKLY;COUNT=3"}, date(2026, 4, 8), date(2026, 4, 12), False),
        ({"rrule": "FREQ=WEEKLY;COUNT=3"}, date(2026, 4, 14), date(2026, 4, 14), True),
        ({"rrule": "FREQ=DAILY;UNTIL=20260410T220000Z"}, date(2026, 4, 10), None, True),
        ({"rrule": "FREQ=DAILY;UNTIL=20260410T220000Z"}, date(2026, 4, 20), None, False),
        ({"rrule": "FREQ=YEARLY"}, date(2031, 3, 30), date(2031, 3, 30), True),
        ({"overrides": [{"date_start": "2027-01-01"}]}, date(2027, 1, 1), date(2027, 1, 1), True),
        ({"overrides": [{"title": "nur anders"}]}, date(2027, 1, 1), None, False),
    ],
)
def test_a_series(changes: dict[str, Any], first: date, last: date | None, expected: bool) -> None:
    assert reaches_into({**SINGLE, **changes}, first, last) == expected


def test_a_missing_end_is_the_start() -> None:
    kept = completed({**SINGLE, "date_end": "", "time_end": ""})
    assert (kept["date_end"], kept["time_end"]) == ("2026-03-30", "09:00")


@pytest.mark.parametrize("override", ["text", {"date_start": "bald"}])
def test_overrides_that_make_no_sense_are_refused(override: object) -> None:
    with pytest.raises(RefusedError):
        completed({**SINGLE, "overrides": [override]})
