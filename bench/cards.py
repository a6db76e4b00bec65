"""Made-up contacts of a mailbox: the same ones every time, none of them equal to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.domain.contact import Contact

_FIRST: Final = ("Anna", "Bernd", "Jürgen", "Zoë", "Karl", "Ömer", "Ines", "Paul", "Änne", "Tim", "Ruth", "Veit")
_LAST: Final = ("Schulz", "Müller", "Groß", "Weiß", "Okafor", "Nowak", "Jäger", "Lind", "Österle", "Abel", "Kunz")
_TOWNS: Final = (("20095", "Hamburg"), ("50667", "Köln"), ("80331", "München"), ("01067", "Dresden"))


def contact(number: int) -> Contact:
    """The contact of this number."""
    zip_code, town = _TOWNS[number % len(_TOWNS)]
    first, last = _FIRST[number % len(_FIRST)], f"{_LAST[number // 7 % len(_LAST)]}-{number}"
    return Contact(
        first_name=first,
        last_name=last,
        title="Dr." if number % 9 == 0 else "",
        department="Vertrieb" if number % 3 else "Einkauf",
        position="Leitung" if number % 11 == 0 else "Sachbearbeitung",
        email=f"kontakt{number}@example.com",
        private_email=f"privat{number}@example.org" if number % 4 == 0 else "",
        phone=f"+49 40 555 {number:05}",
        mobile_phone=f"+49 151 555 {number:05}",
        private_street=f"Lange Straße {number % 190 + 1}",
        private_zip_code=zip_code,
        private_town=town,
        birthday=f"19{number % 60 + 40}-{number % 12 + 1:02}-{number % 28 + 1:02}" if number % 5 == 0 else "",
    )


def contacts(count: int, start: int = 0) -> Iterator[Contact]:
    """`count` contacts from this number on."""
    return map(contact, range(start, start + count))


def edited(record: Contact) -> Contact:
    """As somebody changes it: another telephone number."""
    return replace(record, phone=f"{record.phone}-1")
