"""Schedules in words and in the fields of the form (R36)."""

from __future__ import annotations

import pytest

from app.rules.schedule_text import DAYS, parse
from app.web.current import speaking
from app.web.schedule_form import fields, text
from app.web.schedules import schedule

LONG = (
    "every 15 minutes on weekdays from 07:00 to 19:00, else every 2 hours, except from 01:00 to 03:00, "
    "starting 2026-12-01 06:30"
)

LIMIT = ("starting 1 Dec 2026, 06:30 (Europe/Berlin)", "ab 01.12.2026, 06:30 (Europe/Berlin)")


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("", "only when somebody starts it", "nur wenn jemand es startet"),
        ("every 15 minutes", "every 15 minutes", "alle 15 Minuten"),
        ("every minute", "every minute", "jede Minute"),
        ("every 120 minutes", "every 2 hours", "alle 2 Stunden"),
        ("every hour", "every hour", "jede Stunde"),
        ("on Mondays", "on Mondays", "on Mondays"),
        (
            LONG,
            "every 15 minutes Mondays to Fridays from 07:00 to 19:00, else every 2 hours; not from 01:00 to 03:00; "
            + LIMIT[0],
            "alle 15 Minuten montags bis freitags von 07:00 bis 19:00, sonst alle 2 Stunden; nicht von 01:00 bis 03:00; "
            + LIMIT[1],
        ),
        (
            "at 06:00 and 18:00 on Monday and Thursday, except on Sunday from 22:00 to 24:00, UTC",
            "at 06:00 and 18:00 on Mondays and Thursdays; not on Sundays from 22:00 to 24:00 (UTC)",
            "um 06:00 und 18:00 montags und donnerstags; nicht sonntags von 22:00 bis 24:00 (UTC)",
        ),
    ],
)
def test_R36_a_schedule_is_read_in_plain_words(text: str, english: str, german: str) -> None:
    with speaking("en"):
        assert schedule(text) == english
    with speaking("de"):
        assert schedule(text) == german


@pytest.mark.parametrize(
    "written",
    [
        "",
        "every 15 minutes",
        "every hour",
        LONG,
        "every 3 hours from 22:00 to 06:00, America/New_York",
        "at 06:00 and 18:30 on Monday and Sunday, UTC",
        "every 10 minutes on weekends, starting 2027-01-01",
        "every 10 minutes on weekends, else at 07:00",
        "every hour except on Sunday",
    ],
)
def test_R36_the_fields_of_a_schedule_mean_the_same(written: str) -> None:
    assert parse(text(fields(written))) == parse(written)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"repeat": "true", "every": " 015 ", "unit": "minute"}, "every 15 minutes"),
        ({"repeat": "true", "every": "1", "unit": "hour"}, "every hour"),
        ({"repeat": "true", "every": "", "unit": "hour"}, "every 0 hours"),
        ({"repeat": "true", "every": "x"}, "every x minutes"),
        ({"repeat": "true", "every": "5", "end": "19:00"}, "every 5 minutes from 00:00 to 19:00"),
        ({"repeat": "times", "at": " 06:00, 18:00", "monday": "true"}, "at 06:00, 18:00 on Monday"),
        ({"repeat": "text", "text": " every hour "}, "every hour"),
        ({"repeat": "text", "text": ""}, "every"),
        ({"repeat": "false", "every": "5"}, ""),
    ],
)
def test_the_fields_make_a_schedule_and_leave_nonsense_to_be_refused(given: dict[str, str], expected: str) -> None:
    assert text(given) == expected


def test_what_is_no_schedule_is_shown_as_it_was_typed() -> None:
    shown = fields("every x minutes")
    assert (shown["repeat"], shown["text"]) == ("text", "every x minutes")
    assert all(shown[day] for day in DAYS)
