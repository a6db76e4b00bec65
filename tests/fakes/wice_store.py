"""The port `Store` over a `FakeWice`: listings are inventories of ids; every write is a re-read, the write, and a re-read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment, Participant, Role
from app.domain.contact import COMPANY_FIELDS, Contact, Entity
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.participants import union
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Obstacle, Page, Side, Sighting, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, Retry
from app.ports import Known
from tests.fakes.faults import LISTING_FAULTS, FaultKind, ItemRefused
from tests.fakes.lossy import merged, wice_appointment, wice_contact
from tests.fakes.wice import Row

if TYPE_CHECKING:
    from tests.fakes.wice_crm import FakeCrm

PAGE = 7
FEW = 20
"""Up to so many records are read one by one, more by one full list."""


class FakeWiceStore:
    """One kind in one user's scope."""

    side = Side.WICE

    def __init__(self, crm: FakeCrm, kind: Kind) -> None:
        self.kind = kind
        self._crm = crm
        self._server = crm.server
        self._user = crm.user

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """An inventory. The cursor says up to which `last_update` companies were seen; only the last page moves it on."""
        rows, fault = self._crm.call("list", self._listing)
        newest = max((row.last_update for row in self._companies()), default="")
        since = json.loads(cursor)["companies"] if cursor else ""
        unsure = known.children([row.id for row in self._companies() if row.last_update >= since])
        doubtful = not self._server.capabilities.delta
        sightings = [
            Sighting(row.id, _version(row), certain=row.id not in unsure and not (doubtful and row.company))
            for row in rows
        ]
        twice = fault is FaultKind.DUPLICATES
        yield from _pages(sightings * 2 if twice else sightings, cursor, json.dumps({"companies": newest}), twice)

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        if len(ids) > FEW:
            return iter(self._crm.call("list", lambda: [self._found(item) for item in ids]))
        return (self._read(item) for item in ids)

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        for write in writes:
            self._crm.touched = False
            try:
                outcome = self._carry_out(write)
            except ItemRefused as refused:
                # A creation of which a step is done already is finished by recovery; nothing may be said to be refused.
                outcome = Unknown() if self._crm.touched else Refused(refused.code, str(refused))
            except (Retry, Halt):
                if self._crm.touched:
                    yield Unknown()
                raise
            yield outcome

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        for creation in creations:
            item = self._crm.call("search", partial(self._left_behind, creation))
            if item and self._server.absence(item, self._user) is Absence.UNFLAGGED and not creation.into:
                self._flag(item)
            found = self._read(item) if item else None
            yield found if isinstance(found, Item) else None

    def _listing(self) -> tuple[list[Row], FaultKind | None]:
        fault = self._server.faults.due("list", LISTING_FAULTS)
        rows = [row for row in self._server.rows.values() if self._listed(row)]
        former = self._server.listings.get((self._user, self.kind), rows)
        self._server.listings[self._user, self.kind] = rows
        match fault.kind if fault else None:
            case FaultKind.EMPTY:
                return [], FaultKind.EMPTY
            case FaultKind.TRUNCATED:
                return rows[: len(rows) // 2], FaultKind.TRUNCATED
            case FaultKind.STALE:
                return former, FaultKind.STALE
            case other:
                return rows, other

    def _listed(self, row: Row) -> bool:
        if isinstance(row.record, Appointment) is not (self.kind is Kind.APPOINTMENTS):
            return False
        start = self._crm.window_start
        if start and isinstance(row.record, Appointment) and row.record.last_day < start:
            return False
        return self._server.absence(row.id, self._user) is None

    def _companies(self) -> Iterator[Row]:
        return (row for row in self._server.rows.values() if row.id.startswith("c:"))

    def _read(self, item: ItemId) -> Found:
        return self._crm.call("get", lambda: self._found(item))

    def _found(self, item: ItemId) -> Found:
        if absence := self._server.absence(item, self._user):
            return Absent(item, absence)
        row = self._server.rows[item]
        record = self._server.record(item, self._user)
        obstacle = Obstacle.SERIES if isinstance(record, Appointment) and record.recurrence else row.obstacle
        if obstacle:
            return Held(item, _version(row), obstacle, record.label)
        return Item(
            id=item,
            version=_version(row),
            record=record,
            stamp=Stamp.parse(row.import_key),
            certain=row.last_update < self._server.second() and self._company_is_old(row),
            parent=row.company,
        )

    def _company_is_old(self, row: Row) -> bool:
        company = self._server.rows.get(row.company)
        return company is None or company.last_update < self._server.second()

    def _carry_out(self, write: Write) -> Outcome:
        match write:
            case Create(into=None):
                return self._create(write)
            case Create():
                return self._bring_back(write)
            case Update():
                return self._update(write)
            case Remove():
                return self._remove(write)

    def _create(self, write: Create) -> Outcome:
        if same := self._same_meeting(write.record):
            return self._bring_back(replace(write, into=same))
        made = self._crm.change("insert", lambda: self._insert(write))
        if self.kind is Kind.CONTACTS:
            self._flag(made)
        return self._written(made)

    def _insert(self, write: Create) -> ItemId:
        record = write.record
        key = str(write.stamp)
        if isinstance(record, Appointment):
            staff, others = self._participants(record, frozenset({self._user}), ())
            stored = replace(wice_appointment(record), participants=others)
            return self._server.insert("a", stored, participants=staff, import_key=key)
        prefix = "c" if record.entity is Entity.COMPANY else "p"
        return self._server.insert(prefix, self._server.stored(record), company=ItemId(write.company), import_key=key)

    def _same_meeting(self, record: Record) -> ItemId | None:
        """A meeting that another account has brought already (R16)."""
        if not isinstance(record, Appointment) or not record.uid:
            return None
        rows = self._crm.call("search", lambda: list(self._server.rows.values()))
        return next((row.id for row in rows if _is_meeting(row, record.uid)), None)

    def _bring_back(self, write: Create) -> Outcome:
        """The content first, the scope last: a record that is in scope is finished."""
        assert write.into
        item, found = write.into, self._read(write.into)
        if isinstance(found, Absent) and found.because not in (Absence.UNFLAGGED, Absence.LEFT):
            return Missing(found.because)
        self._crm.change("update", lambda: self._overwrite(item, write.record, write.company))
        if self.kind is Kind.CONTACTS:
            self._flag(item)
        else:
            self._crm.change("update", lambda: self._server.join(item, self._user))
        return self._written(item)

    def _update(self, write: Update) -> Outcome:
        if obstacle := self._moved_on(write):
            return obstacle
        self._crm.change("update", lambda: self._overwrite(write.id, write.record, write.company))
        parent = self._server.rows[write.id].company
        if write.write_company and parent:
            self._crm.change("update", lambda: self._overwrite_company(parent, write.record))
        return self._written(write.id)

    def _remove(self, write: Remove) -> Outcome:
        if obstacle := self._moved_on(write):
            return obstacle
        if self.kind is Kind.CONTACTS:
            self._crm.change("flag", lambda: self._server.unflag(write.id, self._user))
        else:
            self._crm.change("leave", lambda: self._server.leave(write.id, self._user))
        return Written(None)

    def _moved_on(self, write: Update | Remove) -> Missing | Stale | None:
        """Re-read right before the write (R31): Wice has no conditional write."""
        found = self._read(write.id)
        if isinstance(found, Absent):
            return Missing(found.because)
        if isinstance(found, Held) or (found.version, found.fingerprint) != (write.version, write.fingerprint):
            return Stale()
        return None

    def _overwrite(self, item: ItemId, wanted: Record, company: str) -> None:
        """Write the mapped columns; those that compare equal keep their spelling, all others stay (R2)."""
        row = self._server.rows[item]
        if isinstance(wanted, Appointment):
            assert isinstance(row.record, Appointment)
            staff, others = self._participants(wanted, row.participants, row.record.participants)
            appointment = replace(merged(row.record, row.record, wice_appointment(wanted)), participants=others)
            self._server.save(replace(row, record=appointment, participants=staff))
            return
        assert isinstance(row.record, Contact)
        contact = merged(row.record, row.record, wice_contact(wanted, person_notes=self._server.person_notes))
        self._server.save(replace(row, record=contact, company=ItemId(company) if company else row.company))

    def _overwrite_company(self, company: ItemId, wanted: Record) -> None:
        row = self._server.rows[company]
        assert isinstance(row.record, Contact)
        assert isinstance(wanted, Contact)
        own = {name: getattr(row.record, name) for name in ("company_email", "company_remarks")}
        data = {name: getattr(wanted, name) for name in COMPANY_FIELDS} | own
        self._server.save(replace(row, record=self._server.stored(replace(row.record, **data))))

    def _participants(
        self, record: Appointment, staff: frozenset[str], others: tuple[Participant, ...]
    ) -> tuple[frozenset[str], tuple[Participant, ...]]:
        """Nobody is ever taken out by a synchronised change: those who are there, and those of `record` (R15)."""
        by_email = {employee.email: user for user, employee in self._server.employees.items()}
        invited = {by_email[person.email] for person in record.participants if person.email in by_email}
        further = (replace(p, role=Role.ADDITIONAL) for p in record.participants if p.email not in by_email)
        return staff | invited, union(others, further)

    def _flag(self, item: ItemId) -> None:
        self._crm.change("flag", lambda: self._server.flag(item, self._user))

    def _written(self, item: ItemId) -> Outcome:
        found = self._read(item)
        return Written(replace(found, certain=False)) if isinstance(found, Item) else Missing()

    def _left_behind(self, creation: Create) -> ItemId | None:
        """The record of this attempt; for a record that was to be brought back, that record if it is in scope again."""
        rows = self._server.rows.values()
        key = str(creation.stamp)
        made = next((row.id for row in rows if row.import_key == key), creation.into)
        if made is None and isinstance(creation.record, Appointment) and (uid := creation.record.uid):
            made = next((row.id for row in rows if _is_meeting(row, uid)), None)
        return made


def _is_meeting(row: Row, uid: str) -> bool:
    return isinstance(row.record, Appointment) and row.record.uid == uid and not row.binned and not row.external


def _version(row: Row) -> Version:
    return Version(row.last_update)


def _pages(sightings: Sequence[Sighting], cursor: str | None, end: str, suspect: bool) -> Iterator[Page]:
    starts = range(0, max(len(sightings), 1), PAGE)
    for start in starts:
        last = start == starts[-1]
        part = tuple(sightings[start : start + PAGE])
        yield Page(part, end if last else cursor, inventory=True, suspect=suspect, last=last)
