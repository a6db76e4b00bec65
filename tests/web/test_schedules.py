"""Schedules in words and in the two fields of the form (R36)."""

from __future__ import annotations

import pytest

from app.web.current import speaking
from app.web.schedules import joined, parts, schedule


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("", "only when somebody starts it", "nur wenn jemand es startet"),
        ("every 15 minutes", "every 15 minutes", "alle 15 Minuten"),
        ("every minute", "every minute", "jede Minute"),
        ("every 120 minutes", "every 2 hours", "alle 2 Stunden"),
        ("every hour", "every hour", "jede Stunde"),
        ("on Mondays", "on Mondays", "on Mondays"),
    ],
)
def test_R36_a_schedule_is_read_in_plain_words(text: str, english: str, german: str) -> None:
    with speaking("en"):
        assert schedule(text) == english
    with speaking("de"):
        assert schedule(text) == german


@pytest.mark.parametrize(
    ("text", "fields"),
    [("every 15 minutes", ("15", "minute")), ("every hour", ("1", "hour")), ("", ("", "minute"))],
)
def test_a_schedule_is_split_into_its_fields(text: str, fields: tuple[str, str]) -> None:
    assert parts(text) == fields


@pytest.mark.parametrize(
    ("count", "unit", "text"),
    [(" 015 ", "minute", "every 15 minutes"), ("1", "hour", "every 1 hour"), ("", "hour", ""), ("x", "", "every x minutes")],
)  # fmt: skip
def test_the_fields_make_a_schedule_and_leave_nonsense_to_be_refused(count: str, unit: str, text: str) -> None:
    assert joined(count, unit) == text
