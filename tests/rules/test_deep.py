"""When everything is compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.account import Profile
from app.domain.ids import ProfileId
from app.rules.deep import is_due

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)


def due(last: datetime | None, every: int = 7, profile: int = 1, now: datetime = NOW, *, approved: bool = True) -> bool:
    return is_due(
        Profile(id=ProfileId(profile), account="a", name="a", deep_compare_days=every, approved=approved), last, now
    )


@pytest.mark.parametrize(("days", "expected"), [(0, False), (6.9, False), (7, True), (400, True)])
def test_a_deep_compare_is_due_when_its_days_have_passed(days: float, expected: bool):
    assert due(NOW - timedelta(days=days)) is expected


def test_it_may_be_switched_off():
    assert not due(NOW - timedelta(days=4000), every=0)
    assert not due(None, every=0)


def test_profiles_that_never_were_compared_take_turns_over_the_days():
    days = [NOW + timedelta(days=day) for day in range(7)]
    turns = {profile: [due(None, profile=profile, now=day) for day in days] for profile in range(1, 71)}
    assert all(sum(turn) == 1 for turn in turns.values())
    assert all(sum(turn[day] for turn in turns.values()) == 10 for day in range(7))


def test_a_first_run_reads_everything_anyway():
    assert not any(due(None, now=NOW + timedelta(days=day), approved=False) for day in range(7))
