"""What the scheduler does with a profile whose time has come (R36)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from app.domain.ids import ProfileId
from app.domain.schedule import Schedule, Turn
from app.errors import BadInput
from app.rules.schedule import first_due, next_run, next_runs, permitted, share_of
from app.rules.schedule_text import parse

SHOWN: Final = 5
"""So many coming runs are shown (R36)."""


class Timetable:
    """`app.ports.requests.Timetable` by the rules of schedules."""

    def first(self, profile: ProfileId, schedule: str, now: datetime, *, ran: bool) -> datetime | None:
        """See `app.ports.requests.Timetable.first`."""
        wanted = _parsed(schedule)
        return first_due(wanted, now, share_of(profile), ran=ran) if wanted else None

    def turn(self, profile: ProfileId, schedule: str, now: datetime) -> Turn:
        """See `app.ports.requests.Timetable.turn`. Missed runs are made up once, but not in a pause."""
        wanted = _parsed(schedule)
        if wanted is None:
            return Turn(asked=False, next=None)
        free = permitted(wanted, now)
        if free is None or free > now:
            return Turn(asked=False, next=free)
        return Turn(asked=True, next=next_run(wanted, now, share_of(profile)))


TIMETABLE: Final = Timetable()


def coming(
    schedule: str, now: datetime, profile: ProfileId | None = None, due: datetime | None = None
) -> list[datetime]:
    """A profile's next runs. `due`: the first of them, as the scheduler has planned it. Without a profile nothing is shifted."""
    wanted = _parsed(schedule)
    if wanted is None:
        return []
    following = next_runs(wanted, max(due or now, now), share_of(profile) if profile else 0.0)
    return list(islice(chain([max(due, now)] if due else [], following), SHOWN))


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> Schedule | None:
    """None also for what is no schedule (any more)."""
    try:
        return parse(text)
    except BadInput:
        return None
