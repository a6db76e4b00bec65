"""What an answer carries is what its shape asks for, in schema order."""

import re

import pytest

from tests.sandbox.exchange.conftest import Exchange

LOGIN = ("anna@example.com", "post-anna")
CONTACT = (
    '<t:Contact><t:Body BodyType="HTML">&lt;b&gt;Hallo&lt;/b&gt;</t:Body><t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x3A45"'
    ' PropertyType="String"/><t:Value>Dr.</t:Value></t:ExtendedProperty><t:DisplayName>Eva Muster</t:DisplayName><t:PhoneNumbers>'
    '<t:Entry Key="MobilePhone">1</t:Entry><t:Entry Key="Pager">2</t:Entry></t:PhoneNumbers></t:Contact>'
)


@pytest.fixture
def contact_id(exchange: Exchange) -> str:
    exchange.soap(
        f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items>{CONTACT}</m:Items></m:CreateItem>', login=LOGIN
    )
    return str(exchange.items("contacts")[0]["id"])


def got(exchange: Exchange, contact_id: str, base: str, *paths: str, body: str = "") -> str:
    additional = f"<t:AdditionalProperties>{''.join(paths)}</t:AdditionalProperties>" if paths else ""
    body_type = f"<t:BodyType>{body}</t:BodyType>" if body else ""
    shape = f"<m:ItemShape><t:BaseShape>{base}</t:BaseShape>{body_type}{additional}</m:ItemShape>"
    answer = exchange.soap(
        f'<m:GetItem>{shape}<m:ItemIds><t:ItemId Id="{contact_id}"/></m:ItemIds></m:GetItem>', login=LOGIN
    )
    found = re.search(r"<t:Contact>(.*)</t:Contact>", answer.text, re.DOTALL)
    assert found, answer.text
    return re.sub(r"<t:ItemId [^>]*/>", "", found[1])


def test_id_only_is_the_id_only(exchange: Exchange, contact_id: str) -> None:
    assert got(exchange, contact_id, "IdOnly") == ""


def test_single_entries_can_be_asked_for(exchange: Exchange, contact_id: str) -> None:
    pager = '<t:IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Pager"/>'
    expected = '<t:PhoneNumbers><t:Entry Key="Pager">2</t:Entry></t:PhoneNumbers>'
    assert got(exchange, contact_id, "IdOnly", pager) == expected


def test_extended_properties_come_only_when_asked_for_and_as_asked(exchange: Exchange, contact_id: str) -> None:
    title = '<t:ExtendedFieldURI PropertyTag="14917" PropertyType="String"/>'
    assert (
        got(exchange, contact_id, "IdOnly", title)
        == f"<t:ExtendedProperty>{title}<t:Value>Dr.</t:Value></t:ExtendedProperty>"
    )
    assert "ExtendedProperty" not in got(exchange, contact_id, "AllProperties")


@pytest.mark.parametrize(
    ("body", "expected"), [("Text", ">Hallo<"), ("HTML", "&lt;b&gt;Hallo"), ("Best", "&lt;b&gt;Hallo")]
)
def test_the_body_comes_as_asked(exchange: Exchange, contact_id: str, body: str, expected: str) -> None:
    assert expected in got(exchange, contact_id, "IdOnly", '<t:FieldURI FieldURI="item:Body"/>', body=body)


def test_default_has_no_body_and_all_properties_has(exchange: Exchange, contact_id: str) -> None:
    assert "<t:Body" not in got(exchange, contact_id, "Default")
    assert "<t:Body" in got(exchange, contact_id, "AllProperties")


def test_an_answer_is_never_older_than_the_item(exchange: Exchange, contact_id: str) -> None:
    job = '<t:FieldURI FieldURI="contacts:JobTitle"/>'
    assert got(exchange, contact_id, "IdOnly", job) == ""
    exchange.soap(
        '<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange>'
        f'<t:ItemId Id="{contact_id}"/><t:Updates><t:SetItemField>{job}<t:Contact><t:JobTitle>Einkauf</t:JobTitle></t:Contact></t:SetItemField>'
        "</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>",
        login=LOGIN,
    )
    assert got(exchange, contact_id, "IdOnly", job) == "<t:JobTitle>Einkauf</t:JobTitle>"
