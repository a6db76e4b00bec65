"""Contacts through the field table and the XML, both ways, with nasty input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.adapters.exchange import fields_contact as fields
from app.adapters.exchange.birthdays import from_wire
from app.adapters.exchange.paths import Path, item_with, phone, plain, values_of
from app.adapters.exchange.wire import parse
from app.domain.contact import CONTACT_FIELDS, Contact, Entity
from app.domain.fingerprint import contact_form, differences, fingerprint
from tests.adapters.exchange.sandbox_server import changed
from tests.adapters.exchange.test_birthdays import days, yearless
from tests.adapters.exchange.texts import nasty_texts

NOTHING: frozenset[str] = frozenset()
texts = {name: nasty_texts for name in CONTACT_FIELDS if name not in {"entity", "birthday"}}
persons = st.builds(
    Contact, entity=st.just(Entity.PERSON), birthday=st.one_of(st.just(""), days, yearless), **texts
).map(lambda one: one if fields._stored(one.first_name + one.last_name) else changed(one, last_name="Schulz"))
companies = st.builds(Contact, entity=st.just(Entity.COMPANY), **texts).map(
    lambda one: one if fields._stored(one.company_name) else changed(one, company_name="Muster GmbH")
)
contacts = st.one_of(persons, companies)


def over_the_wire(values: dict[Path, str]) -> dict[Path, str]:
    return values_of(parse(etree.tostring(item_with("Contact", values), encoding="utf-8")))


def apply(held: dict[Path, str], changes: dict[Path, str]) -> dict[Path, str]:
    return {path: text for path, text in (held | changes).items() if text}


@given(contacts)
def test_R3_a_round_trip_never_looks_like_a_change(contact: Contact) -> None:
    again = fields.read(over_the_wire(fields.write(contact, NOTHING)), NOTHING)
    stored = changed(contact, **{name: fields._stored(getattr(contact, name)) for name in texts})
    assert differences(stored, again) == ()
    assert fingerprint(fields.read(over_the_wire(fields.write(again, NOTHING)), NOTHING)) == fingerprint(again)


@given(contacts, contacts)
def test_R1_an_update_makes_one_contact_of_another(before: Contact, after: Contact) -> None:
    held = over_the_wire(fields.write(before, NOTHING))
    old = fields.read(held, NOTHING)
    made = over_the_wire(apply(held, fields.changes(old, after, NOTHING)))
    wanted = fields.read(over_the_wire(fields.write(after, NOTHING)), NOTHING)
    assert differences(wanted, fields.read(made, NOTHING)) == ()


@given(contacts)
def test_R3_nothing_is_written_for_what_compares_equal(contact: Contact) -> None:
    held = fields.read(over_the_wire(fields.write(contact, NOTHING)), NOTHING)
    assert fields.changes(held, held, NOTHING) == {}


@given(contacts, contacts)
def test_R2_only_mapped_properties_appear(before: Contact, after: Contact) -> None:
    written = fields.changes(before, after, NOTHING).keys() | fields.write(after, NOTHING).keys()
    assert written <= set(fields.ALL_PATHS)


def test_R2_every_shared_field_has_its_property() -> None:
    by_hand = {"entity", "title", "salutation"}
    person = {row.name for row in fields.PERSON} | by_hand
    company = {row.name for row in fields.COMPANY} | {"entity"}
    assert person == set(CONTACT_FIELDS) - {"company_email", "company_remarks"}
    full = Contact(entity=Entity.COMPANY, **{name: "x" for name in CONTACT_FIELDS if name != "entity"})
    assert company == contact_form(full).keys()


@pytest.mark.parametrize("table", [fields.PERSON, fields.COMPANY])
def test_no_two_fields_share_a_property(table: tuple[fields.Field, ...]) -> None:
    assert len({row.path for row in table}) == len(table)


def test_equal_spelling_keeps_its_own() -> None:
    before = Contact(last_name="A", phone="+49 40 1", email="A@example.com", company_url="http://www.example.com/")
    after = Contact(last_name="A", phone="0049 (0)40 1", email="a@example.com", company_url="www.example.com", fax="1")
    assert fields.changes(before, after, NOTHING) == {phone("BusinessFax"): "1"}


def test_names_derive_and_follow_the_name() -> None:
    anna, eva = (Contact(first_name=name, last_name="Schulz") for name in ("Anna", "Eva"))
    assert fields.write(anna, NOTHING)[fields.DISPLAY_NAME] == "Anna Schulz"
    assert fields.write(anna, NOTHING)[fields.FILE_AS] == "Schulz, Anna"
    assert fields.changes(anna, eva, NOTHING) == {
        plain("contacts", "GivenName"): "Eva",
        fields.DISPLAY_NAME: "Eva Schulz",
        fields.FILE_AS: "Schulz, Eva",
    }


def test_R5_a_company_uses_the_business_numbers() -> None:
    company = Contact(entity=Entity.COMPANY, company_name="Muster", company_phone="1", company_fax="2")
    values = fields.write(company, NOTHING)
    assert (values[phone("BusinessPhone")], values[phone("BusinessFax")]) == ("1", "2")
    assert phone("MobilePhone") not in values


def test_a_birthday_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError):
        from_wire("gestern")
    with pytest.raises(ValueError):
        fields.read({plain("contacts", "Surname"): "A", plain("contacts", "Birthday"): "gestern"}, NOTHING)


@given(persons)
def test_title_and_salutation_are_unmapped_together(contact: Contact) -> None:
    unmapped = frozenset({"title"})
    assert fields.PREFIX not in fields.write(contact, unmapped)
    again = fields.read(over_the_wire(fields.write(contact, NOTHING)), unmapped)
    assert (again.title, again.salutation) == ("", "")
