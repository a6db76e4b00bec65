"""Appointments, both directions: canonical field <-> properties, one row each. What is not in the table is never written (R2, R15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lxml.etree import _Element as Element

from app.adapters.exchange import block, patterns, zones
from app.adapters.exchange.paths import BODY, Path, Values, clock, plain
from app.adapters.exchange.wire import children, find, local, text_of, xml_text
from app.domain.appointment import AllDay, Appointment, Occurrence, Part, Participant, Timed
from app.domain.fingerprint import clean, differences
from app.domain.participants import shown_lines

SUBJECT = plain("item", "Subject")
SENSITIVITY = plain("item", "Sensitivity")
UID = clock("UID")
RECURRENCE_ID = clock("RecurrenceId")
START, END = clock("Start"), clock("End")
ALL_DAY = clock("IsAllDayEvent")
LOCATION = clock("Location")
START_ZONE, END_ZONE = clock("StartTimeZone"), clock("EndTimeZone")
START_OFFSET = clock("StartOffset")
"""In seconds, of an item that defines its zone itself; no property of Exchange's."""
TYPE = clock("CalendarItemType")
MY_RESPONSE = clock("MyResponseType")
RECURRENCE = clock("Recurrence")
_EXCEPTIONS = (clock("ModifiedOccurrences"), clock("DeletedOccurrences"))
_ORGANIZER = clock("Organizer")
_ATTENDEES = tuple(clock(name) for name in ("RequiredAttendees", "OptionalAttendees"))
DECLINED = "Decline"

ANSWERS = frozenset({"Accept", "Tentative", "Decline", "NoResponseReceived"})
"""How somebody answers who was invited; an organizer or an item without attendees says something else. Source: ResponseTypeType."""

ALL_PATHS: tuple[Path, ...] = (
    SUBJECT,
    SENSITIVITY,
    BODY,
    UID,
    RECURRENCE_ID,
    START,
    END,
    ALL_DAY,
    LOCATION,
    START_ZONE,
    END_ZONE,
    TYPE,
    MY_RESPONSE,
    RECURRENCE,
    *_EXCEPTIONS,
    _ORGANIZER,
    *_ATTENDEES,
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the mapping must know: the owner's addresses in lower case (no participant of his own) and the zone of what we write."""

    owner: frozenset[str]
    zone: str


def _stored(text: str) -> str:
    return clean(xml_text(text))


def _when(one: Appointment, calendar: Calendar) -> dict[Path, str]:
    match one.when:
        case AllDay(first=first, last=last):
            start, end = (zones.midnight(day, calendar.zone) for day in (first, last + timedelta(days=1)))
            zone = calendar.zone
        case Timed():
            start, end, zone = one.when.start, one.when.end, one.when.zone
    all_day = "true" if isinstance(one.when, AllDay) else "false"
    identifier = _zone_id(zone, calendar)
    return {START: _utc(start), END: _utc(end), ALL_DAY: all_day, START_ZONE: identifier, END_ZONE: identifier}


def _zone_id(zone: str, calendar: Calendar) -> str:
    try:
        return zones.windows_id(zone or calendar.zone)
    except ValueError:
        return zones.windows_id(calendar.zone)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def series_times(one: Appointment, calendar: Calendar) -> dict[Path, str]:
    """All that says when a series is."""
    return _when(one, calendar) | {RECURRENCE: patterns.write(one.recurrence) if one.recurrence else ""}


def occurrence_changes(
    before: Occurrence, after: Occurrence, shown: tuple[str, ...], calendar: Calendar, zone: str
) -> dict[Path, str]:
    """What to write so that an occurrence becomes `after`. Its zone is that of its series, whose Windows id is `zone`."""
    clock = replace(calendar, zone=zones.iana_name(zone) or calendar.zone)
    old, new = (_single(one, shown) for one in (before, after))
    values = changes(old, new, clock)
    keep_kind = isinstance(old.when, AllDay) == isinstance(new.when, AllDay)
    left_out = {START_ZONE, END_ZONE} | ({ALL_DAY} if keep_kind else set())
    return {path: text for path, text in values.items() if path not in left_out}


def _single(one: Occurrence, shown: tuple[str, ...]) -> Appointment:
    if one.when is None:
        raise ValueError("a deleted occurrence has no fields")
    return Appointment(title=one.title, text=one.text, place=one.place, when=one.when, private=one.private, shown=shown)


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field and the properties that hold it. `paths` are what an update of this field sets or deletes."""

    name: str
    to_wire: Callable[[Appointment, Calendar], dict[Path, str]]


FIELDS: tuple[Field, ...] = (
    Field("title", lambda one, _: {SUBJECT: _stored(one.title)}),
    Field("text", lambda one, _: {BODY: block.attach(_stored(one.text), one.shown)}),
    Field("place", lambda one, _: {LOCATION: _stored(one.place)}),
    Field("when", _when),
    Field("recurrence", lambda one, _: {RECURRENCE: patterns.write(one.recurrence) if one.recurrence else ""}),
    Field("private", lambda one, _: {SENSITIVITY: "Private" if one.private else "Normal"}),
)


_TIMES = frozenset({"when", "recurrence"})


def read(item: Element, values: Values, calendar: Calendar) -> Appointment:
    """The appointment of an item and its text properties. Raises: ValueError for what cannot be read."""
    record = held(values, _participants(item, calendar.owner))
    return replace(record, part=_part(item, values), declined=_declined(item, calendar.owner))


def held(values: Values, participants: tuple[Participant, ...]) -> Appointment:
    """The appointment that these properties and participants make."""
    text, shown = block.detach(clean(values.get(BODY, "")))
    return Appointment(
        title=clean(values.get(SUBJECT, "")),
        text=text,
        place=clean(values.get(LOCATION, "")),
        when=_read_when(values),
        private=values.get(SENSITIVITY) == "Private",
        participants=participants,
        uid=_uid(values),
        shown=shown,
    )


def _uid(values: Values) -> str:
    """Whoever is invited to a single date of a series has an item with the series' UID: only with the date it names one appointment (R16)."""
    return "/".join(filter(None, (clean(values.get(UID, "")), values.get(RECURRENCE_ID, ""))))


def _read_when(values: Values) -> Timed | AllDay:
    start, end = moment(values.get(START, "")), moment(values.get(END, ""))
    zone = zones.iana_name(values.get(START_ZONE, ""))
    if values.get(ALL_DAY) in {"true", "1"}:
        offset = values.get(START_OFFSET)
        return zones.all_day(start, end, zone, timedelta(seconds=int(offset)) if offset else None)
    return Timed(start=start, end=max(start, end), zone=zone)


def moment(text: str) -> datetime:
    """A time as Exchange writes it. Raises: ValueError, also for one without an offset, which could be anybody's."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time without an offset")
    return read.astimezone(UTC)


def _part(item: Element, values: Values) -> Part:
    """An item without attendees is no meeting, whatever else Exchange says of it."""
    if values.get(MY_RESPONSE) in ANSWERS:
        return Part.ATTENDEE
    holders = [find(item, f"t:{path.element}") for path in _ATTENDEES]
    invited = any(holder is not None and len(holder) for holder in holders)
    return Part.ORGANIZER if invited and values.get(MY_RESPONSE) == "Organizer" else Part.NONE


def _participants(item: Element, owner: frozenset[str]) -> tuple[Participant, ...]:
    """Organizer and attendees who have not declined, without the mailbox's owner. Source: AttendeeType, SingleRecipientType."""
    return _somebody([*_mailboxes(item, _ORGANIZER), *_invited(item, declined=False)], owner)


def _declined(item: Element, owner: frozenset[str]) -> tuple[Participant, ...]:
    """Attendees who take no part (D2), as far as the organiser's copy knows."""
    return _somebody(_invited(item, declined=True), owner)


def _invited(item: Element, *, declined: bool) -> Iterator[Element]:
    for path in _ATTENDEES:
        holder = find(item, f"t:{path.element}")
        for attendee in children(holder) if holder is not None else ():
            answer = find(attendee, "t:ResponseType")
            if (answer is not None and text_of(answer) == DECLINED) is declined:
                yield from attendee.iter("{*}Mailbox")


def _mailboxes(item: Element, path: Path) -> Iterator[Element]:
    holder = find(item, f"t:{path.element}")
    return holder.iter("{*}Mailbox") if holder is not None else iter(())


def _somebody(mailboxes: Iterable[Element], owner: frozenset[str]) -> tuple[Participant, ...]:
    people: dict[tuple[str, str], Participant] = {}
    for mailbox in mailboxes:
        one = _participant(mailbox)
        if (one.name or one.email) and one.email not in owner:
            people.setdefault((one.email, "" if one.email else one.name), one)
    return tuple(people.values())


def _participant(mailbox: Element) -> Participant:
    parts = {local(child): text_of(child) for child in children(mailbox)}
    address = clean(parts.get("EmailAddress", "")).casefold()
    # People of the same organisation may come with their directory name ("/o=..."), which is no e-mail address.
    return Participant(name=clean(parts.get("Name", "")), email=address if "@" in address else "")


def shown_for(wanted: Appointment, before: Appointment | None) -> tuple[str, ...]:
    """The lines of our block: Wice's participants who are no attendees of the item already (R15), exactly as the planner expects them."""
    return shown_lines(wanted.participants, before.participants if before else ())


def write(wanted: Appointment, calendar: Calendar) -> dict[Path, str]:
    """All mapped properties; `wanted.shown` are the block's lines. Raises: ValueError for what Exchange cannot hold."""
    values: dict[Path, str] = {}
    for field in FIELDS:
        values |= field.to_wire(wanted, calendar)
    return values


def changes(before: Appointment, after: Appointment, calendar: Calendar) -> dict[Path, str]:
    """The properties to write so that `before` becomes `after`; "" means delete. What compares equal is not sent: rich text keeps its format."""
    names = set(differences(before, after))
    if names & _TIMES and (before.recurrence or after.recurrence):
        names |= _TIMES  # a series' times and its rule hang together
    if before.shown != after.shown:
        names.add("text")
    values: dict[Path, str] = {}
    for field in FIELDS:
        if field.name in names:
            values |= field.to_wire(after, calendar)
    return values
