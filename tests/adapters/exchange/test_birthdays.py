"""Birthdays between dates and instants."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.exchange.birthdays import from_wire, to_wire

days = st.dates(min_value=date(1605, 1, 1)).map(date.isoformat)
yearless = st.dates(min_value=date(2000, 1, 1), max_value=date(2000, 12, 31)).map(lambda day: f"--{day:%m-%d}")


@given(st.one_of(days, yearless))
def test_R3_every_birthday_comes_back(birthday: str) -> None:
    assert from_wire(to_wire(birthday)) == birthday


@pytest.mark.parametrize(
    ("wire", "birthday"),
    [
        ("", ""),
        ("1980-02-29T11:59:00Z", "1980-02-29"),
        ("1980-02-28T23:00:00Z", "1980-02-29"),  # Outlook in Berlin, winter
        ("1980-07-13T22:00:00Z", "1980-07-14"),  # Outlook in Berlin, summer
        ("1980-07-14T05:00:00Z", "1980-07-14"),  # Outlook in New York
        ("1980-07-13T15:00:00Z", "1980-07-14"),  # Outlook in Tokyo
        ("1980-07-14T00:00:00", "1980-07-14"),
        ("1980-07-14T00:00:00+02:00", "1980-07-14"),
        ("1899-12-31T11:59:00Z", "1899-12-31"),
        ("1604-02-29T11:59:00Z", "--02-29"),
    ],
)
def test_the_day_is_the_day_in_every_zone(wire: str, birthday: str) -> None:
    assert from_wire(wire) == birthday


@pytest.mark.parametrize("birthday", ["1899-02-30", "29.02.1980", "--13-01", "1980"])
def test_a_date_that_does_not_exist_is_refused(birthday: str) -> None:
    with pytest.raises(ValueError):
        to_wire(birthday)
