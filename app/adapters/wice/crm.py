"""A signed-in account's view of its Wice server: who, what, which companies, and the two stores."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import assert_never

from app.adapters.wice.appointments import AppointmentStore
from app.adapters.wice.capabilities import Offers
from app.adapters.wice.client import Session, WiceAccess
from app.adapters.wice.contacts import ContactStore
from app.adapters.wice.fields_contact import ContactFields
from app.adapters.wice.participants import Directory
from app.adapters.wice.store import WiceStore
from app.adapters.wice.wire import Row, is_binned, is_set, text_of
from app.domain.contact import COMPANY_FIELDS
from app.domain.sync import Kind
from app.ports import Capabilities, Company, Employee


class WiceCrm:
    """One session. Signs in with the first call."""

    def __init__(self, access: WiceAccess) -> None:
        self._session = Session(access)
        self._offers = Offers(self._session)
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
        """What this server offers, asked once."""
        return self._offers.all()

    @property
    def unmapped_fields(self) -> frozenset[str]:
        """Canonical contact fields for which this server has no column: neither read nor written, whatever the other side holds."""
        return ContactFields(self._dialect).unmapped

    def companies(self, names: Collection[str]) -> Sequence[Company]:
        """Alive companies whose name compares equal to one of `names` (R6), whoever flagged them.

        A server may search whole values or parts, so each name is asked for as it is and without its legal form.
        """
        wanted = {_name_key(name) for name in names}
        questions = {question for name in names for question in (name.strip(), _stem(name)) if question}
        found: dict[str, Company] = {}
        for question in sorted(questions):
            for row in self._search_companies(question):
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
                return AppointmentStore(self._session, self._offers, self.employee(), self._directory)
            case _:
                assert_never(kind)

    def close(self) -> None:
        """Free the connection."""
        self._session.close()

    @cached_property
    def _directory(self) -> Directory:
        employees = (self._employee(row) for row in self._offers.employee_rows)
        return Directory({employee.id: employee for employee in employees})

    def _employee(self, row: Row) -> Employee:
        columns = self._dialect.columns.employee
        name = f"{text_of(row.get(columns.first_name))} {text_of(row.get(columns.last_name))}".strip()
        rowid = text_of(row.get(self._dialect.columns.row.id))
        return Employee(id=rowid, name=name, email=text_of(row.get(columns.email)).casefold())

    def _search_companies(self, name: str) -> list[Row]:
        parameters, methods = self._dialect.parameters, self._dialect.methods
        search = {**parameters.full_list, **parameters.search, self._dialect.columns.company.company_name: name}
        return self._session.rows(methods.companies, self._dialect.replies.companies, search)

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


_LEGAL_FORM = re.compile(
    r"[\s,]+(?:(?:ggmbh|gmbh|mbh|ag|kgaa|kg|ohg|gbr|ug|se|eg|ev|ek|co|e\.\s?k|e\.\s?v|e\.\s?g|\(haftungsbeschränkt\)|ltd|inc|llc|sarl|bv)\b\.?|[&+]|und\b)",
    re.IGNORECASE,
)


def _stem(name: str) -> str:
    """The name up to its legal form, "" if that is all or nothing of it."""
    match = _LEGAL_FORM.search(name)
    return name[: match.start()].strip() if match else ""


def _name_key(name: str) -> str:
    """Without case, punctuation and blanks, "und" and "+" as "&": spellings of one legal form compare equal.

    Looser than the planner's key on purpose, which has the last word (R6).
    """
    folded = unicodedata.normalize("NFKC", name).casefold().replace("+", "&")
    return "".join("&" if word == "und" else word for word in re.findall(r"[^\W_]+|&", folded))
