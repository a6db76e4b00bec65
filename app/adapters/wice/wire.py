"""How Wice spells values. Everything is a string; missing and empty mean the same; times are wall times of the server's zone.

Pure functions, each pair inverse: `read_street(*write_street(x)) == x` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.fingerprint import clean
from app.domain.zones import instant, wall_time

Row = Mapping[str, object]
"""One record as it came: columns and values, a couple of hundred of which are none of our business."""

RESOLUTION = timedelta(seconds=2)
"""`last_update` counts whole seconds: what is younger than this may still change without moving it."""

_HOUSE_NUMBER = re.compile(r"(?P<street>.*\S) (?P<number>\d+ ?[A-Za-z]?(?: ?[-/+] ?\d+ ?[A-Za-z]?)*)")
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T].*)?")
_GERMAN_DATE = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")
_UNKNOWN_YEARS = frozenset({0, 1604})
_LEAP_YEAR = 1604


def text_of(value: object) -> str:
    """A scalar of a reply as clean text; None and lists are missing."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return clean(str(value)) if isinstance(value, int | float) else ""


def is_set(value: object) -> bool:
    """A flag: "1" is set; "0", "" and missing are not."""
    return text_of(value) not in ("", "0")


def ids_of(value: object) -> list[str]:
    """A list of rowids; servers that know only strings join them with commas."""
    parts: Iterable[object] = value if isinstance(value, list) else text_of(value).split(",")
    return [rowid for part in parts if (rowid := text_of(part)) not in ("", "0")]


def is_binned(mandant: object) -> bool:
    """Records in the recycle bin carry their tenant's number negated."""
    return text_of(mandant).startswith("-")


def read_street(street: str, number: str) -> str:
    """Street and house number in one text."""
    return f"{street} {number}".strip()


def write_street(text: str) -> tuple[str, str]:
    """Split a trailing house number off; whatever the text, `read_street` of the result is the text again."""
    match = _HOUSE_NUMBER.fullmatch(text)
    return (match["street"], match["number"]) if match else (text, "")


def read_birthday(text: str) -> str:
    """`YYYY-MM-DD` of either spelling, `--MM-DD` when the year is unknown, "" for none and for dates that do not exist."""
    match = _ISO_DATE.fullmatch(text) or _GERMAN_DATE.fullmatch(text)
    if not match:
        return ""
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    try:
        moment = date(_LEAP_YEAR if year in _UNKNOWN_YEARS else year, month, day)
    except ValueError:
        return ""
    return f"--{month:02}-{day:02}" if year in _UNKNOWN_YEARS else moment.isoformat()


def write_birthday(text: str, unknown_year: str) -> str:
    """The other way round; a birthday without a year gets `unknown_year`."""
    return unknown_year + text[1:] if text.startswith("--") else text


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A `last_update`, local text or epoch seconds, as naive wall time of the server; None when it is neither."""
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), zone).replace(tzinfo=None)
        return datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None


def write_moment(wall: datetime) -> str:
    """Wall time as the search parameters want it."""
    return wall.isoformat(" ", "seconds")


def rewound(wall: datetime, zone: ZoneInfo) -> datetime:
    """Where a list of changes must begin to miss nothing after `wall`.

    The resolution of `last_update` earlier; in the hour that comes twice when summer time ends, at that hour's first beginning, because
    its second pass is later although it reads earlier.
    """
    early = wall - RESOLUTION
    first, again = (zone.utcoffset(early.replace(fold=fold)) or timedelta() for fold in (0, 1))
    return early - max(first - again, timedelta())


def to_utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Wall time to UTC: a time that comes twice is its first pass, one that is skipped moves forward by the gap."""
    return instant(datetime.combine(day, clock), zone.key)


def to_wall(moment: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """An instant as `YYYY-MM-DD`, `HH:MM` of the server's zone."""
    local = wall_time(moment, zone.key)
    return local.date().isoformat(), f"{local.hour:02}:{local.minute:02}"


class ServerClock:
    """The newest time that this server is known to have reached, from its replies; this machine's clock is never asked."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._newest = datetime.min.replace(tzinfo=UTC)

    def saw(self, moment: datetime) -> None:
        """The server has reached `moment` (aware)."""
        self._newest = max(self._newest, moment.astimezone(UTC))

    def saw_updates(self, texts: Sequence[str]) -> datetime | None:
        """The server has reached these `last_update`s; return the newest as wall time."""
        walls = [wall for text in texts if (wall := read_moment(text, self.zone))]
        if not walls:
            return None
        newest = max(walls)
        self.saw(newest.replace(tzinfo=self.zone))
        return newest

    @property
    def reached(self) -> datetime:
        """That time."""
        return self._newest

    def settled(self, last_update: str, at: datetime | None = None) -> bool:
        """Whether a record read now, or when the server had reached `at`, can no longer change without its `last_update` moving."""
        wall = read_moment(last_update, self.zone)
        end = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC) + RESOLUTION if wall else None
        return end is not None and end <= (at or self._newest)
