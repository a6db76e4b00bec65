from __future__ import annotations

from datetime import timedelta

import pytest

from app.rules.schedule import interval


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("every 15 minutes", timedelta(minutes=15)),
        ("every minute", timedelta(minutes=1)),
        ("every 2 hours", timedelta(hours=2)),
        ("Every 1 hour", timedelta(hours=1)),
        ("", None),
        ("every 0 minutes", None),
        ("sometimes", None),
    ],
)
def test_R36_a_schedule_says_how_often(schedule: str, expected: timedelta | None) -> None:
    assert interval(schedule) == expected
