from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.wice.wire import (
    ServerClock,
    ids_of,
    is_binned,
    is_set,
    read_birthday,
    read_moment,
    read_street,
    rewound,
    text_of,
    to_utc,
    to_wall,
    write_birthday,
    write_street,
)
from app.domain.fingerprint import clean

BERLIN = ZoneInfo("Europe/Berlin")
wall = datetime.fromisoformat
"""A wall time as the server writes it, without a zone."""
yearless = st.dates(date(1604, 1, 1), date(1604, 12, 31)).map(lambda day: f"--{day:%m-%d}")
birthdays = st.just("") | yearless | st.dates(min_value=date(1605, 1, 1)).map(date.isoformat)


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("", ""), (" a\r\nb ", "a\nb"), (7, "7"), (True, "1"), ([], ""), ({}, "")]
)
def test_missing_and_empty_mean_the_same(value: object, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("0", False), ("", False), (None, False), (1, True), (0, False)]
)
def test_flags_are_strings(value: object, expected: bool) -> None:
    assert is_set(value) is expected


@pytest.mark.parametrize("value", [["1", 2, "", "0", None], "1,2", "1, 2,"])
def test_lists_of_rowids_come_as_lists_or_joined(value: object) -> None:
    assert ids_of(value) == ["1", "2"]


@pytest.mark.parametrize(
    ("mandant", "binned"), [("-17", True), ("17", False), ("", False), (None, False), ("sandbox", False)]
)
def test_R4_a_negative_mandant_is_the_recycle_bin(mandant: object, binned: bool) -> None:
    assert is_binned(mandant) is binned


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hauptstr. 12 a", ("Hauptstr.", "12 a")),
        ("Hauptstr. 12a-14", ("Hauptstr.", "12a-14")),
        ("Straße des 17. Juni 135", ("Straße des 17. Juni", "135")),
        ("Postfach", ("Postfach", "")),
        ("12", ("12", "")),
        ("Hauptstr.  12", ("Hauptstr.  12", "")),
        ("Hof\nHauptstr. 12", ("Hof\nHauptstr. 12", "")),
        ("Platz der Republik 1, Haus B", ("Platz der Republik 1, Haus B", "")),
        ("", ("", "")),
    ],
)
def test_a_house_number_is_split_off_only_where_it_is_one(text: str, parts: tuple[str, str]) -> None:
    assert write_street(text) == parts


@given(
    st.text(max_size=60).map(clean)
    | st.from_regex(r"[A-Za-zäöüß. ]{0,12}[0-9 ]{1,4}[a-z]?([-/] ?[0-9]+)?", fullmatch=True).map(clean)
)
def test_R3_joining_a_split_street_gives_the_street(text: str) -> None:
    assert read_street(*write_street(text)) == text


@pytest.mark.parametrize(
    ("wire", "birthday"),
    [
        ("1970-12-18", "1970-12-18"),
        ("18.12.1970", "1970-12-18"),
        ("8.2.1970", "1970-02-08"),
        ("1970-12-18 00:00:00", "1970-12-18"),
        ("1899-12-30", "1899-12-30"),
        ("2000-02-29", "2000-02-29"),
        ("0000-02-29", "--02-29"),
        ("1604-05-12", "--05-12"),
        ("0000-00-00", ""),
        ("00.00.0000", ""),
        ("31.02.1980", ""),
        ("1981-02-29", ""),
        ("bald", ""),
        ("", ""),
    ],
)
def test_birthdays_of_every_spelling(wire: str, birthday: str) -> None:
    assert read_birthday(wire) == birthday


@given(birthdays)
def test_R3_a_birthday_survives_the_round_trip(birthday: str) -> None:
    for unknown_year in ("0000", "1604"):
        assert read_birthday(write_birthday(birthday, unknown_year)) == birthday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23 14:05:06", wall("2026-11-23 14:05:06")),
        ("1795439106", wall("2026-11-23 14:05:06")),
        ("", None),
        ("gestern", None),
        ("99999999999999999999", None),
    ],
)
def test_last_update_in_both_spellings(text: str, expected: datetime | None) -> None:
    assert read_moment(text, BERLIN) == expected


def test_the_hour_that_comes_twice_is_asked_for_from_its_first_beginning() -> None:
    assert rewound(wall("2026-10-25 02:30:00"), BERLIN) <= wall("2026-10-25 02:00:00")
    assert rewound(wall("2026-10-25 03:30:00"), BERLIN) == wall("2026-10-25 03:29:58")
    assert rewound(wall("2026-03-29 03:30:00"), BERLIN) == wall("2026-03-29 03:29:58")


@given(
    st.datetimes(wall("1990-01-01 00:00:00"), wall("2037-01-01 00:00:00"), timezones=st.just(UTC)), st.integers(0, 7200)
)
def test_R42_no_change_after_the_newest_seen_lies_before_the_next_list(moment: datetime, later_s: int) -> None:
    seen, later = (
        m.astimezone(BERLIN).replace(tzinfo=None, fold=0) for m in (moment, moment + timedelta(seconds=later_s))
    )
    assert later >= rewound(seen, BERLIN)


def test_R17_wall_times_at_the_changes_of_the_clock() -> None:
    twice, skipped = to_utc(date(2026, 10, 25), time(2, 30), BERLIN), to_utc(date(2026, 3, 29), time(2, 30), BERLIN)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert to_wall(skipped, BERLIN) == ("2026-03-29", "03:30")


def test_times_are_spelled_with_leading_zeros_in_any_year() -> None:
    assert to_wall(datetime(987, 6, 5, 4, 3, 59, tzinfo=UTC), ZoneInfo("UTC")) == ("0987-06-05", "04:03")


def test_a_record_is_settled_once_the_server_is_two_seconds_further() -> None:
    clock = ServerClock(BERLIN)
    assert not clock.settled("2026-11-23 14:00:00")
    clock.saw(datetime(2026, 11, 23, 13, 0, 1, tzinfo=UTC))
    assert not clock.settled("2026-11-23 14:00:00")
    clock.saw_updates(["2026-11-23 14:00:02", "gestern"])
    assert clock.settled("2026-11-23 14:00:00")
    assert not clock.settled("2026-11-23 14:00:01")
    assert not clock.settled("")


def test_in_the_hour_that_comes_twice_a_record_counts_as_young() -> None:
    clock = ServerClock(BERLIN)
    clock.saw(datetime(2026, 10, 25, 0, 50, tzinfo=UTC))  # 02:50, first pass
    assert not clock.settled("2026-10-25 02:30:00")
