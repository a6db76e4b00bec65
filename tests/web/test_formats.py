"""Times, numbers and sizes as the reader writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.web import formats
from app.web.current import speaking

MOMENT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "text"),
    [
        ("en", "UTC", "24 Nov 2026, 09:05"),
        ("de", "Europe/Berlin", "24.11.2026, 10:05"),
        ("de", "America/New_York", "24.11.2026, 04:05"),
    ],
)
def test_times_stand_in_the_readers_zone(language, zone, text):
    with speaking(language, zone):
        assert formats.when(MOMENT) == f'<time datetime="2026-11-24T09:05:00+00:00">{text}</time>'


def test_a_time_without_zone_is_a_mistake_and_not_guessed():
    with speaking("en"), pytest.raises(ValueError, match="zone"):
        formats.when(datetime(2026, 11, 24, 9, 5))  # noqa: DTZ001  the mistake


@pytest.mark.parametrize(
    ("language", "distance", "text"),
    [
        ("en", timedelta(seconds=20), "just now"),
        ("de", timedelta(seconds=20), "gerade eben"),
        ("en", timedelta(minutes=5), "5 minutes ago"),
        ("de", timedelta(days=3), "vor 3 Tagen"),
        ("de", timedelta(hours=-2), "in 2 Stunden"),
    ],
)
def test_distances_have_the_exact_time_as_their_title(language, distance, text):
    with speaking(language):
        shown = formats.ago(MOMENT, now=MOMENT + distance)
    assert shown.endswith(f">{text}</time>")
    assert 'title="' in shown


def test_a_times_day_is_that_of_the_readers_zone():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    with speaking("de", "Europe/Berlin"):
        assert formats.day(late) == "25.11.2026"
        assert formats.day(date(2026, 11, 24)) == "24.11.2026"


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (0.42, "0.4 s", "0,4 s"),
        (12, "12 s", "12 s"),
        (194.2, "3 min 14 s", "3 min 14 s"),
        (timedelta(hours=2, minutes=5, seconds=9), "2 h 5 min", "2 h 5 min"),
        (86_400 * 3, "3 days", "3 Tage"),
        (86_400 + 3_600, "1 day 1 h", "1 Tag 1 h"),
    ],
)
def test_durations_name_two_units_at_most(value, english, german):
    with speaking("en"):
        in_english = formats.duration(value)
    with speaking("de"):
        assert (in_english, formats.duration(value)) == (english, german)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 Byte"), (999, "999 Byte"), (1_439_000, "1,4 MB"), (2_000_000_000, "2 GB")]
)
def test_sizes(value, text):
    with speaking("de"):
        assert formats.size(value).replace("\xa0", " ") == text


def test_numbers_and_shares():
    with speaking("de"):
        assert (formats.number(12345), formats.number(1.26, 1), formats.percent(0.382)) == ("12.345", "1,3", "38\xa0%")


@pytest.mark.parametrize(
    "write",
    [formats.when, formats.ago, formats.day, formats.number, formats.percent, formats.duration, formats.size],
)
def test_nothing_is_a_dash(write):
    with speaking("en"):
        assert write(None) == "–"
