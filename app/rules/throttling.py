"""How long somebody waits after failed sign-ins: nothing at first, then twice as long each time, never longer than a quarter of an hour.

A name's failures do not keep out somebody who comes from an address from which this name came in before: nobody can lock an administrator
out by typing wrong passwords elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.domain.people import FailedBefore, Failures

FREE_PER_NAME: Final = 5
FREE_PER_ADDRESS: Final = 20
"""A whole office may share one address."""
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=1)
_FIRST: Final = timedelta(seconds=1)
_NONE: Final = timedelta(0)


def wait_of(before: FailedBefore, now: datetime) -> timedelta:
    """How long until the next attempt is looked at; zero: now."""
    by_name = _NONE if before.known else _left(before.name, FREE_PER_NAME, now)
    return max(by_name, _left(before.address, FREE_PER_ADDRESS, now))


def _left(failures: Failures, free: int, now: datetime) -> timedelta:
    if failures.last is None or failures.count < free or failures.last < now - FORGOTTEN:
        return _NONE
    # Capped before it is raised: a counter may be large.
    delay = min(_FIRST * (1 << min(failures.count - free, 20)), LONGEST)
    return max(failures.last + delay - now, _NONE)
