"""A Wice server in memory: its records, and what people do to them in Wice's web page.

`FakeWice.open_crm(user)` gives the `Crm` port (tests/fakes/wice_crm.py). Rows are immutable values in one dict by item id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.domain.appointment import Appointment, Participant, Role
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, Contact, Entity
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Absence, Kind, Obstacle, Sighting
from app.ports import Capabilities, Employee
from tests.fakes.clock import Clock
from tests.fakes.faults import Faults
from tests.fakes.lossy import ZONE, wice_appointment, wice_contact

if TYPE_CHECKING:
    from tests.fakes.wice_crm import FakeCrm

NOBODY = ItemId("")
_ON_A_PERSON = COMPANY_FIELDS - COMPANY_ONLY_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record. `flags`: users whose Outlook sync flag it carries; `participants`: users who take part; `unmapped`: all other columns."""

    id: ItemId
    record: Record
    last_update: str = ""
    company: ItemId = NOBODY
    flags: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    import_key: str = ""
    binned: bool = False
    deactivated: bool = False
    external: bool = False
    obstacle: Obstacle | None = None
    unmapped: Mapping[str, str] = field(default_factory=dict)


class FakeWice:
    """Rows by item id. Users are named by their login, which is their employee id too; their mail address is `<user>@example.com`.

    `person_notes`: this server has a remarks column for persons (by default Wice has none).
    """

    def __init__(
        self,
        clock: Clock,
        users: Iterable[str] = ("anna", "bernd"),
        *,
        capabilities: Capabilities | None = None,
        person_notes: bool = False,
    ) -> None:
        self.clock = clock
        self.employees = {user: Employee(user, user.capitalize(), f"{user}@example.com") for user in users}
        self.capabilities = capabilities or Capabilities()
        self.person_notes = person_notes
        self.faults = Faults()
        self.rows: dict[ItemId, Row] = {}
        self.listings: dict[tuple[str, Kind], list[Row]] = {}
        self.told: dict[tuple[str, Kind], tuple[str, tuple[Sighting, ...]]] = {}
        self.refused_users: set[str] = set()
        self.failed_logins: Counter[str] = Counter()
        self.requests = 0
        self.writes = 0
        self.mails = 0
        self._made = 0

    def open_crm(self, user: str, window_start: date | None = None) -> FakeCrm:
        """Sign in as `user`; appointments that ended before `window_start` are not listed (R20)."""
        from tests.fakes.wice_crm import FakeCrm

        return FakeCrm(self, user, window_start)

    # What both the web page and the API do.

    def second(self) -> str:
        """The server's clock as `last_update` spells it."""
        return self.clock.now.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")

    def insert(self, prefix: str, record: Record, **columns: object) -> ItemId:
        self._made += 1
        made = ItemId(f"{prefix}:{self._made}")
        self.rows[made] = Row(id=made, record=record, last_update=self.second(), **columns)  # type: ignore[arg-type] # columns of Row
        return made

    def save(self, row: Row) -> None:
        """Store a changed row; within a second `last_update` stays what it was, as in Wice."""
        self.rows[row.id] = replace(row, last_update=self.second())

    def set_flag(self, item: ItemId, user: str, *, on: bool) -> None:
        """Flagging a company takes its persons along, unflagging does not; flags do not move `last_update`."""
        for each in (item, *(self.persons_of(item) if on else ())):
            row = self.rows[each]
            self.rows[each] = replace(row, flags=row.flags | {user} if on else row.flags - {user})

    def persons_of(self, company: ItemId) -> list[ItemId]:
        return [row.id for row in self.rows.values() if row.company == company and company]

    def record(self, item: ItemId, user: str | None = None) -> Record:
        """The whole record as `user` sees it: with the company's data, or with the participants."""
        row = self.rows[item]
        if isinstance(row.record, Appointment):
            return replace(row.record, participants=(*self._colleagues(row, user), *row.record.participants))
        company = self.rows.get(row.company)
        if company is None:
            return row.record
        return replace(row.record, **{name: getattr(company.record, name) for name in _ON_A_PERSON})

    def absence(self, item: ItemId, user: str) -> Absence | None:
        """Why `item` is not in this user's scope (R4, R11); None: it is."""
        row = self.rows.get(item)
        if row is None:
            return Absence.DELETED
        if row.binned:
            return Absence.BINNED
        if isinstance(row.record, Appointment):
            return Absence.EXTERNAL if row.external else None if user in row.participants else Absence.LEFT
        return Absence.DEACTIVATED if row.deactivated else None if user in row.flags else Absence.UNFLAGGED

    def stored(self, record: Record) -> Record:
        """What Wice keeps of it in the row itself."""
        if isinstance(record, Contact):
            return wice_contact(record, person_notes=self.person_notes)
        return wice_appointment(record)

    def _colleagues(self, row: Row, user: str | None) -> Iterator[Participant]:
        for each in sorted(row.participants - {user}):
            employee = self.employees[each]
            yield Participant(name=employee.name, email=employee.email, role=Role.EMPLOYEE)

    # The person's hand.

    def add_company(self, record: Contact, flags: Iterable[str] = (), **unmapped: str) -> ItemId:
        return self.insert("c", self.stored(record), flags=frozenset(flags), unmapped=unmapped)

    def add_person(
        self, record: Contact, flags: Iterable[str] = (), company: ItemId = NOBODY, **unmapped: str
    ) -> ItemId:
        return self.insert("p", self.stored(record), flags=frozenset(flags), company=company, unmapped=unmapped)

    def add_appointment(self, record: Appointment, participants: Iterable[str] = (), **unmapped: str) -> ItemId:
        additional = replace(wice_appointment(record), participants=record.participants)
        return self.insert("a", additional, participants=frozenset(participants), unmapped=unmapped)

    def edit(self, item: ItemId, **fields: object) -> None:
        """Change mapped fields of the row itself; a person's company data are edited on the company."""
        row = self.rows[item]
        edited = replace(row.record, **fields)  # type: ignore[arg-type] # fields of the record
        stored = self.stored(edited)
        if isinstance(stored, Appointment) and isinstance(edited, Appointment):
            stored = replace(stored, participants=edited.participants)
        self.save(replace(row, record=stored))

    def edit_unmapped(self, item: ItemId, **columns: str) -> None:
        """Change columns that are not synchronised; `last_update` moves all the same."""
        row = self.rows[item]
        self.save(replace(row, unmapped={**row.unmapped, **columns}))

    def assign(self, person: ItemId, company: ItemId) -> None:
        """Move a person to another company."""
        self.save(replace(self.rows[person], company=company))

    def flag(self, item: ItemId, user: str) -> None:
        self.set_flag(item, user, on=True)

    def unflag(self, item: ItemId, user: str) -> None:
        self.set_flag(item, user, on=False)

    def deactivate(self, item: ItemId, *, on: bool = True) -> None:
        self.save(replace(self.rows[item], deactivated=on))

    def bin(self, item: ItemId, *, on: bool = True) -> None:
        """Into the recycle bin, or out of it."""
        self.save(replace(self.rows[item], binned=on))

    def destroy(self, item: ItemId) -> None:
        """Empty the recycle bin: the row is gone for good; persons of a company stay without one."""
        for person in self.persons_of(item):
            self.assign(person, NOBODY)
        del self.rows[item]

    def join(self, appointment: ItemId, user: str) -> None:
        row = self.rows[appointment]
        self.save(replace(row, participants=row.participants | {user}))

    def leave(self, appointment: ItemId, user: str) -> None:
        row = self.rows[appointment]
        self.save(replace(row, participants=row.participants - {user}))

    def set_external(self, appointment: ItemId, *, on: bool = True) -> None:
        self.save(replace(self.rows[appointment], external=on))

    def obstruct(self, item: ItemId, obstacle: Obstacle | None) -> None:
        """Make an item one that cannot be synchronised (a series, unreadable), or readable again."""
        self.save(replace(self.rows[item], obstacle=obstacle))

    def unmapped(self, item: ItemId) -> tuple[str, ...]:
        """What stands in columns that are not synchronised."""
        return tuple(self.rows[item].unmapped.values())

    def exists(self, item: ItemId) -> bool:
        """Whether the record is there, alive."""
        row = self.rows.get(item)
        return row is not None and not row.binned and not row.deactivated

    def scope(self, user: str, entity: Entity | None = None) -> list[ItemId]:
        """Ids of all contacts (of `entity`) or, with None, appointments that are in the user's scope."""
        prefix = "a:" if entity is None else "c:" if entity is Entity.COMPANY else "p:"
        return [item for item in self.rows if item.startswith(prefix) and self.absence(item, user) is None]
