"""A signed-in account's view of its Wice server: who, what, which companies, and the two stores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import assert_never

from app.adapters.wice.appointments import AppointmentStore
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session, WiceAccess
from app.adapters.wice.contacts import ContactStore
from app.adapters.wice.fields_contact import ContactFields
from app.adapters.wice.finding import find_appointments, find_contacts
from app.adapters.wice.lists import BULK
from app.adapters.wice.participants import Directory, Employees
from app.adapters.wice.store import WiceStore
from app.adapters.wice.wire import Row, is_binned, is_set, text_of
from app.domain.contact import COMPANY_FIELDS
from app.domain.finding import Discovery, Gap, Question
from app.domain.sync import Kind
from app.ports import Capabilities, Company, Employee

LEGAL_FORMS = frozenset({"gmbh", "ggmbh", "mbh", "kgaa", "ohg", "gbr", "und", "co", "kg", "ag", "haftungsbeschränkt"})
SHORTEST_QUESTION = 3


class WiceCrm:
    """One session. Signs in with the first call."""

    def __init__(self, access: WiceAccess) -> None:
        self._session = Session(access)
        self._memory = access.memory
        self._known = access.memory.recall()
        self._offers = Offers(self._session, self._known)
        self._dialect = self._session.dialect

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""
        return self._session.requests

    def employee(self) -> Employee:
        """Who is signed in; without an id where the server does not tell (then it has no appointments either)."""
        row = self._offers.whoami
        return self._employee(row) if row else Employee(id="", name=self._session.username, email="")

    def capabilities(self) -> Capabilities:
        """What this server offers, asked once a day."""
        return self._offers.all()

    @property
    def unmapped_fields(self) -> frozenset[str]:
        """Canonical contact fields for which this server has no column: neither read nor written, whatever the other side holds."""
        return ContactFields(self._dialect).unmapped

    def companies(self, names: Collection[str]) -> Sequence[Company]:
        """Alive companies whose name compares equal to one of `names` (R6), whoever flagged them.

        A server that searches parts of values is asked for the longest word of each name; from others all companies are read.
        """
        wanted = {key for name in names if (key := _name_key(name))}
        if not wanted:
            return ()
        questions = {_longest_word(name) for name in names if _name_key(name)}
        narrow = len(questions) <= BULK and "" not in questions and self._offers.searches_parts
        found: dict[str, Company] = {}
        for row in self._companies_named(sorted(questions) if narrow else [""]):
            company = self._company(row)
            if self._alive(row) and _name_key(company.name) in wanted:
                found[company.id] = company
        return tuple(found.values())

    def store(self, kind: Kind) -> WiceStore:
        """The records of this account's scope. Raises: Halt(UNSUPPORTED)."""
        match kind:
            case Kind.CONTACTS:
                return ContactStore(self._session, self._offers)
            case Kind.APPOINTMENTS:
                return AppointmentStore(self._session, self._offers, self.employee, self._directory)
            case _:
                assert_never(kind)

    def find(self, kind: Kind, question: Question) -> Discovery:
        """See `app.ports.Crm.find`."""
        if kind is Kind.CONTACTS:
            if not self._offers.flags_read:
                return Discovery(gaps=(Gap.NO_FLAGS,))
            return find_contacts(self._session, self._offers, question)
        if not self._offers.appointments:
            return Discovery(gaps=(Gap.NO_APPOINTMENTS,))
        return find_appointments(self._session, self._offers, self.employee(), self._directory, question)

    def close(self) -> None:
        """Free the connection. What was learnt is kept for others; what the server has contradicted is forgotten."""
        self._session.close()
        learnt = self._offers.learnt
        if self._known and self._session.refused:
            self._memory.forget()
        elif learnt != self._known:
            self._memory.keep(learnt)

    @cached_property
    def _directory(self) -> Directory:
        return Directory(Employees(self._all_employees))

    def _all_employees(self) -> dict[str, Employee]:
        employees = (self._employee(row) for row in self._offers.employee_rows)
        return {employee.id: employee for employee in employees}

    def _employee(self, row: Row) -> Employee:
        columns = self._dialect.columns.employee
        name = f"{text_of(row.get(columns.first_name))} {text_of(row.get(columns.last_name))}".strip()
        rowid = text_of(row.get(self._dialect.columns.row.id))
        return Employee(id=rowid, name=name, email=text_of(row.get(columns.email)).casefold())

    def _companies_named(self, questions: Sequence[str]) -> Iterator[Row]:
        """Full rows of the companies whose names contain one of the words, of all companies for ""."""
        parameters, methods = self._dialect.parameters, self._dialect.methods
        name = self._dialect.columns.company.company_name
        for question in questions:
            search = {**parameters.search, name: question} if question else {}
            yield from self._session.rows(
                methods.companies, self._dialect.replies.companies, {**parameters.full_list, **search}
            )

    def _alive(self, row: Row) -> bool:
        columns = self._dialect.columns.row
        return not is_binned(row.get(columns.mandant)) and not is_set(row.get(columns.deactivated))

    def _company(self, row: Row) -> Company:
        contact = ContactFields(self._dialect).read_company(row)
        return Company(
            id=f"c:{text_of(row.get(self._dialect.columns.row.id))}",
            name=contact.company_name,
            zip_code=contact.company_zip_code,
            town=contact.company_town,
            fields={name: getattr(contact, name) for name in sorted(COMPANY_FIELDS)},
        )


def open_crm(access: WiceAccess) -> WiceCrm:
    """Open an account's session; nothing is sent yet. Raises: BadInput (dialect, url, time zone), Halt(CERTIFICATE) for an unreadable CA file."""
    return WiceCrm(access)


def _longest_word(name: str) -> str:
    """The word to search a company by, whatever the spelling of what stands around it; "" when there is none worth it."""
    words = [word for word in re.findall(r"[^\W_]+", name) if word.casefold() not in LEGAL_FORMS]
    longest = max(words, key=len, default="")
    return longest if len(longest) >= SHORTEST_QUESTION else ""


def _name_key(name: str) -> str:
    """Without case, punctuation and blanks, "und" and "+" as "&": spellings of one legal form compare equal.

    Looser than the planner's key on purpose, which has the last word (R6).
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("+", "&")
    return "".join("&" if word == "und" else word for word in re.findall(r"[^\W_]+|&", folded))
