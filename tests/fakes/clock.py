"""The time of the fake servers. It moves only when a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """`now` is UTC; `tick()` lets a second pass, which is what Wice's `last_update` can tell apart."""

    def __init__(self, now: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) -> None:
        self.now = now

    def tick(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
