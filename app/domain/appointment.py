"""An appointment as both sides share it: title, text, place, time, privacy, participants.

Times of a timed appointment are instants (UTC) plus the zone in which their wall time was written; all-day appointments are calendar
dates and have no zone (R17). A series is its first occurrence with a recurrence and what differs from it (R18).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from app.domain.recurrence import Recurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Half-open interval `[start, end)`. Both are aware datetimes in UTC; `zone` is an IANA name, or "" when unknown."""

    start: datetime
    end: datetime
    zone: str = ""

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment.tzinfo is not UTC:
                raise ValueError("a timed appointment's start and end must be given in datetime.UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDay:
    """Calendar dates; `last` is the last day itself (inclusive), equal to `first` for one day."""

    first: date
    last: date


class Role(StrEnum):
    """What a participant is in Wice (R15)."""

    EMPLOYEE = "employee"
    GROUP = "group"
    ADDITIONAL = "additional"


class Part(StrEnum):
    """What the owner of a calendar is in a meeting, as Exchange tells; Wice does not know. NONE: it is no meeting."""

    NONE = "none"
    ORGANIZER = "organizer"
    ATTENDEE = "attendee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who takes part. From Wice: employees, groups, free text. From Exchange: attendees, `email` in lower case."""

    name: str = ""
    email: str = ""
    role: Role = Role.ADDITIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """What became of one date of a series: `deleted`, or changed, then with all its own fields (`when` is always set).

    `original` is the date on which it would begin by its series' wall clock.
    """

    original: date
    deleted: bool = False
    when: Timed | AllDay | None = None
    title: str = ""
    text: str = ""
    place: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """All mapped fields of one appointment; of a series those of its regular occurrences, `when` being the first one's.

    `exceptions` are the series' deleted and changed occurrences, by date (`app.domain.occurrences.settled`).

    `participants` without the account's own user. Exchange's own attendees and Wice's participants are different facts: what is
    compared and what is shown to the other side is decided in `app.rules` (R15). `shown` holds the lines of our marked block at the end
    of an Exchange body; they never travel back. `part` tells whose facts an Exchange copy's are (D1).
    """

    title: str = ""
    text: str = ""
    place: str = ""
    when: Timed | AllDay
    private: bool = False
    participants: tuple[Participant, ...] = ()
    uid: str = ""
    recurrence: Recurrence | None = None
    exceptions: tuple[Occurrence, ...] = ()
    shown: tuple[str, ...] = ()
    part: Part = Part.NONE
    declined: tuple[Participant, ...] = ()
    """Of an Exchange copy: who was invited and has declined; none of the `participants` (D2)."""
    other_people: tuple[date, ...] = ()
    """Of a series in Exchange: dates to which others are invited than to the series, which Wice cannot say."""

    @property
    def label(self) -> str:
        """The title with its date, as people look it up."""
        day = self.when.first if isinstance(self.when, AllDay) else self.when.start.date()
        return f"{self.title or '…'} ({day.isoformat()})"

    @property
    def last_day(self) -> date | None:
        """The last calendar date (UTC for timed ones) on which this appointment lies; decides about the window (R20). None: it never ends."""
        own = _last_day(self.when)
        if self.recurrence is None:
            return own
        if (last := self.recurrence.last) is None:
            return None
        moved = (_last_day(one.when) for one in self.exceptions if one.when)
        return max(own + (last - self.recurrence.first), *moved, own)


def _last_day(when: Timed | AllDay) -> date:
    return when.last if isinstance(when, AllDay) else when.end.date()


SHARED_APPOINTMENT_FIELDS: tuple[str, ...] = ("title", "text", "place", "when", "recurrence", "exceptions", "private")
"""The fields in which two sides' appointments are compared and that a diff shows."""
