"""Wice appointments in which this account's employee takes part, as a store (R11-R16). Ids are `a:<rowid>`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

from app.adapters.wice import errors
from app.adapters.wice.capabilities import FAR_AHEAD, Offers
from app.adapters.wice.client import Session
from app.adapters.wice.fields_appointment import AppointmentFields, Unreadable
from app.adapters.wice.participants import Directory, Participants
from app.adapters.wice.store import WiceStore
from app.adapters.wice.tables import Reading, Table
from app.adapters.wice.wire import Row, is_binned, is_set, text_of
from app.domain.appointment import Appointment
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId, Version
from app.domain.occurrences import is_empty
from app.domain.recurrence import Inexpressible
from app.domain.sync import Absence, Absent, Found, Held, Kind, Obstacle, Page
from app.domain.writes import Create, Outcome, Stale, Update, Write, Written
from app.errors import BadInput
from app.ports import Employee, Known

FAR_BACK = date(1970, 1, 1)
SAME = "same"
EMPLOYEE = "employee"


class AppointmentStore(WiceStore):
    """`who` tells the account's own employee, `directory` all of them; neither is asked before it is needed."""

    kind = Kind.APPOINTMENTS

    def __init__(self, session: Session, offers: Offers, who: Callable[[], Employee], directory: Directory) -> None:
        super().__init__(session, offers)
        self._require_offer()
        methods = self._dialect.methods
        loop, own_column = self._dialect.replies.appointments, self._dialect.columns.appointment.date_start
        columns = self._shared_columns | frozenset(self._dialect.columns.appointment.model_dump().values())
        self.table = Table("a", methods.appointment, methods.appointments, loop, own_column, columns)
        self._who = who
        self._directory = directory
        self._told_own = ""
        self._planned_with: set[ItemId] | None = None
        self._fields = AppointmentFields(self._dialect, session.zone)
        self._appointment_columns = self._dialect.columns.appointment

    def _require_offer(self) -> None:
        if not self._offers.appointments:
            raise errors.not_offered(self._session.server, "appointments")

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:  # noqa: ARG002 - the port's signature
        """One page, an inventory of the employee's appointments in the window. There is nothing to continue from: the cursor tells only which
        list it was, if everything in it was settled.

        What has aged out of the window is not named either; `fetch` still finds it (R20).
        """
        self._begin_list()
        sightings, _ = self._list(self.table)
        self._planned_with = {seen.id for seen in sightings}
        suspect = len({seen.id for seen in sightings}) < len(sightings)
        at_rest = not suspect and all(seen.certain for seen in sightings)
        same = json.dumps({SAME: self._digests[self.table], EMPLOYEE: self._own}) if at_rest else None
        yield Page(tuple(sightings), cursor=same, inventory=True, suspect=suspect)

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """See `app.ports.Store.unchanged`."""
        del children
        known = self._known(cursor)
        return bool(known) and self._answers_as(self.table, known)

    def look_ahead(self, cursor: str | None) -> None:
        """See `app.ports.Store.look_ahead`."""
        self._ask_ahead({self.table: self._known(cursor or "")})

    def _known(self, cursor: str) -> str:
        """The digest of the list that `cursor` tells of, which named the employee, too; "" for none."""
        try:
            told = json.loads(cursor)
            known, self._told_own = str(told[SAME]), str(told[EMPLOYEE])
        except (ValueError, TypeError, KeyError):
            return ""
        return known

    @cached_property
    def _own(self) -> str:
        own = self._who().id
        if not own:
            # Without it a list would name everybody's appointments.
            self._offers.doubt()
            raise errors.not_offered(self._session.server, "appointments")
        return own

    @cached_property
    def _participants(self) -> Participants:
        return Participants(self._dialect, self._directory, self._own)

    def _table(self, item_id: ItemId) -> Table:
        letter, _, rowid = item_id.partition(":")
        if letter != self.table.letter or not rowid:
            raise BadInput(f"{item_id!r} is no id of a Wice appointment (a:<rowid>)")
        return self.table

    @property
    def _window(self) -> Mapping[str, str]:
        parameters = self._dialect.parameters
        start = self._session.window_start or FAR_BACK
        return {parameters.date_from: start.isoformat(), parameters.date_to: FAR_AHEAD}

    @property
    def _scope(self) -> Mapping[str, str]:
        return {self._dialect.parameters.participant: self._told_own or self._own, **self._window}

    def _look_afresh(self) -> None:
        """Nothing is read beside an appointment but the employees, once per session."""

    def _judge(self, table: Table, row: Row) -> Found:
        item_id = table.item_id(text_of(row.get(self._columns.id)))
        if absence := self._absence(row):
            return Absent(item_id, absence, self._remains(row) if absence is Absence.LEFT else None)
        version = Version(text_of(row.get(self._columns.last_update)))
        label = self._fields.label(row)
        try:
            record = self._appointment(row)
        except Inexpressible as error:
            return Held(item_id, version, Obstacle.SERIES, label, str(error))
        except Unreadable as error:
            return Held(item_id, version, Obstacle.UNREADABLE, label, str(error))
        if record.recurrence and is_empty(record):
            return Absent(item_id, Absence.EMPTY)
        return self._item(table, row, record)

    def _remains(self, row: Row) -> Appointment | None:
        """An appointment that goes on without us; its content is none of our business if it is private (R19)."""
        try:
            record = self._appointment(row)
        except (Unreadable, Inexpressible):
            return None
        return None if record.private or any(one.private for one in record.exceptions) else record

    def _absence(self, row: Row) -> Absence | None:
        if is_binned(row.get(self._columns.mandant)):
            return Absence.BINNED
        if is_set(row.get(self._appointment_columns.external)):
            return Absence.EXTERNAL
        return None if self._participants.takes_part(row) else Absence.LEFT

    def _appointment(self, row: Row) -> Appointment:
        return replace(self._fields.read(row), participants=self._participants.read(row))

    def claims(self, write: Write) -> frozenset[str] | None:
        """Meetings of one UID may be one appointment (R16)."""
        if not isinstance(write, Create):
            return frozenset({write.id})
        return frozenset({write.into or "", _appointment_of(write.record).uid} - {""})

    def _insert(self, write: Create) -> tuple[ItemId, Row]:
        record = _appointment_of(write.record)
        stamp = {self._columns.import_key: str(write.stamp)}
        data = self._fields.create(record) | self._participants.write(record.participants) | stamp
        reply = self._session.write(self._dialect.methods.insert_appointment, data)
        rowid = text_of(reply.get(self._columns.id))
        item_id = self.table.item_id(rowid) if rowid else self._stamped(self.table, write.stamp)
        if item_id is None:
            raise errors.unreadable(self._session.server, writes=True)
        if self._planned_with is not None:
            self._planned_with.add(item_id)
        return item_id, reply

    def _create(self, write: Create) -> Outcome:
        record = _appointment_of(write.record)
        meeting = self._same_meeting(record)
        if meeting is None:
            return super()._create(write)
        item_id = self.table.item_id(text_of(meeting.get(self._columns.id)))
        if self._participants.takes_part(meeting):
            if self._planned_with is not None and item_id not in self._planned_with:
                return Stale()  # another account has brought it, and us with it, since our list was read: no copy, the meeting itself (R16)
            # Not another account's meeting but a copy of one of our own, made in Outlook: a new appointment, with an identity of its own (R24).
            return super()._create(replace(write, record=replace(record, uid="")))
        data = self._named(meeting) | self._participants.write((), meeting)
        self._session.write(self._dialect.methods.update_appointment, data)
        outcome = self._outcome(item_id)
        equal = isinstance(outcome, Written) and outcome.item and self._same(write.record, outcome.item.record)
        # Now both are there: where they differ, the planner links them as twins and its policy decides (R24).
        return outcome if equal else Stale()

    def _same_meeting(self, record: Appointment) -> Row | None:
        """The one appointment with this iCalendar UID, which another account brought here already (R16); a series is no single one's."""
        column, uid = self._appointment_columns.uid, record.uid
        if not uid or not column:
            return None
        parameters = self._dialect.parameters
        search = {**parameters.full_list, **parameters.search, column: uid, **self._window}
        rows = self._session.rows(self.table.list, self.table.loop, search)
        same = [row for row in rows if text_of(row.get(column)) == uid and self._absence(row) in (None, Absence.LEFT)]
        alike = [
            row for row in same if bool(text_of(row.get(self._appointment_columns.rrule))) == bool(record.recurrence)
        ]
        return alike[0] if len(alike) == 1 else None

    def _named(self, row: Row) -> dict[str, object]:
        return {self._columns.id: text_of(row.get(self._columns.id))}

    def _join(self, write: Create, present: Reading) -> None:
        self._write_fields(present.row, _appointment_of(write.record))

    def _change(self, write: Update, present: Reading) -> None:
        self._write_fields(present.row, _appointment_of(write.record))

    def _write_fields(self, row: Row, record: Appointment) -> None:
        try:
            present = row, self._appointment(row)
        except (Unreadable, Inexpressible):
            present = None
        people = self._participants.write(record.participants, row, record.declined)
        data = self._named(row) | self._fields.write(record, present) | people
        self._session.write(self._dialect.methods.update_appointment, data)

    def _leave(self, item_id: ItemId) -> None:
        data = {self._columns.id: item_id.partition(":")[2], self._dialect.leave_data.employee: self._own}
        self._session.write(self._dialect.methods.leave_appointment, data)

    def _same(self, record: Record, found: Record) -> bool:
        return not differences(record, found)

    def _left_by(self, creation: Create) -> ItemId | None:
        if self._offers.import_key and (item_id := self._stamped(self.table, creation.stamp)):
            return item_id
        meeting = self._same_meeting(_appointment_of(creation.record))
        if meeting is None or not self._participants.takes_part(meeting):
            return None
        return self.table.item_id(text_of(meeting.get(self._columns.id)))


def _appointment_of(record: Record) -> Appointment:
    if not isinstance(record, Appointment):
        raise TypeError(f"an appointment store cannot write a {type(record).__name__}")
    return record
