"""Wice's persons and companies that carry this user's Outlook sync flag, as a store of contacts (R4, R5, R8).

A person's record holds its company's data, whose change does not move the person's `last_update`: so every list also asks which
companies changed since the last one, and their persons are looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self, assert_never

from app.adapters.wice import errors
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session
from app.adapters.wice.fields_contact import ContactFields
from app.adapters.wice.store import WiceStore
from app.adapters.wice.tables import Reading, Table
from app.adapters.wice.wire import Row, is_binned, is_set, read_moment, rewound, text_of, write_moment
from app.domain.contact import COMPANY_FIELDS, PERSON_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Held, Kind, Obstacle, Page
from app.domain.writes import Create, Remove, Update, Write
from app.errors import BadInput
from app.ports import Known

COMPANIES_SINCE = "companies_since"
SAME = "same"
SECOND = timedelta(seconds=1)


class ContactStore(WiceStore):
    """Ids are `p:<rowid>` for persons and `c:<rowid>` for companies."""

    kind = Kind.CONTACTS

    def __init__(self, session: Session, offers: Offers) -> None:
        super().__init__(session, offers)
        methods, replies, columns = self._dialect.methods, self._dialect.replies, self._dialect.columns
        self._fields = ContactFields(self._dialect)
        persons, companies = (
            self._shared_columns | self._fields.person_columns,
            self._shared_columns | self._fields.company_columns,
        )
        person, company = columns.person.last_name, columns.company.company_name
        self.persons = Table("p", methods.person, methods.persons, replies.persons, person, persons)
        self.companies = Table("c", methods.company, methods.companies, replies.companies, company, companies)
        self._person_columns = self._dialect.columns.person
        self._company_rows: dict[str, Row | None] = {}
        self._flagged: dict[Table, set[str]] = {}

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """One page, an inventory of all flagged persons and companies. The cursor is a time of the server's, as JSON.

        Persons are `certain` only where their company is known not to have changed.
        """
        since = self._since(cursor)
        self._begin_list()
        persons, person_rows = self._list(self.persons)
        companies, company_rows = self._list(self.companies)
        listed_in_full = any(self.persons.own_column in row for row in person_rows)
        # After the lists: what this does not tell has a `last_update` not before the newest one seen.
        changed = [] if since is None or listed_in_full else self._companies_changed(since)
        moved = known.children([self.companies.item_id(self._id(row)) for row in changed])
        doubtful = since is None or listed_in_full
        persons = [replace(seen, certain=seen.certain and not doubtful and seen.id not in moved) for seen in persons]
        sightings = (*persons, *companies)
        suspect = len({seen.id for seen in sightings}) < len(sightings)
        at_rest = not suspect and not changed and all(seen.certain for seen in sightings)
        yield Page(
            sightings,
            cursor=self._cursor(since, [*person_rows, *company_rows, *changed], at_rest=at_rest),
            inventory=True,
            suspect=suspect,
        )

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """See `app.ports.Store.unchanged`; no company has changed either, where that matters."""
        since, known = self._since(cursor), _same(cursor)
        if since is None or len(known) != len(self._tables):
            return False
        same = all(self._answers_as(table, digest) for table, digest in zip(self._tables, known, strict=True))
        return same and not (children and self._companies_changed(since))

    def look_ahead(self, cursor: str | None) -> None:
        """See `app.ports.Store.look_ahead`: persons and companies; which companies changed is asked after that."""
        known = _same(cursor or "")
        self._ask_ahead(dict(zip(self._tables, known if len(known) == len(self._tables) else ["", ""], strict=True)))

    @property
    def _tables(self) -> tuple[Table, Table]:
        return self.persons, self.companies

    def _since(self, cursor: str | None) -> datetime | None:
        if cursor is None:
            return None
        try:
            return datetime.fromisoformat(json.loads(cursor)[COMPANIES_SINCE])
        except (ValueError, TypeError, KeyError):
            # Not ours, or nothing seen yet: start over (R42).
            return None

    def _cursor(self, since: datetime | None, rows: list[Row], *, at_rest: bool) -> str | None:
        """Where the next list of changed companies begins: behind the newest change, or before it while its second may see another.

        `at_rest`: nothing in these lists can change any more without changing the lists, so that the same ones need not be looked at.
        """
        clock = self._session.clock
        asked_at, self._asked_at = self._asked_at, None
        newest = clock.saw_updates([text_of(row.get(self._columns.last_update)) for row in rows])
        if newest:
            settled = clock.settled(write_moment(newest), asked_at)
            start = newest + SECOND if settled else rewound(newest, clock.zone)
            since = max(since, start) if since else start
        same = {SAME: [self._digests[table] for table in self._tables]} if at_rest else {}
        return json.dumps({COMPANIES_SINCE: since.isoformat(), **same}) if since else None

    def _companies_changed(self, since: datetime) -> list[Row]:
        """All companies, flagged or not, changed at or after `since`; a server that cannot narrow the list is read in whole."""
        narrow = {self._dialect.parameters.changed_since: write_moment(since)}
        rows = self._session.rows(
            self.companies.list, self.companies.loop, {**self._dialect.parameters.only_ids, **narrow}
        )
        return [row for row in rows if (self._moment(row) or since) >= since]

    def _moment(self, row: Row) -> datetime | None:
        return read_moment(text_of(row.get(self._columns.last_update)), self._session.zone)

    def _id(self, row: Row) -> str:
        return text_of(row.get(self._columns.id))

    def _table(self, item_id: ItemId) -> Table:
        match item_id.partition(":"):
            case ("p", ":", str(rowid)) if rowid:
                return self.persons
            case ("c", ":", str(rowid)) if rowid:
                return self.companies
            case _:
                raise BadInput(f"{item_id!r} is no id of a Wice contact (p:<rowid> or c:<rowid>)")

    @property
    def _scope(self) -> Mapping[str, str]:
        return {**self._dialect.parameters.search, **self._dialect.parameters.flagged}

    def _judge(self, table: Table, row: Row) -> Found:
        item_id = table.item_id(self._id(row))
        if is_binned(row.get(self._columns.mandant)):
            return Absent(item_id, Absence.BINNED)
        if is_set(row.get(self._columns.deactivated)):
            return Absent(item_id, Absence.DEACTIVATED)
        if not self._is_flagged(table, row):
            return Absent(item_id, Absence.UNFLAGGED, self._contact(table, row))
        record = self._contact(table, row)
        item = self._item(table, row, record, self._parent(row) if table is self.persons else "")
        # A person without a name would come back from Exchange as its company, or under its mail address.
        named = record.company_name if table is self.companies else record.first_name or record.last_name
        return item if named else Held(item.id, item.version, Obstacle.NO_NAME, record.label)

    def _contact(self, table: Table, row: Row) -> Contact:
        if table is self.companies:
            return self._fields.read_company(row)
        parent = self._parent_rowid(row)
        if parent and not self._fields.holds_company(row) and (company := self._company_row(parent)):
            row = self._fields.with_company(row, company)
        return self._fields.read_person(row)

    def _parent_rowid(self, row: Row) -> str:
        rowid = text_of(row.get(self._person_columns.company))
        return "" if rowid == "0" else rowid

    def _parent(self, row: Row) -> str:
        rowid = self._parent_rowid(row)
        return self.companies.item_id(rowid) if rowid else ""

    def _company_row(self, rowid: str) -> Row | None:
        if rowid not in self._company_rows:
            self._company_rows[rowid] = self._session.one(self.companies.one, rowid)
        return self._company_rows[rowid]

    def _is_flagged(self, table: Table, row: Row) -> bool:
        if self._columns.flag in row:
            return is_set(row[self._columns.flag])
        if table not in self._flagged:
            # Without this question a server that ignores the search would have every record flagged.
            self._require_offer()
            parameters = {**self._dialect.parameters.only_ids, **self._scope}
            self._flagged[table] = {self._id(each) for each in self._session.rows(table.list, table.loop, parameters)}
        return self._id(row) in self._flagged[table]

    def _require_offer(self) -> None:
        if not self._offers.flags_seen:
            raise errors.not_offered(self._session.server, "the 'Outlook sync' flags")

    def _look_afresh(self) -> None:
        self._company_rows.clear()
        self._flagged.clear()

    def claims(self, write: Write) -> frozenset[str] | None:
        """Companies stand alone: flagging one may flag its persons, and persons may carry its data into it."""
        match write:
            case Create():
                person = _contact_of(write.record).entity is Entity.PERSON
                return frozenset({write.into} if write.into else ()) if person else None
            case Update(write_company=True):
                return None
            case Update() | Remove():
                return frozenset({write.id}) if self._table(write.id) is self.persons else None
            case _:
                assert_never(write)

    def move_to(self, session: Session) -> None:
        """See `WiceStore.move_to`."""
        super().move_to(session)
        self._company_rows, self._flagged = {}, {}

    def share(self, other: Self) -> None:
        """See `WiceStore.share`: companies, and which records are flagged."""
        super().share(other)
        self._company_rows, self._flagged = other._company_rows, other._flagged

    def _insert(self, write: Create) -> tuple[ItemId, Row]:
        record, methods = _contact_of(write.record), self._dialect.methods
        stamp = {self._columns.import_key: str(write.stamp)}
        if record.entity is Entity.COMPANY:
            table, reply = (
                self.companies,
                self._session.write(methods.insert_company, self._fields.write_company(record) | stamp),
            )
        else:
            data = self._fields.write_person(record) | self._assignment(write.company) | stamp
            table, reply = self.persons, self._session.write(methods.insert_person, data)
        rowid = self._id(reply)
        item_id = table.item_id(rowid) if rowid else self._stamped(table, write.stamp)
        if item_id is None:
            raise errors.unreadable(self._session.server, writes=True)
        flag = self._set_flag(item_id, on=True)
        return item_id, {**reply, self._columns.flag: flag}

    def _assignment(self, company: str) -> dict[str, str]:
        return {self._person_columns.company: company.partition(":")[2]} if company else {}

    def _set_flag(self, item_id: ItemId, *, on: bool) -> str:
        """Returns what the flag is now, "" if the reply does not say so."""
        table, names = self._table(item_id), self._dialect.flag_data
        value, rowid = "1" if on else "0", item_id.partition(":")[2]
        data = {
            names.table: names.person if table is self.persons else names.company,
            self._columns.id: rowid,
            names.value: value,
        }
        reply = self._session.write(self._dialect.methods.set_flag, data)
        self._flagged.clear()
        return text_of(reply.get(names.value))

    def _join(self, write: Create, present: Reading) -> None:
        item_id = present.found.id
        self._write_fields(self._table(item_id), present.row, write.record, write.company)
        self._set_flag(item_id, on=True)

    def _change(self, write: Update, present: Reading) -> None:
        if write.write_company and (rowid := self._parent_rowid(present.row)):
            self._write_parent(rowid, _contact_of(write.record))
        self._write_fields(self._table(write.id), present.row, write.record, write.company)

    def _write_fields(self, table: Table, row: Row, record: Record, company: str) -> None:
        contact, name = _contact_of(record), {self._columns.id: self._id(row)}
        if table is self.companies:
            data = self._fields.write_company(contact, (row, self._fields.read_company(row)))
            self._session.write(self._dialect.methods.update_company, name | data)
        else:
            data = self._fields.write_person(contact, (row, self._fields.read_person(row))) | self._assignment(company)
            self._session.write(self._dialect.methods.update_person, name | data)

    def _write_parent(self, rowid: str, record: Contact) -> None:
        row = self._session.one(self.companies.one, rowid)
        if row is None:
            return
        data = self._fields.write_company(record, (row, self._fields.read_company(row)))
        self._session.write(self._dialect.methods.update_company, {self._columns.id: rowid, **data})
        self._company_rows.clear()

    def _leave(self, item_id: ItemId) -> None:
        self._set_flag(item_id, on=False)

    def _same(self, record: Record, found: Record) -> bool:
        contact = _contact_of(record)
        names = PERSON_FIELDS if contact.entity is Entity.PERSON else COMPANY_FIELDS
        return not (names - self._fields.unmapped) & set(differences(record, found))

    def _left_by(self, creation: Create) -> ItemId | None:
        person = _contact_of(creation.record).entity is Entity.PERSON
        table = self.persons if person else self.companies
        if self._offers.import_key:
            return self._stamped(table, creation.stamp)
        return self._unflagged_twin(table, _contact_of(creation.record))

    def _unflagged_twin(self, table: Table, record: Contact) -> ItemId | None:
        """Where keys cannot be searched: a record with just this content that nobody has flagged yet. Flagged ones are found by R24."""
        columns = self._dialect.columns
        names = (
            {columns.person.last_name: record.last_name, columns.person.first_name: record.first_name}
            if table is self.persons
            else {columns.company.company_name: record.company_name}
        )
        search = {**self._dialect.parameters.full_list, **self._dialect.parameters.search, **names}
        for row in self._session.rows(table.list, table.loop, search):
            found = self._judge(table, row)
            if found == Absent(found.id, Absence.UNFLAGGED) and self._same(record, self._contact(table, row)):
                return found.id
        return None


def _same(cursor: str) -> list[str]:
    """The digests of the lists that a cursor tells of."""
    try:
        told = json.loads(cursor)[SAME]
    except (ValueError, TypeError, KeyError):
        return []
    return [str(digest) for digest in told] if isinstance(told, list) else []


def _contact_of(record: Record) -> Contact:
    if not isinstance(record, Contact):
        raise TypeError(f"a contact store cannot write an {type(record).__name__}")
    return record
