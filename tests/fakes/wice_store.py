"""The port `Store` over a `FakeWice`: every write is a re-read, the write in as many requests as Wice needs, and a re-read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment, Participant, Role
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, PERSON_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId, Version
from app.domain.participants import union
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Page, Side, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.errors import Halt, Retry
from app.ports import Known
from tests.fakes import wice_listing
from tests.fakes.faults import ItemRefused
from tests.fakes.lossy import merged, wice_appointment, wice_contact
from tests.fakes.wice import Row

if TYPE_CHECKING:
    from tests.fakes.wice_crm import FakeCrm

FEW = 20
"""Up to so many records are read one by one, more by one full list."""
RETURNABLE = frozenset({Absence.UNFLAGGED, Absence.LEFT})


class FakeWiceStore:
    """One kind in one user's scope."""

    side = Side.WICE

    def __init__(self, crm: FakeCrm, kind: Kind) -> None:
        self.kind = kind
        self._crm = crm
        self._server = crm.server
        self._user = crm.user
        self._planned_with: set[ItemId] | None = None

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        self._planned_with = set()
        for page in wice_listing.changes(self._crm, self.kind, cursor, known):
            self._planned_with |= {seen.id for seen in page.sightings}
            yield page

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        return wice_listing.unchanged(self._crm, self.kind, cursor, children=children)

    def look_ahead(self, cursor: str | None) -> None:
        """Asks only when the answer is needed."""

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
                # A creation of which a step is done already is finished by recovery; it must not be said to be refused.
                outcome = Unknown() if self._crm.touched else Refused(refused.code, str(refused))
            except (Retry, Halt):
                if self._crm.touched:
                    yield Unknown()
                raise
            yield outcome

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        for creation in creations:
            yield self._returned(creation, creation.into) if creation.into else self._resumed(creation)

    def _returned(self, creation: Create, item: ItemId) -> Item | None:
        """Its content is written before it comes back into scope, so being there with that content proves the whole."""
        found = self._read(item)
        return found if isinstance(found, Item) and self._holds(found.record, creation.record) else None

    def _resumed(self, creation: Create) -> Item | None:
        item = self._crm.call("search", partial(self._left_behind, creation))
        if item is None:
            return None
        if self._server.absence(item, self._user) is Absence.UNFLAGGED:
            self._flag(item)
        found = self._read(item)
        return replace(found, certain=False) if isinstance(found, Item) else None

    def _left_behind(self, creation: Create) -> ItemId | None:
        rows = self._server.rows.values()
        key = str(creation.stamp)
        made = next((row.id for row in rows if row.import_key == key), None)
        if made is None and isinstance(creation.record, Appointment) and (uid := creation.record.uid):
            own = (row for row in rows if _is_meeting(row, uid) and self._user in row.participants)
            made = next((row.id for row in own), None)
        return made

    def _read(self, item: ItemId) -> Found:
        return self._crm.call("get", lambda: self._found(item))

    def _found(self, item: ItemId) -> Found:
        if absence := self._server.absence(item, self._user):
            there = absence in (Absence.UNFLAGGED, Absence.LEFT)
            return Absent(item, absence, self._server.record(item, self._user) if there else None)
        row = self._server.rows[item]
        version = Version(row.last_update)
        record = self._server.record(item, self._user)
        if row.obstacle:
            return Held(item, version, row.obstacle, record.label)
        stamp, certain = Stamp.parse(row.import_key), self._is_settled(row)
        return Item(id=item, version=version, record=record, stamp=stamp, certain=certain, parent=row.company)

    def _is_settled(self, row: Row) -> bool:
        """Nothing more can happen within the second in which the row, or its company, last changed."""
        company = self._server.rows.get(row.company, row)
        return max(row.last_update, company.last_update) < self._server.second()

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
        record = write.record
        if isinstance(record, Appointment) and (same := self._same_meeting(record.uid)):
            if self._user not in self._server.rows[same].participants:
                return self._join(same, record)
            if self._planned_with is not None and same not in self._planned_with:
                return Stale()  # it was brought here after our list was read
            # A copy of a meeting of one's own: an appointment with an identity of its own (R24).
            write = replace(write, record=replace(record, uid=""))
        made = self._crm.change("insert", lambda: self._insert(write))
        if self._planned_with is not None:
            self._planned_with.add(made)
        if self.kind is Kind.CONTACTS:
            self._flag(made)
        outcome = self._written(made)
        return outcome if isinstance(outcome, Written) else Unknown()

    def _insert(self, write: Create) -> ItemId:
        record = write.record
        key = str(write.stamp)
        if isinstance(record, Appointment):
            staff, others = self._participants(record, frozenset({self._user}), ())
            stored = replace(wice_appointment(record), participants=others)
            return self._server.insert("a", stored, participants=staff, import_key=key)
        prefix = "c" if record.entity is Entity.COMPANY else "p"
        return self._server.insert(prefix, self._server.stored(record), company=ItemId(write.company), import_key=key)

    def _same_meeting(self, uid: str) -> ItemId | None:
        """A meeting that another account has brought already (R16)."""
        if not uid:
            return None
        rows = self._crm.call("search", lambda: list(self._server.rows.values()))
        same = [row.id for row in rows if _is_meeting(row, uid)]
        return same[0] if len(same) == 1 else None

    def _join(self, item: ItemId, record: Record) -> Outcome:
        """Take part in it; its content stays. Where it differs, both are there now and are planned again as twins (R24)."""
        self._crm.change("update", lambda: self._server.join(item, self._user))
        outcome = self._written(item)
        equal = isinstance(outcome, Written) and outcome.item and self._holds(outcome.item.record, record)
        return outcome if equal else Stale()

    def _bring_back(self, write: Create) -> Outcome:
        assert write.into
        item, found = write.into, self._read(write.into)
        if isinstance(found, Absent) and found.because not in RETURNABLE:
            return Missing(found.because)
        if isinstance(found, Held):
            return Stale()
        self._crm.change("update", lambda: self._overwrite(item, write.record, write.company))
        if self.kind is Kind.CONTACTS:
            self._flag(item)
        return self._written(item)

    def _update(self, write: Update) -> Outcome:
        if obstacle := self._moved_on(write):
            return obstacle
        parent = self._server.rows[write.id].company
        if write.write_company and parent:
            self._crm.change("update", lambda: self._overwrite_company(parent, write.record))
        self._crm.change("update", lambda: self._overwrite(write.id, write.record, write.company))
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
            staff, others = self._participants(wanted, row.participants | {self._user}, row.record.participants)
            appointment = replace(merged(row.record, row.record, wice_appointment(wanted)), participants=others)
            away = {
                user for user, one in self._server.employees.items() if one.email in {p.email for p in wanted.declined}
            }
            self._server.save(replace(row, record=appointment, participants=staff - (away - {self._user})))
            return
        assert isinstance(row.record, Contact)
        contact = merged(row.record, row.record, wice_contact(wanted, person_notes=self._server.person_notes))
        self._server.save(replace(row, record=contact, company=ItemId(company) if company else row.company))

    def _overwrite_company(self, company: ItemId, wanted: Record) -> None:
        """What a person's contact shows of its company (R10)."""
        row = self._server.rows[company]
        shown = COMPANY_FIELDS - COMPANY_ONLY_FIELDS
        record = replace(row.record, **{name: getattr(wanted, name) for name in shown})
        self._server.save(replace(row, record=self._server.stored(record)))

    def _participants(
        self, record: Appointment, staff: frozenset[str], others: tuple[Participant, ...]
    ) -> tuple[frozenset[str], tuple[Participant, ...]]:
        """Nobody is ever taken out by a synchronised change: those who are there, and those of `record` (R15)."""
        by_email = {employee.email: user for user, employee in self._server.employees.items()}
        invited = {by_email[person.email] for person in record.participants if person.email in by_email}
        further = (replace(p, role=Role.ADDITIONAL) for p in record.participants if p.email not in by_email)
        return staff | invited, union(others, further)

    def _holds(self, held: Record, wanted: Record) -> bool:
        """Whether a record has everything that a creation of `wanted` would have written."""
        names = set(differences(held, self._server.stored(wanted)))
        person = isinstance(wanted, Contact) and wanted.entity is Entity.PERSON
        return not (names & PERSON_FIELDS if person else names)

    def _flag(self, item: ItemId) -> None:
        self._crm.change("flag", lambda: self._server.flag(item, self._user))

    def _written(self, item: ItemId) -> Outcome:
        found = self._read(item)
        if isinstance(found, Absent):
            return Missing(found.because)
        return Written(replace(found, certain=False)) if isinstance(found, Item) else Stale()


def _is_meeting(row: Row, uid: str) -> bool:
    return isinstance(row.record, Appointment) and row.record.uid == uid and not row.binned and not row.external
