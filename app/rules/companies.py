"""Which company a person from Exchange belongs to (R6): an existing one is used, never created again; two candidates are a hint, no guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.domain.contact import Contact
from app.domain.fingerprint import company_key, normal_text
from app.ports import Company


def candidates(contact: Contact, companies: Iterable[Company]) -> Sequence[Company]:
    """Companies of the same name; where both know a town or a zip code, at least one of the two must be the same."""
    key = company_key(contact.company_name)
    return [company for company in companies if company_key(company.name) == key and _same_place(contact, company)]


def _same_place(contact: Contact, company: Company) -> bool:
    pairs = ((contact.company_town, company.town), (contact.company_zip_code, company.zip_code))
    both_known = [(normal_text(a).casefold(), normal_text(b).casefold()) for a, b in pairs if a.strip() and b.strip()]
    return not both_known or any(mine == theirs for mine, theirs in both_known)
