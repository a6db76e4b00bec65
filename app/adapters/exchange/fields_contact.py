"""Contacts, both directions: ONE table of canonical field <-> property. Everything that is not in it is never touched (R2).

A person and a company's own contact (R5) share most rows; what differs stands in `PERSON` and `COMPANY`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from app.adapters.exchange import birthdays, titles
from app.adapters.exchange.paths import (
    BODY,
    Path,
    Values,
    address,
    email,
    own,
    phone,
    plain,
    tagged,
    well_known,
)
from app.adapters.exchange.wire import xml_text
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import clean, differences


def _stored(text: str) -> str:
    return clean(xml_text(text))


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field in one property. Both functions take and give text; they raise ValueError for what cannot be said."""

    name: str
    path: Path
    to_wire: Callable[[str], str] = _stored
    from_wire: Callable[[str], str] = _stored


def _contact(name: str, element: str) -> Field:
    return Field(name, plain("contacts", element))


_SHARED: tuple[Field, ...] = (
    _contact("company_name", "CompanyName"),
    Field("company_street", address("Business", "Street")),
    Field("company_zip_code", address("Business", "PostalCode")),
    Field("company_town", address("Business", "City")),
    Field("company_state", address("Business", "State")),
    Field("company_country", address("Business", "CountryOrRegion")),
    Field("company_po_box", well_known("Address", 0x804A)),  # PidLidWorkAddressPostOfficeBox
    _contact("company_url", "BusinessHomePage"),
)
PERSON: tuple[Field, ...] = (
    *_SHARED,
    _contact("first_name", "GivenName"),
    _contact("last_name", "Surname"),
    _contact("department", "Department"),
    _contact("position", "JobTitle"),
    Field("email", email("EmailAddress1")),
    Field("private_email", email("EmailAddress2")),
    Field("phone", phone("BusinessPhone")),
    Field("phone2", phone("BusinessPhone2")),
    Field("phone3", phone("OtherTelephone")),
    Field("fax", phone("BusinessFax")),
    Field("mobile_phone", phone("MobilePhone")),
    Field("private_phone", phone("HomePhone")),
    Field("private_mobile_phone", phone("HomePhone2")),
    Field("private_street", address("Home", "Street")),
    Field("private_zip_code", address("Home", "PostalCode")),
    Field("private_town", address("Home", "City")),
    Field("private_state", address("Home", "State")),
    Field("private_country", address("Home", "CountryOrRegion")),
    Field("birthday", plain("contacts", "Birthday"), birthdays.to_wire, birthdays.from_wire),
    Field("notes", BODY),
    Field("company_phone", phone("CompanyMainPhone")),
    Field("company_fax", phone("OtherFax")),
)
COMPANY: tuple[Field, ...] = (
    *_SHARED,
    Field("company_phone", phone("BusinessPhone")),
    Field("company_fax", phone("BusinessFax")),
    Field("company_email", email("EmailAddress1")),
    Field("company_remarks", BODY),
)
_NAMES = tuple(row.path for row in PERSON if row.name in {"first_name", "last_name"})
PREFIX = tagged(0x3A45)  # PR_DISPLAY_NAME_PREFIX: what Outlook calls the title
PARTS = own("WiceSyncTitle")
DISPLAY_NAME = plain("contacts", "DisplayName")
FILE_AS = plain("contacts", "FileAs")
"""Both names are derived: written when what they derive from changes, read only where a contact has no other name."""

ALL_PATHS: tuple[Path, ...] = tuple(
    dict.fromkeys([field.path for field in PERSON + COMPANY] + [PREFIX, PARTS, DISPLAY_NAME, FILE_AS])
)


@cache
def table(entity: Entity, unmapped: frozenset[str]) -> tuple[Field, ...]:
    """The rows for a person or a company, without those that this account does not map."""
    rows = PERSON if entity is Entity.PERSON else COMPANY
    return tuple(row for row in rows if row.name not in unmapped)


class NoName(ValueError):
    """A contact without anything by which people could know it."""


def read(values: Values, unmapped: frozenset[str]) -> Contact:
    """The contact that `values` hold. Raises: NoName; ValueError for a property that cannot be read."""
    entity = _entity(values)
    fields: dict[str, Any] = {row.name: row.from_wire(values.get(row.path, "")) for row in table(entity, unmapped)}
    contact = Contact(entity=entity, **fields)
    if entity is Entity.COMPANY:
        return contact
    if _titled(unmapped):
        contact = _with_title(contact, values)
    return contact if contact.first_name or contact.last_name else replace(contact, last_name=_other_name(values))


def _titled(unmapped: frozenset[str]) -> bool:
    """Salutation and title share one property, so they are mapped together or not at all."""
    return unmapped.isdisjoint({"salutation", "title"})


def _with_title(contact: Contact, values: Values) -> Contact:
    salutation, title = titles.split(values.get(PREFIX, ""), values.get(PARTS, ""))
    return replace(contact, salutation=salutation, title=title)


def _entity(values: Values) -> Entity:
    """R5: without a person's name, but with a company's, it is the company's own contact."""
    names = (clean(values.get(path, "")) for path in _NAMES)
    company = clean(values.get(plain("contacts", "CompanyName"), ""))
    return Entity.COMPANY if company and not any(names) else Entity.PERSON


def _other_name(values: Values) -> str:
    for path in (DISPLAY_NAME, FILE_AS, email("EmailAddress1"), email("EmailAddress2")):
        if name := _stored(values.get(path, "")):
            return name
    raise NoName("the contact has neither a name nor a company nor an e-mail address")


def write(contact: Contact, unmapped: frozenset[str]) -> dict[Path, str]:
    """All mapped properties of `contact`, empty ones too. Raises: ValueError for what Exchange cannot hold."""
    values = {row.path: row.to_wire(getattr(contact, row.name)) for row in table(contact.entity, unmapped)}
    if contact.entity is Entity.PERSON and _titled(unmapped):
        salutation, title = _stored(contact.salutation), _stored(contact.title)
        values |= {PREFIX: titles.join(salutation, title), PARTS: titles.pack(salutation, title)}
    return values | _derived(contact)


def _derived(contact: Contact) -> dict[Path, str]:
    person = contact.entity is Entity.PERSON
    spoken = _stored(f"{contact.first_name} {contact.last_name}") if person else ""
    filed = _stored(contact.label or contact.private_email)
    return {DISPLAY_NAME: spoken or filed, FILE_AS: filed}


def changes(before: Contact, after: Contact, unmapped: frozenset[str]) -> dict[Path, str]:
    """The properties to write so that `before` becomes `after`; "" means delete. What compares equal keeps its spelling (R2, R3)."""
    old, new = write(before, unmapped), write(after, unmapped)
    if before.entity is not after.entity:
        gone = dict.fromkeys(old.keys() - new.keys(), "")
        return {path: text for path, text in (gone | new).items() if text != old.get(path, "")}
    names = set(differences(before, after))
    paths = {row.path for row in table(after.entity, unmapped) if row.name in names}
    if names & {"salutation", "title"} and _titled(unmapped):
        paths |= {PREFIX, PARTS}
    return {path: new[path] for path in paths} | {
        path: new[path] for path in (DISPLAY_NAME, FILE_AS) if new[path] != old[path]
    }
