"""How long somebody waits after failed sign-ins: nothing at first, then twice as long each time, never longer than a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

FREE_PER_NAME: Final = 5
FREE_PER_ADDRESS: Final = 20
"""A whole office may share one address."""
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=1)
_FIRST: Final = timedelta(seconds=1)


def wait_until(count: int, free: int, last: datetime) -> datetime:
    """When the next attempt is looked at, after `count` failures of which the latest was at `last`."""
    if count < free:
        return last
    # Capped before it is raised: a counter may be large.
    return last + min(_FIRST * 2 ** min(count - free, 20), LONGEST)
