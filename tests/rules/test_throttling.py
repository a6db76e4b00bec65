"""The delay after failed sign-ins grows, and ends."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.people import FailedBefore, Failures
from app.rules.throttling import FREE_PER_ADDRESS, FREE_PER_NAME, LONGEST, wait_of

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NONE = Failures()


def waits(name=0, address=0, *, known=False, ago=timedelta(0)):
    before = FailedBefore(Failures(name, NOW - ago), Failures(address, NOW - ago), known)
    return wait_of(before, NOW).total_seconds()


def test_the_first_failures_cost_nothing():
    assert wait_of(FailedBefore(NONE, NONE, known=False), NOW) == timedelta(0)
    assert [waits(name=count) for count in range(FREE_PER_NAME)] == [0] * FREE_PER_NAME
    assert waits(address=FREE_PER_ADDRESS - 1) == 0


def test_then_the_delay_doubles_up_to_a_quarter_of_an_hour():
    assert [waits(name=FREE_PER_NAME + more) for more in range(4)] == [1, 2, 4, 8]
    assert [waits(address=FREE_PER_ADDRESS + more) for more in range(4)] == [1, 2, 4, 8]
    assert [waits(name=count) for count in (50, 10_000_000)] == [LONGEST.total_seconds()] * 2 == [900, 900]


def test_it_counts_from_the_latest_failure():
    assert waits(name=FREE_PER_NAME + 3, ago=timedelta(seconds=5)) == 3
    assert waits(name=FREE_PER_NAME + 3, ago=timedelta(seconds=8)) == 0
    assert waits(name=1000, ago=LONGEST) == 0


def test_nobody_can_lock_a_person_out_from_elsewhere():
    assert waits(name=1000, known=True) == 0
    assert waits(name=1000, address=FREE_PER_ADDRESS, known=True) == 1


@pytest.mark.parametrize("minutes", [61, 600])
def test_old_failures_are_forgotten(minutes):
    assert waits(name=1000, address=1000, ago=timedelta(minutes=minutes)) == 0
