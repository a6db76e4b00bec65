"""GetItem, CreateItem, DeleteItem, MoveItem, CopyItem through exchangelib."""

from typing import Any

import pytest
from exchangelib import (
    Account,
    CalendarItem,
    Contact,
    DistributionList,
    EWSDateTime,
    ExtendedProperty,
    Mailbox,
    Message,
)
from exchangelib.errors import (
    ErrorCannotCreateCalendarItemInNonCalendarFolder,
    ErrorCannotCreateContactInNonContactFolder,
    ErrorItemNotFound,
)
from exchangelib.folders import BaseFolder
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.properties import Member

from tests.sandbox.exchange.conftest import BERLIN, Exchange, impersonating


class Stamp(ExtendedProperty):
    property_set_id: Any = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name: Any = "WiceSyncTestStamp"
    property_type: Any = "String"


class Title(ExtendedProperty):
    property_tag: Any = 0x3A45
    property_type: Any = "String"


@pytest.fixture(scope="module", autouse=True)
def registered() -> object:
    Contact.register("stamp", Stamp)
    Contact.register("honorific", Title)
    CalendarItem.register("stamp", Stamp)
    yield
    Contact.deregister("stamp")
    Contact.deregister("honorific")
    CalendarItem.deregister("stamp")


def a_contact(folder: BaseFolder, **fields: object) -> Any:
    given = {"given_name": "Änne", "surname": "O'Brien & Söhne <GmbH>", "display_name": "Änne O'Brien"} | fields
    return Contact(folder=folder, **given).save()


def test_a_contact_comes_back_with_every_field_it_was_given(contacts: BaseFolder) -> None:
    labels = ("BusinessPhone", "HomeFax", "MobilePhone")  # in the order in which Exchange answers
    phones = [PhoneNumber(label=label, phone_number=f"030 23125 {number}") for number, label in enumerate(labels)]
    mails = [
        EmailAddress(label="EmailAddress1", email="aenne@firma.example"),
        EmailAddress(label="EmailAddress3", email="a@b.example"),
    ]
    address = PhysicalAddress(
        label="Business", street="Weg 1\r\nHinterhaus", city="Köln", country="Deutschland", zipcode="50667"
    )
    given = {
        "company_name": "Müller, Meier & Co.",
        "job_title": "Einkauf 🚀",
        "department": "Z\tA",
        "business_homepage": "https://firma.example/?a=1&b=2",
        "categories": ["Kunde", "VIP"],
        "birthday": EWSDateTime(1960, 2, 29, 11, 59, tzinfo=BERLIN).date(),
        "body": "Erste Zeile\r\nZweite Zeile",
        "phone_numbers": phones,
        "email_addresses": mails,
        "physical_addresses": [address],
        "honorific": "Dr.",
        "stamp": "link-1",
    }
    saved = a_contact(contacts, **given)

    held = contacts.get(id=saved.id)

    assert {name: getattr(held, name) for name in given} == given
    assert held.surname == "O'Brien & Söhne <GmbH>"
    assert (held.complete_name.title, held.complete_name.first_name) == ("Dr.", "Änne")


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (None, "Muster, Eva"),
        ("FirstSpaceLast", "Eva Muster"),
        ("LastFirst", "Muster Eva"),
        ("Company", "Firma"),
        ("CompanyLastCommaFirst", "Firma\r\nMuster, Eva"),
        ("LastCommaFirstCompany", "Muster, Eva\r\nFirma"),
    ],
)
def test_file_as_is_made_from_its_mapping(contacts: BaseFolder, mapping: str | None, expected: str) -> None:
    saved = a_contact(contacts, given_name="Eva", surname="Muster", company_name="Firma", file_as_mapping=mapping)
    assert contacts.get(id=saved.id).file_as == expected


def test_items_of_a_batch_fail_one_by_one_and_the_others_succeed(exchange: Exchange, anna: Account) -> None:
    exchange.fault("item_error", "CreateItem", code="ErrorItemSave", index=1)
    batch = [Contact(folder=anna.contacts, display_name=name) for name in ("eins", "zwei", "drei")]

    done = list(anna.bulk_create(anna.contacts, batch))

    assert [type(one).__name__ for one in done] == ["BulkCreateResult", "ErrorItemSave", "BulkCreateResult"]
    assert [item["properties"]["contacts:DisplayName"] for item in exchange.items("contacts")] == ["eins", "drei"]


def test_an_unknown_id_is_not_found(anna: Account, contacts: BaseFolder) -> None:
    saved = a_contact(contacts)
    saved_id = (saved.id, saved.changekey)
    saved.delete()
    assert [type(one) for one in anna.fetch([saved_id])] == [ErrorItemNotFound]


@pytest.mark.parametrize(
    ("delete_type", "where"),
    [("MoveToDeletedItems", "deleteditems"), ("SoftDelete", "recoverableitemsdeletions"), ("HardDelete", None)],
)
def test_a_deleted_item_lies_where_its_delete_type_says_under_a_new_id(
    exchange: Exchange, anna: Account, contacts: BaseFolder, delete_type: str, where: str | None
) -> None:
    saved = a_contact(contacts, stamp="link-1")

    anna.bulk_delete([saved], delete_type=delete_type)

    assert exchange.items("contacts") == []
    if where:
        (deleted,) = exchange.items(where)
        assert deleted["id"] != saved.id
        assert list(deleted["extended"].values()) == ["link-1"]


def test_deleting_in_deleted_items_goes_on_to_the_recoverable_items(
    exchange: Exchange, anna: Account, contacts: BaseFolder
) -> None:
    saved = a_contact(contacts)
    saved.move_to_trash()
    (binned,) = anna.trash.all()
    binned.move_to_trash()
    assert exchange.items("deleteditems") == []
    assert len(exchange.items("recoverableitemsdeletions")) == 1


def test_a_move_gives_a_new_id_and_keeps_everything(anna: Account, contacts: BaseFolder) -> None:
    other = type(contacts)(parent=contacts, name="Kunden").save()
    saved = a_contact(contacts, stamp="link-1")

    ((moved_id, _),) = anna.bulk_move([saved], other)

    assert moved_id != saved.id
    assert contacts.all().count() == 0
    assert other.get(id=moved_id).stamp == "link-1"


def test_a_copy_carries_the_stamp_of_its_original(contacts: BaseFolder) -> None:
    saved = a_contact(contacts, stamp="link-1", body="Notiz")
    saved.copy(contacts)
    held = list(contacts.all().only("stamp", "body"))
    assert [one.stamp for one in held] == ["link-1", "link-1"]
    assert len({one.id for one in held}) == 2


def test_distribution_lists_and_messages_may_lie_among_contacts(contacts: BaseFolder) -> None:
    member = Member(
        mailbox=Mailbox(name="Kunde", email_address="kunde@firma.example", routing_type="SMTP", mailbox_type="OneOff")
    )
    DistributionList(folder=contacts, display_name="Verteiler", members=[member]).save()
    Message(folder=contacts, subject="Verirrt", body="Hallo").save()
    held = {type(one).__name__: one for one in contacts.all()}
    assert held["DistributionList"].members[0].mailbox.email_address == "kunde@firma.example"
    assert held["Message"].subject == "Verirrt"


def test_each_kind_of_item_needs_its_kind_of_folder(anna: Account) -> None:
    with pytest.raises(ErrorCannotCreateContactInNonContactFolder):
        Contact(folder=anna.calendar, display_name="Falsch").save()
    with pytest.raises(ErrorCannotCreateCalendarItemInNonCalendarFolder):
        CalendarItem(
            folder=anna.contacts,
            subject="Falsch",
            start=EWSDateTime(2026, 11, 23, 9, tzinfo=BERLIN),
            end=EWSDateTime(2026, 11, 23, 10, tzinfo=BERLIN),
        ).save()


def test_what_the_server_derives_cannot_be_set(exchange: Exchange) -> None:
    contact = "<t:Contact><t:HasAttachments>true</t:HasAttachments><t:DisplayName>x</t:DisplayName></t:Contact>"
    request = f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items>{contact}</m:Items></m:CreateItem>'
    answer = exchange.soap(request, impersonating("anna@example.com"))
    assert "ErrorInvalidPropertySet" in answer.text
