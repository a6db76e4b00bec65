"""What each server makes of a record that it stores: the losses that real ones have (R3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.domain.appointment import AllDay, Appointment, Part, Participant, Timed
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, CONTACT_FIELDS, Contact, Entity
from app.domain.fingerprint import clean, differences
from app.domain.participants import shown_lines

AnyRecord = TypeVar("AnyRecord", Contact, Appointment)
Fields = dict[str, Any]

ZONE = "Europe/Berlin"
"""Of the fake Wice server: its times are wall times of this zone."""
_ZONE = ZoneInfo(ZONE)
_NAMES = tuple(name for name in CONTACT_FIELDS if name != "entity")
_NO_COMPANY: Fields = dict.fromkeys(COMPANY_FIELDS, "")
_NO_PERSON: Fields = dict.fromkeys(frozenset(_NAMES) - COMPANY_FIELDS, "")
_NO_COMPANY_ONLY: Fields = dict.fromkeys(COMPANY_ONLY_FIELDS, "")


def wice_contact(contact: Contact, *, person_notes: bool = False) -> Contact:
    """A person's row holds no company data, and no remarks unless the server has a column for them; a company's only its own."""
    stored = _cleaned(contact)
    if stored.entity is Entity.COMPANY:
        return replace(stored, **_NO_PERSON)
    return replace(stored, **_NO_COMPANY, notes=stored.notes if person_notes else "")


def wice_appointment(appointment: Appointment) -> Appointment:
    """Minutes of the server's wall time; participants live in columns of their own, the marked block is Exchange's."""
    return replace(
        _texts(appointment),
        when=_wall_time(appointment.when),
        participants=(),
        shown=(),
        part=Part.NONE,
        declined=(),
        other_people=(),
    )


def exchange_contact(contact: Contact) -> Contact:
    """A person's contact has no place for the company's e-mail and remarks, a company's none for a person."""
    stored = _cleaned(contact)
    return replace(stored, **(_NO_PERSON if stored.entity is Entity.COMPANY else _NO_COMPANY_ONLY))


def exchange_appointment(appointment: Appointment, attendees: tuple[Participant, ...]) -> Appointment:
    """Attendees are never written (R15): participants that are no attendees are shown in the marked block, with the lines of a restored record."""
    lines = (*shown_lines(appointment.participants, attendees), *appointment.shown)
    return replace(_texts(appointment), participants=attendees, shown=tuple(dict.fromkeys(lines)))


def merged(current: AnyRecord, before: AnyRecord, wanted: AnyRecord, keep: frozenset[str] = frozenset()) -> AnyRecord:
    """`current` with the mapped fields in which `wanted` differs from `before`; equal ones keep the spelling the server holds (R2)."""
    changes: Fields = {name: getattr(wanted, name) for name in differences(before, wanted) if name not in keep}
    return replace(current, **changes)


def _cleaned(contact: Contact) -> Contact:
    texts: Fields = {name: clean(text) for name in _NAMES if (text := getattr(contact, name))}
    return replace(contact, **texts)


def without(contact: Contact, names: frozenset[str]) -> Contact:
    """`contact` with these fields empty."""
    empty: Fields = dict.fromkeys(names, "")
    return replace(contact, **empty)


def _texts(appointment: Appointment) -> Appointment:
    return replace(
        appointment,
        title=clean(appointment.title),
        text=clean(appointment.text),
        place=clean(appointment.place),
        uid=appointment.uid.strip(),
    )


def _wall_time(when: Timed | AllDay) -> Timed | AllDay:
    if isinstance(when, AllDay):
        return when
    return Timed(start=_minute(when.start), end=_minute(when.end), zone=ZONE)


def _minute(moment: datetime) -> datetime:
    # A wall time in the hour that a change of clocks repeats means its first pass: the column cannot say more.
    return moment.astimezone(_ZONE).replace(second=0, microsecond=0, fold=0).astimezone(UTC)
