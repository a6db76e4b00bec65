"""A contact as both sides share it: a person together with the company's data, or a company of its own (R5).

All text fields are plain strings; empty means missing (R3). `COMPANY_FIELDS` belong to the company, also on a person's contact (R10).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class Entity(StrEnum):
    """What a contact stands for: one Wice person, or one Wice company."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """All mapped fields of one contact. `birthday` is `YYYY-MM-DD`, or `--MM-DD` when the year is unknown (RFC 6350, 4.3.1).

    Streets hold the house number too ("Hauptstr. 12"). `notes` are a person's, `company_remarks` a company's free text.
    """

    entity: Entity = Entity.PERSON
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    salutation: str = ""
    department: str = ""
    position: str = ""
    email: str = ""
    private_email: str = ""
    phone: str = ""
    phone2: str = ""
    phone3: str = ""
    fax: str = ""
    mobile_phone: str = ""
    private_phone: str = ""
    private_mobile_phone: str = ""
    private_street: str = ""
    private_zip_code: str = ""
    private_town: str = ""
    private_state: str = ""
    private_country: str = ""
    birthday: str = ""
    notes: str = ""
    company_name: str = ""
    company_street: str = ""
    company_zip_code: str = ""
    company_town: str = ""
    company_state: str = ""
    company_country: str = ""
    company_po_box: str = ""
    company_phone: str = ""
    company_fax: str = ""
    company_url: str = ""
    company_email: str = ""
    company_remarks: str = ""

    @property
    def label(self) -> str:
        """The name by which people know this contact: "Schulz, Anna" or the company's name."""
        person = ", ".join(part for part in (self.last_name, self.first_name) if part)
        return person or self.company_name or self.email


CONTACT_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Contact))
COMPANY_FIELDS: frozenset[str] = frozenset(name for name in CONTACT_FIELDS if name.startswith("company_"))
COMPANY_ONLY_FIELDS: frozenset[str] = frozenset({"company_email", "company_remarks"})
"""Not shown on a person's contact (R5 names what is): they travel with the company's own contact only."""
PHONE_FIELDS: frozenset[str] = frozenset(
    name for name in CONTACT_FIELDS if name.endswith(("phone", "phone2", "phone3", "fax"))
)
EMAIL_FIELDS: frozenset[str] = frozenset(name for name in CONTACT_FIELDS if name.endswith("email"))
PERSON_FIELDS: frozenset[str] = frozenset(CONTACT_FIELDS) - COMPANY_FIELDS - {"entity"}
