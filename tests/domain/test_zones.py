"""R17: wall times, whatever the zone of the machine is."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.recurrence import Recurrence, Unit
from app.domain.zones import instant, keeps_pace, wall_time

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Pacific/Niue",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "UTC",
]
WALLS = st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2090-01-01"))


@given(WALLS, st.sampled_from(ZONES))
def test_R17_a_wall_time_that_exists_comes_back(wall: datetime, zone: str):
    again = wall_time(instant(wall, zone), zone)
    skipped = again != wall
    assert not skipped or (again > wall and instant(again, zone) == instant(wall, zone))


def test_R17_what_is_skipped_moves_forward_and_what_comes_twice_is_its_first_pass():
    assert instant(datetime.fromisoformat("2031-03-30T02:30"), "Europe/Berlin") == datetime(
        2031, 3, 30, 1, 30, tzinfo=UTC
    )
    assert instant(datetime.fromisoformat("2031-10-26T02:30"), "Europe/Berlin") == datetime(
        2031, 10, 26, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("zone", "clock", "expected"),
    [
        ("Europe/Paris", "23:59", True),
        ("Europe/Vienna", "00:00", True),
        ("Europe/London", "09:00", True),
        ("Europe/London", "23:30", False),  # is the next day in Berlin
        ("America/New_York", "09:00", False),
        ("Asia/Tokyo", "17:00", False),
        ("UTC", "09:00", False),
    ],
)
def test_R17_only_clocks_that_keep_pace_tell_the_same_series(zone: str, clock: str, expected: bool):
    start = instant(datetime.combine(date(2031, 3, 17), time.fromisoformat(clock)), zone)
    endless = Recurrence(unit=Unit.WEEK, first=date(2031, 3, 17), weekdays=(0,))
    assert keeps_pace(endless, start, zone, "Europe/Berlin") is expected


PROGRAM = """
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo
from app.adapters.exchange import zones
from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.fields_appointment import AppointmentFields
from app.domain.fingerprint import fingerprint
from app.domain.occurrences import span_on

row = {"title": "T", "date_start": "2031-03-24", "time_start": "02:30", "date_end": "2031-03-24", "time_end": "03:30",
       "rrule": "FREQ=WEEKLY;BYDAY=MO,SU;UNTIL=20311231T005959Z", "exdates": ["2031-03-31"],
       "overrides": [{"recurrence_id": "2031-10-26 02:30", "time_start": "04:00", "time_end": "05:00"}]}
for full_time in "01":
    series = AppointmentFields(load_dialect(), ZoneInfo("Europe/Berlin")).read({**row, "fulltime": full_time})
    print(fingerprint(series), series.last_day, [span_on(series, date(2031, month, 30)) for month in (3, 10)])
for zone in ("Pacific/Kiritimati", "Pacific/Niue", ""):
    begin = datetime(2031, 7, 13, 12, tzinfo=UTC)
    print(zones.all_day(begin, begin.replace(day=14), zone))
"""


def test_R17_the_same_on_a_machine_in_any_zone():
    told = {
        subprocess.run(  # our own program
            [sys.executable, "-c", PROGRAM], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("America/Los_Angeles", "Pacific/Kiritimati")
    }
    assert len(told) == 1
    assert "2031-12-" in told.pop()
