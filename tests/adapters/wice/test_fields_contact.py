"""R1-R3 over the field tables: what is written is what is read again, whatever people type."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.fields_contact import ContactFields
from app.domain.contact import COMPANY_FIELDS, COMPANY_ONLY_FIELDS, CONTACT_FIELDS, Contact, Entity
from app.domain.fingerprint import clean, differences

FIELDS = ContactFields(load_dialect({"columns": {"person": {"notes": "remarks"}}}))
NASTY = [
    "Müller-Lüdenscheidt",
    "Mu\u0308ller",
    "Zoë 🙂 👩‍👩‍👧",
    "a\r\nb",
    "a\tb",
    "Meier, Dr. Anna",
    "x" * 4000,
    '"<&>\\',
    "0",
    "null",
    "12",
]
PHONES = ["+49 (0)40 66969-123", "0049 40 66969123", "040/66969-123", "(040) 66 96 91 23"]
texts = (st.sampled_from(NASTY + PHONES) | st.text(max_size=30)).map(clean)
birthdays = (
    st.just("")
    | st.dates(date(1605, 1, 1)).map(date.isoformat)
    | st.sampled_from(["--02-29", "--12-31", "1899-12-30", "2000-02-29"])
)
contacts = st.builds(
    Contact,
    entity=st.just(Entity.PERSON),
    birthday=birthdays,
    **{name: texts for name in CONTACT_FIELDS if name not in {"entity", "birthday"}},
)


@given(contacts)
def test_R3_a_person_survives_the_round_trip(contact: Contact) -> None:
    own = FIELDS.read_person(FIELDS.write_person(contact))
    company: dict[str, Any] = dict.fromkeys(COMPANY_FIELDS, "")
    assert own == replace(contact, **company)


@given(contacts)
def test_R3_a_company_survives_the_round_trip(contact: Contact) -> None:
    company = Contact(entity=Entity.COMPANY, **{name: getattr(contact, name) for name in COMPANY_FIELDS})
    assert FIELDS.read_company(FIELDS.write_company(company)) == company


@given(contacts, contacts)
def test_R3_writing_over_a_row_leaves_what_was_wanted(contact: Contact, before: Contact) -> None:
    row = FIELDS.write_person(before)
    written = FIELDS.write_person(contact, (row, FIELDS.read_person(row)))
    assert not set(differences(FIELDS.read_person(written), contact)) - COMPANY_FIELDS


def test_R1_all_mapped_columns_are_written_and_empty_ones_as_empty() -> None:
    written = FIELDS.write_person(Contact(last_name="Schulz"))
    assert written["name"] == "Schulz"
    assert written["firstname"] == written["private_street_number"] == written["birthday"] == ""
    assert len(written) == 23


def test_R2_columns_of_nobody_and_of_the_web_page_are_never_written() -> None:
    row = {
        "name": "Schulz",
        "tablink_notes": "/x",
        "address_category_1": "7",
        "picture_url": "http://x.example",
        "import_key": "k",
    }
    written = FIELDS.write_person(Contact(last_name="Schulze"), (row, FIELDS.read_person(row)))
    assert not set(written) & {
        "tablink_notes",
        "address_category_1",
        "picture_url",
        "import_key",
        "outlook_sync",
        "mandant",
    }


def test_R3_fields_that_compare_equal_keep_their_spelling_in_wice() -> None:
    row = {
        "name": "Schulz",
        "phone": "(040) 66969-1",
        "private_street": "Hauptstr. 12",
        "private_street_number": "",
        "email": "Anna@Example.com",
        "birthday": "8.2.1970",
    }
    wanted = replace(FIELDS.read_person(row), first_name="Anna", phone="040 669691", email="anna@example.com")
    written = FIELDS.write_person(wanted, (row, FIELDS.read_person(row)))
    assert {column: written[column] for column in row} == row
    assert written["firstname"] == "Anna"


def test_a_birthday_that_cannot_be_read_is_not_overwritten_by_other_changes() -> None:
    row = {"name": "Schulz", "birthday": "1981-02-29"}
    seen = FIELDS.read_person(row)
    assert seen.birthday == ""
    assert FIELDS.write_person(replace(seen, first_name="Anna"), (row, seen))["birthday"] == "1981-02-29"
    assert FIELDS.write_person(replace(seen, birthday="1981-02-28"), (row, seen))["birthday"] == "1981-02-28"


def test_R10_a_persons_row_shows_the_company_but_never_writes_it() -> None:
    row = {
        "name": "Schulz",
        "company_name": "Nordlicht GmbH",
        "company_street": "Am Hafen",
        "company_street_number": "3",
        "company_email": "x@example.com",
    }
    seen = FIELDS.read_person(row)
    assert (seen.company_name, seen.company_street) == ("Nordlicht GmbH", "Am Hafen 3")
    assert {getattr(seen, name) for name in COMPANY_ONLY_FIELDS} == {""}
    assert not [column for column in FIELDS.write_person(seen) if column.startswith("company_")]


def test_R10_a_persons_contact_writes_only_what_it_shows_of_the_company() -> None:
    row = {"name": "Nordlicht GmbH", "remarks": "wichtig", "email": "info@example.com", "town": "Kiel"}
    wanted = Contact(last_name="Schulz", company_name="Nordlicht GmbH", company_town="Lübeck")
    written = FIELDS.write_company(wanted, (row, FIELDS.read_company(row)))
    assert written["town"] == "Lübeck"
    assert not {"remarks", "email"} & set(written)


def test_a_field_without_a_column_is_neither_read_nor_written() -> None:
    plain = ContactFields(load_dialect())
    assert plain.unmapped == {"notes"}
    assert plain.read_person({"name": "Schulz", "notes": "x", "": "y"}).notes == ""
    assert "" not in plain.write_person(Contact(last_name="Schulz", notes="x"))


def test_a_server_with_one_column_for_street_and_number() -> None:
    fields = ContactFields(load_dialect({"columns": {"person": {"private_street_number": ""}}}))
    assert fields.write_person(Contact(private_street="Hauptstr. 12"))["private_street"] == "Hauptstr. 12"


@pytest.mark.parametrize(("unknown_year", "wire"), [("0000", "0000-02-29"), ("1604", "1604-02-29")])
def test_a_birthday_without_a_year_is_written_as_the_dialect_says(unknown_year: str, wire: str) -> None:
    fields = ContactFields(load_dialect({"values": {"unknown_year": unknown_year}}))
    assert fields.write_person(Contact(birthday="--02-29"))["birthday"] == wire
