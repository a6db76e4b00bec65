"""What monitoring counts. Sums that only grow, kept in the database, since many processes that come and go add to them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Labels = tuple[tuple[str, str], ...]
"""Names and values, by name."""

SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds of an answer's time."""
AGES: Final = (60.0, 300.0, 900.0, 1800.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 24 * 3600.0, 7 * 24 * 3600.0)
"""Upper bounds of an account's freshness, in seconds."""
INFINITE: Final = "+Inf"

ITEMS: Final = "items"
"""Executed actions, by `side` and `action`."""
SERVER_ANSWERS: Final = "server_answers"
"""Requests to servers, by `side`, `host` and `outcome`."""
SERVER_SECONDS: Final = "server_seconds"
"""How many answers took how long, by `side`, `host` and `le`, the bound below which they were."""
SERVER_SECONDS_SUM: Final = "server_seconds_sum"


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum."""

    name: str
    labels: Labels
    value: float


def labels(**given: str) -> Labels:
    """By name."""
    return tuple(sorted(given.items()))


def bound(value: float, bounds: Sequence[float]) -> str:
    """The bucket of `value`: the least bound that is not below it."""
    index = bisect_left(bounds, value)
    return str(bounds[index]) if index < len(bounds) else INFINITE


def cumulated(counts: Mapping[str, float], bounds: Sequence[float]) -> Iterator[tuple[str, float]]:
    """Each bound with how many lie below it or in it, as histograms are shown."""
    total = 0.0
    for one in (*map(str, bounds), INFINITE):
        total += counts.get(one, 0.0)
        yield one, total
