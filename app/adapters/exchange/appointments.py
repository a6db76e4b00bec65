"""Appointments of a calendar folder: single items; series are left alone with a hint until they can be carried whole (R18)."""

from __future__ import annotations

from dataclasses import replace

from lxml.etree import _Element as Element

from app.adapters.exchange import fields_appointment as fields
from app.adapters.exchange.mapping import Draft, Unfit
from app.adapters.exchange.paths import ITEM_CLASS, Path, Values
from app.adapters.exchange.wire import local
from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.fingerprint import Record, clean
from app.domain.sync import Kind, Obstacle

_ANSWERS = frozenset({"Accept", "Tentative", "Decline", "NoResponseReceived"})
"""How somebody answers who was invited; an organizer or an item without attendees says something else. Source: ResponseTypeType."""


class Appointments:
    """The appointments' mapping."""

    kind = Kind.APPOINTMENTS
    element = "CalendarItem"
    paths: tuple[Path, ...] = fields.ALL_PATHS

    def __init__(self, calendar: fields.Calendar) -> None:
        self._calendar = calendar

    def read(self, item: Element, values: Values) -> Appointment | Unfit:
        """A single appointment of our own, or one to which its owner was invited."""
        label = clean(values.get(fields.SUBJECT, ""))
        if local(item) != self.element:
            return Unfit(Obstacle.UNREADABLE, label, values.get(ITEM_CLASS, ""))
        if (kind := values.get(fields.TYPE, "Single")) != "Single":
            return Unfit(Obstacle.SERIES, label, kind)
        if values.get(fields.SENSITIVITY) == "Private" and values.get(fields.MY_RESPONSE) in _ANSWERS:
            # R19: somebody else's private meeting; its words are not ours to carry into a shared calendar.
            return Unfit(Obstacle.FOREIGN_PRIVATE)
        return fields.read(item, values, self._calendar)

    def draft(self, record: Record) -> Draft:
        """All filled properties and the UID, which Exchange takes on creation only (R16)."""
        wanted = _appointment(record)
        wanted = replace(wanted, shown=fields.shown_for(wanted, None))
        values = fields.write(wanted, self._calendar) | {fields.UID: clean(wanted.uid)}
        return Draft({path: text for path, text in values.items() if text}, fields.held(values, ()))

    def change(self, before: Record, after: Record) -> Draft:
        """The properties that differ. Attendees and UID are the item's own and stay."""
        old, new = _appointment(before), _appointment(after)
        new = replace(
            new,
            when=_zoned(old, new),
            participants=old.participants,
            uid=old.uid,
            shown=fields.shown_for(new, old),
        )
        values = fields.changes(old, new, self._calendar)
        held = fields.held(fields.write(new, self._calendar) | {fields.UID: new.uid}, old.participants)
        return Draft(values, held)


def _zoned(old: Appointment, new: Appointment) -> Timed | AllDay:
    """The new time in the zone that the item already has: the other side does not know it, and people see it in Outlook (R17)."""
    if isinstance(old.when, Timed) and isinstance(new.when, Timed) and old.when.zone:
        return replace(new.when, zone=old.when.zone)
    return new.when


def _appointment(record: Record) -> Appointment:
    if not isinstance(record, Appointment):
        raise TypeError("a calendar folder holds appointments")
    if record.recurrence is not None:
        raise ValueError("a series is not written as a single appointment")
    return record
