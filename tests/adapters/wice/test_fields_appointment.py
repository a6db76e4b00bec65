from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.fields_appointment import AppointmentFields, Unreadable
from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.fingerprint import clean, differences

BERLIN = ZoneInfo("Europe/Berlin")
FIELDS = AppointmentFields(load_dialect(), BERLIN)
TEXT = st.text(max_size=40).map(clean)
DAYS = st.dates(date(1970, 1, 2), date(2099, 1, 1))
all_days = st.builds(
    lambda first, more: AllDay(first=first, last=first + timedelta(days=more)), DAYS, st.integers(0, 40)
)


def _comes_twice(moment: datetime) -> bool:
    wall = moment.astimezone(BERLIN).replace(tzinfo=None)
    return BERLIN.utcoffset(wall.replace(fold=0)) != BERLIN.utcoffset(wall.replace(fold=1))


# The second pass of the hour that comes twice has no spelling in Wice's wall times.
instants = st.datetimes(*map(datetime.fromisoformat, ("1970-01-02", "2098-01-01")), timezones=st.just(UTC))
minutes = instants.map(lambda moment: moment.replace(second=0, microsecond=0)).filter(
    lambda moment: not _comes_twice(moment)
)
timed = st.builds(
    lambda one, other: Timed(start=min(one, other), end=max(one, other), zone="Europe/Berlin"), minutes, minutes
)
appointments = st.builds(
    Appointment, title=TEXT, text=TEXT, place=TEXT, when=all_days | timed, private=st.booleans(), uid=TEXT
)


@given(appointments)
def test_R3_R17_an_appointment_survives_the_round_trip(appointment: Appointment) -> None:
    assert FIELDS.read(FIELDS.create(appointment)) == appointment


@given(appointments, appointments)
def test_R3_writing_over_a_row_leaves_what_was_wanted(wanted: Appointment, before: Appointment) -> None:
    row = FIELDS.create(before)
    written = FIELDS.write(wanted, (row, FIELDS.read(row)))
    assert differences(FIELDS.read(row | written), wanted) == ()
    assert "uid" not in written


def _row(**values: str) -> dict[str, str]:
    return {
        "title": "T",
        "date_start": "2026-12-01",
        "time_start": "09:00",
        "date_end": "2026-12-02",
        "time_end": "10:00",
        **values,
    }


def test_R17_full_time_is_all_day_on_the_same_dates() -> None:
    assert FIELDS.read(_row(fulltime="1")).when == AllDay(first=date(2026, 12, 1), last=date(2026, 12, 2))
    written = FIELDS.create(Appointment(when=AllDay(first=date(2026, 3, 29), last=date(2026, 3, 29))))
    assert (written["date_start"], written["time_start"], written["time_end"], written["fulltime"]) == (
        "2026-03-29",
        "07:00",
        "23:00",
        "1",
    )


def test_a_missing_end_is_the_start() -> None:
    when = FIELDS.read(_row(date_end="", time_end="")).when
    assert isinstance(when, Timed)
    assert when.start == when.end == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_R17_a_timed_appointment_over_the_change_of_the_clock_keeps_its_wall_times() -> None:
    when = FIELDS.read(_row(date_start="2026-10-24", date_end="2026-10-25", time_start="20:00", time_end="04:00")).when
    assert isinstance(when, Timed)
    assert when.end - when.start == timedelta(hours=9)


def test_an_end_that_the_turned_clock_puts_before_the_start_is_the_start() -> None:
    when = FIELDS.read(_row(date_start="2026-10-25", date_end="2026-10-25", time_start="02:45", time_end="02:15")).when
    assert isinstance(when, Timed)
    assert when.start == when.end


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"date_start": "0000-00-00"}, "date_start"),
        ({"date_end": "morgen"}, "date_end"),
        ({"time_start": ""}, "time_start"),
        ({"time_end": "24:30"}, "time_end"),
    ],
)
def test_R32_a_row_without_sense_is_unreadable_and_says_where(values: dict[str, str], column: str) -> None:
    with pytest.raises(Unreadable, match=column):
        FIELDS.read(_row(**values))


@pytest.mark.parametrize(("private", "wire"), [(True, "1"), (False, "0")])
def test_R19_private_travels(private: bool, wire: str) -> None:
    written = FIELDS.create(Appointment(when=AllDay(first=date(2026, 1, 1), last=date(2026, 1, 1)), private=private))
    assert written["private"] == wire
    assert FIELDS.read(written).private is private


def test_times_that_compare_equal_keep_their_spelling() -> None:
    row = _row(time_start="09:00:00", fulltime="")
    seen = FIELDS.read(row)
    written = FIELDS.write(replace(seen, title="Anders"), (row, seen))
    assert (written["time_start"], written["fulltime"], written["title"]) == ("09:00:00", "", "Anders")


def test_a_label_is_made_without_reading_the_times() -> None:
    assert FIELDS.label({"title": "T", "date_start": "0000-00-00"}) == "T (0000-00-00)"
    assert FIELDS.label({"date_start": "2026-01-01"}) == "… (2026-01-01)"
