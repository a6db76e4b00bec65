"""Geometry of the charts that templates draw as SVG: no script, no inline style, readable when printed.

All are drawn into a box of 1000 x 100 units that stretches with the page; words stand beside it, as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH = 1000.0
HEIGHT = 100.0
_GAP = 0.25
_NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Rect:
    """One coloured part; `series` is the index of what it belongs to."""

    x: float
    y: float
    width: float
    height: float
    series: int


def ceiling(highest: float) -> int:
    """The next round number: 1, 2, 5, 10, 20, 50 ..."""
    if highest <= 1:
        return 1
    power = int("1" + "0" * (len(str(int(highest))) - 1))
    return next(step * power for step in _NICE if step * power >= highest)


def stacked_bars(values: Sequence[Sequence[float]]) -> list[list[Rect]]:
    """Per column its parts, from the bottom up. `values[column][series]`."""
    top = ceiling(max((sum(column) for column in values), default=0))
    step = WIDTH / max(len(values), 1)
    return [
        [
            Rect(
                round((index + _GAP / 2) * step, 2),
                round(HEIGHT - upto / top * HEIGHT, 2),
                round(step * (1 - _GAP), 2),
                round(value / top * HEIGHT, 2),
                series,
            )
            for series, (value, upto) in enumerate(zip(column, accumulate(column), strict=True))
            if value
        ]
        for index, column in enumerate(values)
    ]


def share_bar(values: Sequence[float]) -> list[Rect]:
    """Parts of a whole, side by side."""
    whole = sum(values) or 1
    ends = list(accumulate(values))
    return [
        Rect(round((end - value) / whole * WIDTH, 2), 0, round(value / whole * WIDTH, 2), HEIGHT, series)
        for series, (value, end) in enumerate(zip(values, ends, strict=True))
        if value
    ]


def spark_points(values: Sequence[float]) -> str:
    """The `points` of a polyline."""
    return " ".join(f"{x:g},{y:g}" for x, y in _spark(values))


def _spark(values: Sequence[float]) -> Iterator[tuple[float, float]]:
    top = max(values, default=0) or 1
    step = WIDTH / max(len(values) - 1, 1)
    for index, value in enumerate(values):
        yield round(index * step, 2), round(HEIGHT - value / top * (HEIGHT - 10) - 5, 2)
