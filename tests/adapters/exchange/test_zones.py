"""R17: zones and all-day dates, whatever zone this process runs in."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.exchange.zones import all_day, iana_name, midnight, windows_id
from app.domain.appointment import AllDay

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "UTC",
]


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Auckland"])
def process_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("first", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 7, 14), date(2026, 1, 1)])
def test_R17_all_day_dates_are_the_same_in_every_zone(process_zone: str, zone: str, known: bool, first: date) -> None:
    for days in (1, 2, 10):
        last = first + timedelta(days=days - 1)
        start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
        assert all_day(start, end, zone if known else "") == AllDay(first=first, last=last)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 400), st.sampled_from(ZONES))
def test_R17_every_all_day_appointment_comes_back(first: date, days: int, zone: str) -> None:
    last = first + timedelta(days=days - 1)
    assert all_day(midnight(first, zone), midnight(last + timedelta(days=1), zone), zone) == AllDay(
        first=first, last=last
    )


def test_R17_a_zone_in_which_the_item_does_not_begin_at_midnight_is_not_its_zone() -> None:
    """Phones write UTC as the zone of an item that begins at midnight in Berlin."""
    start = datetime(2026, 7, 13, 22, tzinfo=UTC)
    assert all_day(start, start + timedelta(days=1), "UTC") == AllDay(first=date(2026, 7, 14), last=date(2026, 7, 14))


def test_an_item_without_length_is_one_day() -> None:
    start = datetime(2026, 7, 13, 22, tzinfo=UTC)
    assert all_day(start, start, "") == AllDay(first=date(2026, 7, 14), last=date(2026, 7, 14))


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", "Etc/UTC"),
        ("tzone://Microsoft/Custom", ""),
        ("Customized Time Zone", ""),
        ("(UTC+01:00) Amsterdam, Berlin", ""),
        ("", ""),
    ],
)
def test_windows_ids_that_nobody_knows_are_no_zone(identifier: str, name: str) -> None:
    assert iana_name(identifier) == name


@pytest.mark.parametrize("zone", ZONES)
def test_zones_have_a_windows_id(zone: str) -> None:
    assert windows_id(iana_name(windows_id(zone))) == windows_id(zone)


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="Mond/Basis"):
        windows_id("Mond/Basis")
