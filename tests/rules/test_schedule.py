"""When a profile runs (R36), against an independent implementation of recurrence, and over the changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import ProfileId
from app.domain.schedule import Schedule, Turn
from app.rules.schedule import NARROW, WIDEST, first_due, next_run, next_runs, permitted, share_of
from app.rules.schedule_text import DAYS, parse
from app.rules.timetable import TIMETABLE

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
SHARES = st.floats(0, 0.999)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(lambda wall: wall.replace(tzinfo=UTC))  # noqa: DTZ001
CHANGES = st.one_of(
    MOMENTS,
    st.builds(
        lambda day, minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes),
        st.sampled_from([SPRING, AUTUMN, SPRING - timedelta(days=1), AUTUMN - timedelta(days=1)]),
        st.integers(-1440, 1440),
    ),
)


def schedule(text: str) -> Schedule:
    found = parse(text)
    assert found
    return found


def berlin(text: str, after: str, count: int, share: float = 0.0) -> list[str]:
    """The next runs in Berlin's wall time with its offset."""
    start = datetime.fromisoformat(after).replace(tzinfo=BERLIN)
    runs = islice(next_runs(schedule(text), start, share), count)
    return [f"{run.astimezone(BERLIN):%a %d %H:%M %z}" for run in runs]


def oracle(days: list[int], hour: int, minute: int, after: datetime, zone: str, count: int) -> list[datetime]:
    """By dateutil: the days by its recurrence rule, the hours by its zones; skipped wall times are moved by the gap."""
    place = tz.gettz(zone)
    begin = (after - timedelta(days=3)).astimezone(place).replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None)  # fmt: skip
    walls = rrule.rrule(rrule.WEEKLY, dtstart=begin, byweekday=days, byhour=hour, byminute=minute)
    moments = (tz.resolve_imaginary(wall.replace(tzinfo=place)).astimezone(UTC) for wall in walls)
    return list(islice((moment for moment in moments if moment > after), count))


@given(
    days=st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(sorted),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 15, 30, 59]),
    after=CHANGES,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_R36_fixed_times_are_those_of_an_independent_library(
    days: list[int], hour: int, minute: int, after: datetime, zone: str
) -> None:
    text = f"at {hour:02}:{minute:02} on {' and '.join(DAYS[day] for day in days)} {zone}"
    assert list(islice(next_runs(schedule(text), after), 6)) == oracle(days, hour, minute, after, zone, 6)


@given(every=st.integers(1, 400), begin=st.integers(0, 23), length=st.integers(1, 24), after=CHANGES)
def test_R36_repetitions_within_hours_are_those_of_an_independent_library(
    every: int, begin: int, length: int, after: datetime
) -> None:
    text = f"every {every} minutes on weekdays from {begin:02}:00 for {length} hours"
    place, expected = tz.gettz("Europe/Berlin"), []
    for start in oracle([0, 1, 2, 3, 4], begin, 0, after - timedelta(days=5), "Europe/Berlin", 12):
        day = start.astimezone(place).date()
        wall = datetime(day.year, day.month, day.day, begin) + timedelta(hours=length)  # noqa: DTZ001
        ends = [tz.resolve_imaginary(wall.replace(tzinfo=place, fold=fold)).astimezone(UTC) for fold in (0, 1)]
        steps = rrule.rrule(rrule.MINUTELY, interval=every, dtstart=start, until=max(ends) - timedelta(seconds=1))
        expected += [run for run in steps if run > after]
    assert list(islice(next_runs(schedule(text), after), 4)) == expected[:4]


@given(after=CHANGES, share=SHARES)
def test_R36_runs_follow_each_other_and_stay_out_of_pauses_whatever_the_shift(after: datetime, share: float) -> None:
    text = "every 20 minutes on weekdays from 07:00 to 19:00, else every 3 hours, except from 01:00 to 04:30, except on Sunday"
    runs = list(islice(next_runs(schedule(text), after, share), 30))
    assert all(earlier < later for earlier, later in zip([after, *runs], runs, strict=False))
    for run in runs:
        wall = run.astimezone(BERLIN)
        assert wall.weekday() != 6
        assert not 1 <= wall.hour + wall.minute / 60 < 4.5 or wall.date() in {SPRING, AUTUMN}
        assert permitted(schedule(text), run) == run


@given(after=CHANGES, share=SHARES)
def test_R36_a_shift_moves_every_run_by_the_same_time(after: datetime, share: float) -> None:
    plain, shifted = (next(next_runs(schedule("every 15 minutes"), after, one)) for one in (0.0, share))
    offset = timedelta(seconds=int(share * 900))
    assert (shifted - plain - offset) % timedelta(minutes=15) == timedelta(0)
    noon = after.replace(hour=12)
    plain, shifted = (next(next_runs(schedule("at 06:00"), noon, one)) for one in (0.0, share))
    assert timedelta(0) <= shifted - plain < NARROW


@pytest.mark.parametrize(
    ("text", "after", "runs"),
    [
        (
            "at 02:30",
            "2027-03-27T12:00",
            ["Sun 28 03:30 +0200", "Mon 29 02:30 +0200"],
        ),
        ("at 02:30", "2027-10-30T12:00", ["Sun 31 02:30 +0200", "Mon 01 02:30 +0100"]),
        (
            "every 30 minutes from 01:30 to 03:30",
            "2027-03-28T00:00",
            ["Sun 28 01:30 +0100", "Sun 28 03:00 +0200", "Mon 29 01:30 +0200"],
        ),
        (
            "every 30 minutes from 01:30 to 03:00",
            "2027-10-31T00:00",
            ["Sun 31 01:30 +0200", "Sun 31 02:00 +0200", "Sun 31 02:30 +0200", "Sun 31 02:00 +0100", "Sun 31 02:30 +0100", "Mon 01 01:30 +0100"],
        ),
        (
            "every 15 minutes on weekdays from 07:00 to 07:30, else every 12 hours",
            "2026-12-03T22:00",
            ["Fri 04 01:00 +0100", "Fri 04 07:00 +0100", "Fri 04 07:15 +0100", "Fri 04 13:00 +0100"],
        ),
        (
            "every 4 hours on Friday from 22:00 to 06:00",
            "2026-12-01T00:00",
            ["Fri 04 22:00 +0100", "Sat 05 02:00 +0100", "Fri 11 22:00 +0100"],
        ),
        (
            "every 8 hours, starting 2026-12-24 06:30",
            "2026-12-01T00:00",
            ["Thu 24 06:30 +0100", "Thu 24 14:30 +0100"],
        ),
    ],
)  # fmt: skip
def test_R36_wall_times_follow_the_clock_and_its_changes(text: str, after: str, runs: list[str]) -> None:
    assert berlin(text, after, len(runs)) == runs


def test_R36_ten_thousand_profiles_are_spread_evenly() -> None:
    now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    every, counts = schedule("every 15 minutes"), [0] * 15
    for number in range(1, 10_001):
        first = next_run(every, now, share_of(ProfileId(number)))
        assert first
        counts[(first - now - timedelta.resolution) // timedelta(minutes=1)] += 1
    assert max(counts) - min(counts) < 10, counts
    assert share_of(ProfileId(7)) == share_of(ProfileId(7))


def test_R36_no_shift_leads_out_of_a_short_period() -> None:
    text = "every 2 hours from 12:00 to 12:20"
    shares = [number / 50 for number in range(50)]
    walls = {berlin(text, "2026-12-01T00:00", 1, share)[0][7:12] for share in shares}
    assert (min(walls) >= "12:00", max(walls) < "12:20", len(walls) > 10) == (True, True, True)
    assert timedelta(minutes=15) < WIDEST


def test_R36_a_shift_that_meets_only_pauses_is_left_out() -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    paused = schedule("at 00:00, except from 00:05 to 23:00, UTC")
    assert next_run(paused, midnight, 0.9) == midnight + timedelta(days=1)


class TestR36Turns:
    NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
    """A Tuesday, nine o'clock in Berlin."""

    def test_what_never_ran_is_due_at_once_but_not_before_its_start_or_in_a_pause(self) -> None:
        assert first_due(schedule("at 23:00"), self.NOW, 0.5, ran=False) == self.NOW
        assert first_due(schedule("every hour, starting 2026-12-02 UTC"), self.NOW, 0.5, ran=False) == datetime(2026, 12, 2, tzinfo=UTC)  # fmt: skip
        paused = schedule("every hour except from 08:00 to 10:00")
        assert first_due(paused, self.NOW, 0.5, ran=False) == self.NOW + timedelta(hours=1)

    def test_what_ran_before_waits_for_its_next_moment(self) -> None:
        assert first_due(schedule("at 23:00"), self.NOW, 0.0, ran=True) == self.NOW.replace(hour=22)

    def test_missed_runs_are_made_up_once_and_not_in_a_pause(self) -> None:
        asked = TIMETABLE.turn(ProfileId(1), "at 03:00", self.NOW)
        assert asked.asked
        assert asked.next
        assert asked.next > self.NOW + timedelta(hours=17)
        paused = TIMETABLE.turn(ProfileId(1), "every 15 minutes except from 08:00 to 10:00", self.NOW)
        assert paused == Turn(asked=False, next=self.NOW + timedelta(hours=1))

    @pytest.mark.parametrize("text", ["", "whenever it suits"])
    def test_what_is_no_schedule_asks_for_nothing(self, text: str) -> None:
        assert TIMETABLE.turn(ProfileId(1), text, self.NOW) == Turn(asked=False, next=None)
        assert TIMETABLE.first(ProfileId(1), text, self.NOW, ran=False) is None
