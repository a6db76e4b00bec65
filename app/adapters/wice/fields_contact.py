"""Contacts <-> rows of Wice's persons and companies. PERSON and COMPANY are the field tables for both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.adapters.wice.dialect import Dialect
from app.adapters.wice.fields import Field, Parts, read_fields, text_field, write_fields
from app.adapters.wice.wire import Row, read_birthday, read_street, write_birthday, write_street
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, CONTACT_FIELDS, PERSON_FIELDS, Contact, Entity


def _street_field(name: str) -> Field:
    return Field(
        name, (name, f"{name}_number"), lambda texts: read_street(*texts), lambda value: write_street(str(value))
    )


def _birthday_field(unknown_year: str) -> Field:
    def write(value: object) -> Parts:
        return (write_birthday(str(value), unknown_year),)

    return Field("birthday", ("birthday",), lambda texts: read_birthday(texts[0]), write)


class ContactFields:
    """The field tables of one server's dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._person_columns = dialect.columns.person.model_dump()
        self._company_columns = dialect.columns.company.model_dump()
        self._prefix = dialect.columns.person.company_prefix
        self._prefixed = {
            name: f"{self._prefix}{column}" if column and name not in COMPANY_ONLY_FIELDS else ""
            for name, column in self._company_columns.items()
        }
        self._unknown_year = dialect.values.unknown_year
        self.person = tuple(self._field(name, self._person_columns) for name in CONTACT_FIELDS if name in PERSON_FIELDS)
        self.company = tuple(
            self._field(name, self._company_columns) for name in CONTACT_FIELDS if name in COMPANY_FIELDS
        )

    def _field(self, name: str, columns: Mapping[str, str]) -> Field:
        if name == "birthday":
            return _birthday_field(self._unknown_year)
        split = bool(columns.get(f"{name}_number"))
        return _street_field(name) if split else text_field(name)

    @property
    def person_columns(self) -> frozenset[str]:
        """All columns of a person's row that mean something here, its company's beside them."""
        return frozenset({*self._person_columns.values(), *self._prefixed.values()})

    @property
    def company_columns(self) -> frozenset[str]:
        """All columns of a company's row that mean something here."""
        return frozenset(self._company_columns.values())

    @property
    def unmapped(self) -> frozenset[str]:
        """Canonical fields that this server has no column for."""
        columns = self._person_columns | self._company_columns
        return frozenset(field.name for field in (*self.person, *self.company) if not columns[field.name])

    def read_person(self, row: Row) -> Contact:
        """A person's row with the company's columns beside it (R5)."""
        values: dict[str, Any] = read_fields(self.person, self._person_columns, row)
        values |= read_fields(self.company, self._prefixed, row)
        return Contact(**values)

    def read_company(self, row: Row) -> Contact:
        """A company's row."""
        values: dict[str, Any] = read_fields(self.company, self._company_columns, row)
        return Contact(entity=Entity.COMPANY, **values)

    def holds_company(self, row: Row) -> bool:
        """Whether a person's row carries its company's columns; replies about one person may not."""
        return self._prefixed["company_name"] in row

    def with_company(self, person: Row, company: Row) -> Row:
        """A person's row with the columns of its company's row."""
        return {**person, **{f"{self._prefix}{column}": value for column, value in company.items()}}

    def write_person(self, record: Contact, present: tuple[Row, Contact] | None = None) -> dict[str, str]:
        """The person's own columns; the company's are never among them (R10)."""
        return write_fields(self.person, self._person_columns, record, present)

    def write_company(self, record: Contact, present: tuple[Row, Contact] | None = None) -> dict[str, str]:
        """A company's columns; from a person's contact only those that it shows (R10)."""
        table = self.company
        if record.entity is Entity.PERSON:
            table = tuple(field for field in table if field.name not in COMPANY_ONLY_FIELDS)
        return write_fields(table, self._company_columns, record, present)
