"""Calls over several connections at once: what the thread that asked is about goes along."""

from __future__ import annotations

from contextvars import ContextVar

from app.adapters.lanes import spread

ABOUT: ContextVar[str] = ContextVar("about", default="nothing")


def test_log_lines_of_a_lane_belong_to_the_run_that_uses_it() -> None:
    ABOUT.set("a run")
    assert list(spread(["one", "two"], range(3), lambda _lane, number: (number, ABOUT.get()))) == [
        (number, "a run") for number in range(3)
    ]
