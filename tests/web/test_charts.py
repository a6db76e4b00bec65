"""Geometry of charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import charts

COLUMNS = st.lists(st.lists(st.integers(0, 10_000), min_size=2, max_size=2), max_size=40)


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (1.5, 2), (3, 5), (7, 10), (10, 10), (11, 20), (450, 500), (9999, 10000)]
)
def test_scales_end_at_round_numbers(highest, top):
    assert charts.ceiling(highest) == top


@given(COLUMNS)
def test_bars_stay_within_the_box_and_stack_without_gaps(columns):
    for parts in charts.stacked_bars(columns):
        upto = charts.HEIGHT
        for part in parts:
            assert 0 <= part.x <= part.x + part.width <= charts.WIDTH
            assert part.y + part.height == pytest.approx(upto, abs=0.02)
            upto = part.y
        assert upto >= -0.02


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_shares_fill_the_bar(values):
    assert sum(part.width for part in charts.share_bar(values)) == pytest.approx(
        charts.WIDTH if sum(values) else 0, abs=0.02 * len(values)
    )


def test_a_line_of_one_value_or_none_is_drawn():
    assert charts.spark_points([]) == ""
    assert charts.spark_points([5]) == "0,5"
    assert charts.spark_points([0, 10]) == "0,95 1000,5"
