"""Birthdays: a date on our side, an instant in Exchange.

Outlook stores local midnight, exchangelib and others 11:59 UTC: half a day later both lie on the day itself in every zone that people live in.
The year 1604 stands for an unknown one (as Outlook's and ActiveSync's convention has it); it has a 29 February.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

UNKNOWN_YEAR = 1604
_CANONICAL = re.compile(r"(\d{4}|-)-(\d{2})-(\d{2})")


def to_wire(birthday: str) -> str:
    """`YYYY-MM-DD` or `--MM-DD` as an xs:dateTime. Raises: ValueError for a date that does not exist."""
    if not birthday:
        return ""
    match = _CANONICAL.fullmatch(birthday)
    if match is None:
        raise ValueError("a birthday must be written YYYY-MM-DD, or --MM-DD without its year")
    year = UNKNOWN_YEAR if match[1] == "-" else int(match[1])
    return f"{date(year, int(match[2]), int(match[3])).isoformat()}T11:59:00Z"


def from_wire(text: str) -> str:
    """The date of an xs:dateTime. Raises: ValueError."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    day = (moment.astimezone(UTC) + timedelta(hours=12)).date()
    return f"--{day:%m-%d}" if day.year == UNKNOWN_YEAR else day.isoformat()
