"""UpdateItem: one property at a time, conflicts by change key."""

from typing import Any

import pytest
from exchangelib import Account, CalendarItem, Contact, EWSDateTime, HTMLBody
from exchangelib.errors import ErrorIrresolvableConflict, ErrorItemNotFound
from exchangelib.folders import BaseFolder
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress

from tests.sandbox.exchange.conftest import BERLIN, Exchange, impersonating


def saved_contact(folder: BaseFolder) -> Any:
    return Contact(
        folder=folder,
        display_name="Eva Muster",
        given_name="Eva",
        surname="Muster",
        categories=["Kunde"],
        email_addresses=[EmailAddress(label="EmailAddress1", email="eva@firma.example")],
        phone_numbers=[
            PhoneNumber(label="BusinessPhone", phone_number="1"),
            PhoneNumber(label="Pager", phone_number="2"),
        ],
        physical_addresses=[PhysicalAddress(label="Home", street="Weg 1", city="Köln")],
        body=HTMLBody("<p>Hallo</p>"),
    ).save()


def update(
    exchange: Exchange, item: Contact, changes: str, resolution: str = "AlwaysOverwrite", key: str | None = None
) -> str:
    """One UpdateItem written by hand; the answer's text."""
    change_key = f' ChangeKey="{key}"' if key else ""
    return exchange.soap(
        f'<m:UpdateItem ConflictResolution="{resolution}" MessageDisposition="SaveOnly"><m:ItemChanges><t:ItemChange>'
        f'<t:ItemId Id="{item.id}"{change_key}/><t:Updates>{changes}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>',
        impersonating("anna@example.com", "SmtpAddress"),
    ).text


def set_field(uri: str, inner: str) -> str:
    return f"<t:SetItemField>{uri}<t:Contact>{inner}</t:Contact></t:SetItemField>"


JOB = set_field('<t:FieldURI FieldURI="contacts:JobTitle"/>', "<t:JobTitle>Einkauf</t:JobTitle>")


def test_an_update_touches_the_named_property_only_R2(exchange: Exchange, contacts: BaseFolder) -> None:
    item = saved_contact(contacts)
    (before,) = exchange.items("contacts")
    item.job_title = "Einkauf"
    item.save(update_fields=["job_title"])
    (after,) = exchange.items("contacts")
    assert after["properties"] == before["properties"] | {"contacts:JobTitle": "Einkauf"}
    assert after["body"] == before["body"] == {"type": "HTML", "content": "<p>Hallo</p>"}


def test_entries_are_set_and_deleted_one_by_one(exchange: Exchange, contacts: BaseFolder) -> None:
    item = saved_contact(contacts)
    changes = (
        set_field(
            '<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="MobilePhone"/>',
            '<t:PhoneNumbers><t:Entry Key="MobilePhone">3</t:Entry></t:PhoneNumbers>',
        )
        + set_field(
            '<t:IndexedFieldURI FieldURI="contacts:PhysicalAddress:City" FieldIndex="Home"/>',
            '<t:PhysicalAddresses><t:Entry Key="Home"><t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses>',
        )
        + '<t:DeleteItemField><t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Pager"/></t:DeleteItemField>'
        + '<t:DeleteItemField><t:IndexedFieldURI FieldURI="contacts:EmailAddress" FieldIndex="EmailAddress1"/></t:DeleteItemField>'
    )
    assert "NoError" in update(exchange, item, changes)
    held = contacts.get(id=item.id)
    assert {phone.label: phone.phone_number for phone in held.phone_numbers} == {
        "BusinessPhone": "1",
        "MobilePhone": "3",
    }
    assert (held.physical_addresses[0].street, held.physical_addresses[0].city) == ("Weg 1", "Bonn")
    assert held.email_addresses is None


@pytest.mark.parametrize(
    ("resolution", "key", "expected"),
    [
        ("NeverOverwrite", "stale", "ErrorIrresolvableConflict"),
        ("NeverOverwrite", "current", "NoError"),
        ("NeverOverwrite", None, "ErrorChangeKeyRequired"),
        ("AutoResolve", "stale", "NoError"),
        ("AutoResolve", None, "ErrorChangeKeyRequired"),
        ("AlwaysOverwrite", "stale", "NoError"),
        ("AlwaysOverwrite", None, "NoError"),
    ],
)
def test_change_keys_are_conditions_as_conflict_resolution_says_R31(
    exchange: Exchange, contacts: BaseFolder, resolution: str, key: str | None, expected: str
) -> None:
    item = saved_contact(contacts)
    stale = item.changekey
    current = exchange.post("touch", mailbox="anna@example.com", id=item.id)["change_key"]
    assert stale != current
    keys = {"stale": stale, "current": current, None: None}
    assert f"<m:ResponseCode>{expected}</m:ResponseCode>" in update(exchange, item, JOB, resolution, keys[key])


def test_a_lost_race_raises_in_exchangelib_and_leaves_the_item_alone_R31(
    exchange: Exchange, anna: Account, contacts: BaseFolder
) -> None:
    item = saved_contact(contacts)
    exchange.post("touch", mailbox="anna@example.com", id=item.id)
    item.job_title = "Einkauf"
    with pytest.raises(ErrorIrresolvableConflict):
        list(anna.bulk_update([(item, ["job_title"])], conflict_resolution="NeverOverwrite"))
    assert "contacts:JobTitle" not in exchange.items("contacts")[0]["properties"]


def test_the_condition_is_dropped_when_told_so(exchange: Exchange, contacts: BaseFolder) -> None:
    item = saved_contact(contacts)
    exchange.post("touch", mailbox="anna@example.com", id=item.id)
    exchange.fault("ignore_change_key", "UpdateItem")
    assert "NoError" in update(exchange, item, JOB, "NeverOverwrite", item.changekey)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            set_field('<t:FieldURI FieldURI="item:HasAttachments"/>', "<t:HasAttachments>true</t:HasAttachments>"),
            "ErrorInvalidPropertySet",
        ),
        (
            set_field(
                '<t:FieldURI FieldURI="contacts:PhoneNumbers"/>',
                '<t:PhoneNumbers><t:Entry Key="Pager">1</t:Entry></t:PhoneNumbers>',
            ),
            "ErrorInvalidPropertySet",
        ),
        (
            set_field('<t:FieldURI FieldURI="contacts:JobTitle"/>', "<t:Manager>x</t:Manager>"),
            "ErrorUpdatePropertyMismatch",
        ),
        (
            set_field(
                '<t:FieldURI FieldURI="contacts:JobTitle"/>', "<t:JobTitle>x</t:JobTitle><t:Manager>x</t:Manager>"
            ),
            "ErrorIncorrectUpdatePropertyCount",
        ),
    ],
    ids=["read-only", "whole-dictionary", "mismatch", "count"],
)
def test_a_bad_change_fails_its_item_and_changes_nothing(
    exchange: Exchange, contacts: BaseFolder, changes: str, code: str
) -> None:
    item = saved_contact(contacts)
    before = exchange.items("contacts")
    assert code in update(exchange, item, JOB + changes)
    assert exchange.items("contacts") == before


def test_append_adds_to_lists_and_bodies(contacts: BaseFolder, exchange: Exchange) -> None:
    item = saved_contact(contacts)
    changes = (
        '<t:AppendToItemField><t:FieldURI FieldURI="item:Categories"/><t:Contact><t:Categories><t:String>VIP</t:String></t:Categories></t:Contact>'
        '</t:AppendToItemField><t:AppendToItemField><t:FieldURI FieldURI="item:Body"/><t:Contact><t:Body BodyType="HTML">&lt;p&gt;Mehr&lt;/p&gt;'
        "</t:Body></t:Contact></t:AppendToItemField>"
    )
    assert "NoError" in update(exchange, item, changes)
    held = contacts.get(id=item.id)
    assert held.categories == ["Kunde", "VIP"]
    assert held.text_body == "Hallo\r\nMehr"


def test_an_item_that_is_gone_is_reported_among_its_siblings_R32(anna: Account, contacts: BaseFolder) -> None:
    gone, stays = saved_contact(contacts), saved_contact(contacts)
    gone_id = (gone.id, gone.changekey)
    contacts.get(id=gone.id).delete()
    gone.id, gone.changekey = gone_id
    for item in (gone, stays):
        item.job_title = "Einkauf"
    results = list(anna.bulk_update([(gone, ["job_title"]), (stays, ["job_title"])]))
    assert isinstance(results[0], ErrorItemNotFound)
    assert results[1][0] == stays.id


def test_an_appointments_zone_and_end_may_change_and_its_uid_may_not(calendar: BaseFolder, exchange: Exchange) -> None:
    start = EWSDateTime(2026, 7, 14, 9, tzinfo=BERLIN)
    item = CalendarItem(
        folder=calendar, subject="Termin", start=start, end=start.replace(hour=10), uid="abc@wice.example"
    ).save()
    item.end = start.replace(hour=11)
    item.save(update_fields=["start", "end"])
    held = calendar.get(id=item.id)
    assert (held.uid, held.end) == ("abc@wice.example", start.replace(hour=11))
    changes = '<t:SetItemField><t:FieldURI FieldURI="calendar:UID"/><t:CalendarItem><t:UID>x</t:UID></t:CalendarItem></t:SetItemField>'
    answer = exchange.soap(
        '<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange>'
        f'<t:ItemId Id="{item.id}"/><t:Updates>{changes}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>',
        impersonating("anna@example.com", "SmtpAddress"),
    )
    assert "ErrorInvalidPropertySet" in answer.text


def test_extended_properties_and_bodies_are_set_and_deleted_like_any_other(
    exchange: Exchange, contacts: BaseFolder
) -> None:
    item = saved_contact(contacts)
    stamp = '<t:ExtendedFieldURI PropertySetId="c11ff724-aa03-4555-9952-8fa248a11c3e" PropertyName="Stamp" PropertyType="String"/>'
    text = set_field('<t:FieldURI FieldURI="item:Body"/>', '<t:Body BodyType="Text">Neu</t:Body>')
    value = f"<t:ExtendedProperty>{stamp}<t:Value>link-1</t:Value></t:ExtendedProperty>"
    assert "NoError" in update(exchange, item, set_field(stamp, value) + text)
    (held,) = exchange.items("contacts")
    assert held["extended"] == {"extended:c11ff724-aa03-4555-9952-8fa248a11c3e:Stamp:String": "link-1"}
    assert held["body"] == {"type": "Text", "content": "Neu"}
    gone = f'<t:DeleteItemField>{stamp}</t:DeleteItemField><t:DeleteItemField><t:FieldURI FieldURI="item:Body"/></t:DeleteItemField>'
    assert "NoError" in update(exchange, item, gone)
    (held,) = exchange.items("contacts")
    assert (held["extended"], held["body"]) == ({}, None)


def test_distinguished_property_sets_and_their_guids_name_the_same_property(
    exchange: Exchange, contacts: BaseFolder
) -> None:
    item = saved_contact(contacts)
    named = '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="Link" PropertyType="String"/>'
    by_guid = '<t:ExtendedFieldURI PropertySetId="00020329-0000-0000-C000-000000000046" PropertyName="Link" PropertyType="String"/>'
    update(exchange, item, set_field(named, f"<t:ExtendedProperty>{named}<t:Value>1</t:Value></t:ExtendedProperty>"))
    update(
        exchange, item, set_field(by_guid, f"<t:ExtendedProperty>{by_guid}<t:Value>2</t:Value></t:ExtendedProperty>")
    )
    assert list(exchange.items("contacts")[0]["extended"].values()) == ["2"]
