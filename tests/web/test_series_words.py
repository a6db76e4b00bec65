"""A series in words, in the reader's language (R18)."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.recurrence import Recurrence, Unit
from app.web.current import speaking
from app.web.series_words import series_text

FIRST = date(2031, 5, 12)


@pytest.mark.parametrize(
    ("series", "begins", "ends"),
    [
        (Recurrence(unit=Unit.DAY, first=FIRST, interval=1, count=1), "jeden Tag", "einmal"),
        (Recurrence(unit=Unit.DAY, first=FIRST, interval=3, count=12), "alle 3 Tage", "12-mal"),
        (Recurrence(unit=Unit.WEEK, first=FIRST, interval=2, weekdays=(0,)), "alle 2 Wochen am Montag", "ab "),
        (Recurrence(unit=Unit.MONTH, first=FIRST, interval=2, day=12), "alle 2 Monate", "ab "),
        (Recurrence(unit=Unit.MONTH, first=FIRST, interval=24, day=12), "alle 2 Jahre", "ab "),
    ],
)  # fmt: skip
def test_R18_how_often_and_how_long(series: Recurrence, begins: str, ends: str):
    with speaking("de"):
        text = series_text(series)
    assert text.startswith(begins)
    assert ends in text.rsplit(",", maxsplit=1)[-1]
