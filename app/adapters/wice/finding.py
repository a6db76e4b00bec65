"""Search Wice for a record by what people know of it, in this account's scope or not (R41).

Wice's search compares one column at a time, so a word of the question is asked for column by column, and the rest is compared here.
Lists may leave out the recycle bin; what lies there is found by its id only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from app.adapters.wice.appointments import FAR_BACK, AppointmentStore
from app.adapters.wice.capabilities import FAR_AHEAD, Offers
from app.adapters.wice.client import Session
from app.adapters.wice.contacts import ContactStore
from app.adapters.wice.fields_appointment import AppointmentFields, Unreadable
from app.adapters.wice.fields_contact import ContactFields
from app.adapters.wice.participants import Directory, Participants
from app.adapters.wice.store import WiceStore
from app.adapters.wice.tables import Table
from app.adapters.wice.wire import Row, is_set
from app.domain.appointment import Appointment
from app.domain.finding import Discovery, Gap, Question, Trace
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Absent, Found, Held, Item, Obstacle, Side
from app.domain.terms import hit, joined, terms_of, words_of
from app.ports import Employee


@dataclass(frozen=True)
class _Place:
    """A table with the columns that are searched, and parameters that open its list as far as it goes."""

    table: Table
    columns: tuple[str, ...]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class _Search:
    """One kind's search. `record`: what a row holds, None if it cannot be read. `is_secret`: it is none of this account's business (R19)."""

    session: Session
    offers: Offers
    store: WiceStore
    places: tuple[_Place, ...]
    record: Callable[[Table, Row], Record | None]
    is_secret: Callable[[Row], bool]

    def find(self, question: Question) -> Discovery:
        by_id = {trace.id: trace for trace in self._by_id(question)}
        by_word, gaps = self._by_words(question.words) if question.words else ({}, [])
        found = [trace for trace in by_word.values() if trace.id not in by_id]
        gaps += [Gap.MORE] if len(found) > question.limit else []
        return Discovery((*by_id.values(), *found[: question.limit]), tuple(gaps))

    def _by_id(self, question: Question) -> Iterator[Trace]:
        for item_id in question.ids:
            reading = self.store.look(item_id)
            trace = self._trace(reading.found, self._record(reading.row, reading.found) if reading.row else None)
            if reading.row and self.is_secret(reading.row):
                trace = replace(_bare(trace), obstacle=Obstacle.FOREIGN_PRIVATE)
            yield trace

    def _by_words(self, words: Sequence[str]) -> tuple[dict[ItemId, Trace], list[Gap]]:
        """Ask for the longest word. A server that compares whole values is asked for each word and all together, then for everything it has."""
        if self.offers.searches_parts:
            longest = max((part for word in words for part in word.replace(",", " ").split()), key=len, default="")
            return self._fitting(self._rows([longest]), words), [Gap.RECYCLE_BIN]
        whole = self._fitting(self._rows(dict.fromkeys([" ".join(words), *words])), words)
        if whole:
            return whole, [Gap.RECYCLE_BIN, Gap.WHOLE_VALUES]
        return self._fitting(self._everything(), words), [Gap.RECYCLE_BIN]

    def _fitting(self, rows: Iterable[tuple[Table, Row]], words: Sequence[str]) -> dict[ItemId, Trace]:
        wanted = words_of(" ".join(words))
        fitting = {}
        for table, row in rows:
            if self.is_secret(row):
                continue
            found = self.store.judge(table, row)
            record = self._record(row, found)
            trace = self._trace(found, record)
            if hit(wanted, joined(trace.label, terms_of(record))):
                fitting[trace.id] = trace
        return fitting

    def _rows(self, asked: Iterable[str]) -> Iterator[tuple[Table, Row]]:
        search = self.session.dialect.parameters.search
        for word in asked:
            for place in self.places:
                for column in place.columns:
                    yield from self._listed(place, {**search, column: word})

    def _everything(self) -> Iterator[tuple[Table, Row]]:
        for place in self.places:
            yield from self._listed(place, {})

    def _listed(self, place: _Place, search: Mapping[str, str]) -> Iterator[tuple[Table, Row]]:
        parameters = {**self.session.dialect.parameters.full_list, **place.parameters, **search}
        for row in self.session.rows(place.table.list, place.table.loop, parameters):
            yield place.table, row

    def _record(self, row: Row, found: Found) -> Record | None:
        table = next(place.table for place in self.places if found.id.startswith(f"{place.table.letter}:"))
        return found.record if isinstance(found, Item) else self.record(table, row)

    def _trace(self, found: Found, record: Record | None) -> Trace:
        label = record.label if record else ""
        last_day = record.last_day if isinstance(record, Appointment) else None
        trace = Trace(side=Side.WICE, kind=self.store.kind, id=found.id, label=label, last_day=last_day)
        match found:
            case Item():
                return replace(trace, fingerprint=found.fingerprint, stamp=found.stamp)
            case Held():
                # A series' own date is its first one: it says nothing about the window.
                return replace(
                    trace, last_day=None, label=label or found.label, obstacle=found.because, detail=found.detail
                )
            case Absent():
                return replace(trace, absence=found.because)
            case _:
                assert_never(found)


def find_contacts(session: Session, offers: Offers, question: Question) -> Discovery:
    """Among all persons and companies, flagged or not, deactivated ones too."""
    store, fields, columns = ContactStore(session, offers), ContactFields(session.dialect), session.dialect.columns
    person, company = columns.person, columns.company
    of_company = f"{person.company_prefix}{company.company_name}"
    own = (person.last_name, person.first_name, person.email, person.private_email, of_company)
    places = (
        _Place(store.persons, tuple(filter(None, own)), {}),
        _Place(store.companies, tuple(filter(None, (company.company_name, company.company_email))), {}),
    )

    def record(table: Table, row: Row) -> Record:
        return fields.read_company(row) if table is store.companies else fields.read_person(row)

    return _Search(session, offers, store, places, record, lambda _: False).find(question)


def find_appointments(
    session: Session, offers: Offers, employee: Employee, directory: Directory, question: Question
) -> Discovery:
    """Among all appointments that the server shows this account, whoever takes part, whenever they are."""
    store = AppointmentStore(session, offers, lambda: employee, directory)
    fields, parameters = AppointmentFields(session.dialect, session.zone), session.dialect.parameters
    participants, columns = (
        Participants(session.dialect, directory, employee.id),
        session.dialect.columns.appointment,
    )
    always = {parameters.date_from: FAR_BACK.isoformat(), parameters.date_to: FAR_AHEAD}

    def record(_: Table, row: Row) -> Record | None:
        try:
            return fields.read_first(row)
        except Unreadable:
            return None

    def is_secret(row: Row) -> bool:
        private = bool(columns.private) and is_set(row.get(columns.private))
        return private and not participants.takes_part(row)

    places = (_Place(store.table, (columns.title,), always),)
    return _Search(session, offers, store, places, record, is_secret).find(question)


def _bare(trace: Trace) -> Trace:
    """Nothing but that it exists."""
    return Trace(side=trace.side, kind=trace.kind, id=trace.id, absence=trace.absence)
