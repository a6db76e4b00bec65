"""Every request that we build is valid by Microsoft's schema, which is reference material outside of this repository (EWS_SCHEMA_DIR)."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from app.adapters.exchange import bodies
from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.fields_appointment import ALL_PATHS as APPOINTMENT_PATHS
from app.adapters.exchange.fields_contact import ALL_PATHS as CONTACT_PATHS
from app.adapters.exchange.firewall import RULES, firewall
from app.adapters.exchange.paths import STAMP, item_with
from app.adapters.exchange.wire import local
from app.domain.appointment import Appointment
from app.domain.contact import Contact
from app.domain.ids import ItemId, Version
from tests.adapters.exchange.test_fields_appointment import KIND as APPOINTMENTS
from tests.adapters.exchange.test_fields_appointment import appointments
from tests.adapters.exchange.test_fields_contact import contacts

ITEM, KEY = ItemId("aXRlbQ"), Version("a2V5")
CONTACTS = Contacts(frozenset())
BODIES = [
    bodies.get_folders([bodies.folder_id("Zm9s"), bodies.distinguished("contacts", "anna@example.com")]),
    bodies.find_folders(bodies.folder_id("Zm9s")),
    bodies.create_folder(bodies.distinguished("contacts", "anna@example.com"), "ContactsFolder", "Wice", "marker"),
    bodies.create_folder(bodies.folder_id("Zm9s"), "CalendarFolder", "Wice", "marker"),
    bodies.mark_folder("Zm9s", "ContactsFolder", "marker"),
    bodies.sync_items("Zm9s", ""),
    bodies.sync_items("Zm9s", "c3RhdGU="),
    bodies.get_items([ITEM, ITEM], CONTACT_PATHS),
    bodies.get_items([ITEM], APPOINTMENT_PATHS),
    bodies.get_versions([ITEM]),
    bodies.find_stamps("Zm9s", ["one"], 0),
    bodies.find_stamps("Zm9s", ["one", "two", "three"], 500),
    bodies.delete_items([(ITEM, KEY), (ITEM, KEY)]),
    bodies.subscribe(["Zm9s", "Zm9s"]),
    bodies.streaming_events(["c3Vi", "c3Vi"], 30),
]
SCHEMA_DIR = os.environ.get("EWS_SCHEMA_DIR")

if SCHEMA_DIR:
    SCHEMA = etree.XMLSchema(etree.parse(Path(SCHEMA_DIR) / "messages.xsd"))

    @pytest.mark.parametrize("body", BODIES, ids=local)
    def test_a_request_is_valid_by_the_schema(body: etree._Element) -> None:
        SCHEMA.assertValid(body)

    @given(contacts, contacts)
    def test_contacts_are_written_by_the_schema(before: Contact, after: Contact) -> None:
        created = CONTACTS.draft(after).values | {STAMP: "stamp"}
        SCHEMA.assertValid(bodies.create_items("Zm9s", "Contact", [created, created]))
        if changed := CONTACTS.change(before, after).values:
            SCHEMA.assertValid(bodies.update_items("Contact", [(ITEM, KEY, changed)]))

    @given(appointments, appointments)
    def test_appointments_are_written_by_the_schema(before: Appointment, after: Appointment) -> None:
        SCHEMA.assertValid(bodies.create_items("Zm9s", "CalendarItem", [APPOINTMENTS.draft(after).values]))
        if changed := APPOINTMENTS.change(before, after).values:
            SCHEMA.assertValid(bodies.update_items("CalendarItem", [(ITEM, KEY, changed)]))


def test_without_the_schema_the_tests_above_are_not_collected_and_with_it_they_are() -> None:
    """So that nothing is skipped silently: this test tells which."""
    assert ("test_a_request_is_valid_by_the_schema" in globals()) == bool(SCHEMA_DIR)
    assert SCHEMA_DIR is None or (Path(SCHEMA_DIR) / "messages.xsd").is_file(), (
        "EWS_SCHEMA_DIR must name a folder with messages.xsd"
    )


def test_all_operations_that_may_leave_are_among_the_requests_tested() -> None:
    assert {local(body) for body in BODIES} | {"CreateItem", "UpdateItem"} == RULES.keys()
    assert [firewall(body) for body in BODIES] == BODIES


def test_R2_an_update_names_exactly_what_changes_each_once() -> None:
    before = Contact(last_name="A", phone="1", phone2="2", phone3="3", fax="4")
    after = Contact(last_name="A", phone="1", phone2="22")
    body = bodies.update_items("Contact", [(ITEM, KEY, CONTACTS.change(before, after).values)])
    updates = next(body.iter("{*}Updates"))
    told = sorted((local(one), one[0].get("FieldIndex")) for one in updates)
    assert told == [
        ("DeleteItemField", "BusinessFax"),
        ("DeleteItemField", "OtherTelephone"),
        ("SetItemField", "BusinessPhone2"),
    ]


def test_an_address_is_one_entry_however_many_parts() -> None:
    contact = Contact(last_name="A", company_street="S", company_town="T", private_town="P", company_zip_code="1")
    item = item_with("Contact", CONTACTS.draft(contact).values)
    entries = [one for one in item.iter("{*}Entry") if one.get("Key") in {"Business", "Home"}]
    assert [(one.get("Key"), [local(part) for part in one]) for one in entries] == [
        ("Business", ["Street", "City", "PostalCode"]),
        ("Home", ["City"]),
    ]
