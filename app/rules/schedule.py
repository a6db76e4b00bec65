"""How often a profile is synchronised by itself (R36)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_EVERY: Final = re.compile(r"every(?: (?P<number>\d+))? (?P<unit>minute|hour)s?", re.IGNORECASE)


def interval(schedule: str) -> timedelta | None:
    """The time between two runs of "every 15 minutes", "every hour"; None for what is no schedule, "" for instance."""
    found = _EVERY.fullmatch(schedule.strip())
    if found is None:
        return None
    number = int(found["number"] or 1)
    return timedelta(**{f"{found['unit'].lower()}s": number}) if number else None
