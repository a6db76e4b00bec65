"""Appointments of a calendar folder: single items, and series with all that became of their dates (R18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml.etree import _Element as Element

from app.adapters.exchange import fields_appointment as fields
from app.adapters.exchange import series
from app.adapters.exchange.mapping import Draft, Outside, Unfit
from app.adapters.exchange.paths import ITEM_CLASS, Path, Values
from app.adapters.exchange.wire import local
from app.domain.appointment import AllDay, Appointment, Part, Participant, Timed
from app.domain.fingerprint import Record, clean
from app.domain.ids import ItemId
from app.domain.occurrences import check_order, is_empty
from app.domain.recurrence import Inexpressible
from app.domain.sync import Absence, Kind, Obstacle
from app.domain.zones import keeps_pace

_MASTER = "RecurringMaster"


class Appointments:
    """The appointments' mapping."""

    kind = Kind.APPOINTMENTS
    element = "CalendarItem"
    paths: tuple[Path, ...] = fields.ALL_PATHS

    def __init__(self, calendar: fields.Calendar) -> None:
        self.calendar = calendar

    def parts(self, item: Element) -> Sequence[ItemId]:
        """A series' changed occurrences."""
        return series.changed_ids(item)

    def read(self, item: Element, values: Values, parts: Mapping[ItemId, Element]) -> Appointment | Unfit | Outside:
        """An appointment or series of our own, or one to which its owner was invited."""
        label = clean(values.get(fields.SUBJECT, ""))
        if local(item) != self.element:
            return Unfit(Obstacle.UNREADABLE, label, values.get(ITEM_CLASS, ""))
        kind = values.get(fields.TYPE, "Single")
        if kind not in {"Single", _MASTER}:
            return Unfit(Obstacle.SERIES, label, kind)
        if values.get(fields.MY_RESPONSE) == fields.DECLINED:
            return Outside(Absence.DECLINED, self._declined(item, values))
        if values.get(fields.SENSITIVITY) == "Private" and values.get(fields.MY_RESPONSE) in fields.ANSWERS:
            # R19: somebody else's private meeting; its words are not ours to carry into a shared calendar.
            return Unfit(Obstacle.FOREIGN_PRIVATE)
        return self._series(item, parts, label) if kind == _MASTER else fields.read(item, values, self.calendar)

    def _declined(self, item: Element, values: Values) -> Appointment:
        """What a declined meeting is known by (D2); whose it is and what it is about does not matter any more (R19)."""
        read = fields.read(item, values, self.calendar)
        return Appointment(when=read.when, uid=read.uid)

    def _series(self, item: Element, parts: Mapping[ItemId, Element], label: str) -> Appointment | Unfit | Outside:
        try:
            found = series.read(item, parts, self.calendar).record
        except Inexpressible as error:
            return Unfit(Obstacle.SERIES, label, str(error))
        except series.ForeignPrivate:
            return Unfit(Obstacle.FOREIGN_PRIVATE)
        return Outside(Absence.EMPTY) if is_empty(found) else found

    def draft(self, record: Record) -> Draft:
        """All filled properties and the UID, which Exchange takes on creation only (R16). A series' exceptions are written afterwards."""
        wanted = _appointment(record)
        wanted = replace(wanted, shown=fields.shown_for(wanted, None), part=Part.NONE)
        values = fields.write(wanted, self.calendar) | {fields.UID: clean(wanted.uid)}
        return Draft({path: text for path, text in values.items() if text}, _held(values, wanted, ()))

    def change(self, before: Record, after: Record) -> Draft:
        """The properties that differ. Attendees and UID are the item's own and stay, and so do a series' exceptions."""
        old, new = _appointment(before), _appointment(after)
        new = replace(
            new,
            when=_zoned(old, new),
            participants=old.participants,
            uid=old.uid,
            part=old.part,
            shown=fields.shown_for(new, old),
        )
        values = fields.changes(old, new, self.calendar)
        whole = fields.write(new, self.calendar) | {fields.UID: new.uid}
        return Draft(values, _held(whole, new, old.participants))


def _held(values: Values, wanted: Appointment, participants: tuple[Participant, ...]) -> Appointment:
    """What the server holds once `wanted` is written."""
    held = fields.held(values, participants)
    return replace(held, recurrence=wanted.recurrence, exceptions=wanted.exceptions, part=wanted.part)


def _zoned(old: Appointment, new: Appointment) -> Timed | AllDay:
    """The new time in the zone that the item already has: the other side does not know it, and people see it in Outlook (R17).

    A series may keep it only if that clock shows its dates too.
    """
    if not (isinstance(old.when, Timed) and isinstance(new.when, Timed) and old.when.zone):
        return new.when
    if new.recurrence and not keeps_pace(new.recurrence, new.when.start, new.when.zone, old.when.zone):
        return new.when
    return replace(new.when, zone=old.when.zone)


def _appointment(record: Record) -> Appointment:
    if not isinstance(record, Appointment):
        raise TypeError("a calendar folder holds appointments")
    if record.recurrence:
        check_order(record)
    return record
