"""XML: strict about what is cut, forgiving about what Exchange is known to send."""

import pytest
from hypothesis import given

from app.adapters.exchange.paths import MARKER, STAMP, Path, address, email, phone, plain, tagged, values_of, well_known
from app.adapters.exchange.wire import MalformedReply, message_of, parse, t, text_of, xml_text
from tests.adapters.exchange.canned import bad, good, soap
from tests.adapters.exchange.texts import nasty_texts


@given(nasty_texts)
def test_every_text_can_be_put_into_xml(text: str) -> None:
    assert text_of(t("Value", text=text)) == xml_text(text)


@pytest.mark.parametrize("raw", ["a&#x0B;b", "a&#0;b", "a\x0bb", "a&#xFFFE;b", "a&#x110000;b", "a&#xD800;b"])
def test_control_characters_that_exchange_passes_on_are_dropped(raw: str) -> None:
    assert text_of(parse(f"<x>{raw}</x>".encode())) == "ab"


def test_characters_that_xml_allows_are_kept() -> None:
    assert text_of(parse("<x>&#x1F382;&#10;&#228;&amp;🎂</x>".encode())) == "🎂\nä&🎂"


@pytest.mark.parametrize("size", [10, 60, -1])
def test_a_truncated_reply_never_passes_for_a_short_one(size: int) -> None:
    with pytest.raises(MalformedReply):
        parse(soap("<m:GetItemResponse><m:ResponseMessages/></m:GetItemResponse>")[:size])


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "geheim"><!ENTITY f SYSTEM "file:///etc/hostname">]><x>&a;&f;</x>'
    assert text_of(parse(bomb)) == ""


def test_a_message_tells_its_code() -> None:
    root = parse(soap(good("GetItem") + bad("GetItem", "ErrorItemNotFound") + "<m:X ResponseClass='Error'/>"))
    assert [message_of(one).code for one in root[0]] == ["NoError", "ErrorItemNotFound", "ErrorWithoutCode"]


def test_all_ways_to_spell_a_property_are_understood() -> None:
    xml = """<m:Items><t:Contact>
        <t:Subject>s</t:Subject><t:Unbekannt><t:Tief/></t:Unbekannt><!-- note -->
        <t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x3A45" PropertyType="String"/><t:Value>Frau</t:Value></t:ExtendedProperty>
        <t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="00062004-0000-0000-C000-000000000046" PropertyId="32842" PropertyType="String"/>
            <t:Value>12</t:Value></t:ExtendedProperty>
        <t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="6F7C2A31-58C4-4B0E-9D7E-2F41C36A9B05" PropertyName="WiceSyncStamp"
            PropertyType="String"/><t:Value>x</t:Value></t:ExtendedProperty>
        <t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="11111111-0000-0000-0000-000000000000" PropertyName="WiceSyncMarker"
            PropertyType="String"/><t:Value>foreign</t:Value></t:ExtendedProperty>
        <t:EmailAddresses><t:Entry Key="EmailAddress1" Name="A" RoutingType="SMTP">a@example.com</t:Entry>
            <t:Entry Key="EmailAddress2" RoutingType="EX">/o=x/cn=b</t:Entry></t:EmailAddresses>
        <t:PhysicalAddresses><t:Entry Key="Home"><t:City>Berlin</t:City></t:Entry></t:PhysicalAddresses>
        <t:PhoneNumbers><t:Entry Key="Pager">1</t:Entry><t:Entry Key="BusinessPhone"/></t:PhoneNumbers>
    </t:Contact></m:Items>"""
    values = values_of(parse(soap(xml))[0][0][0])
    expected: dict[Path, str] = {
        plain("item", "Subject"): "s",
        tagged(0x3A45): "Frau",
        well_known("Address", 0x804A): "12",
        STAMP: "x",
        email("EmailAddress1"): "a@example.com",
        address("Home", "City"): "Berlin",
        phone("Pager"): "1",
        phone("BusinessPhone"): "",
    }
    assert {path: values.get(path) for path in expected} == expected
    assert MARKER not in values
    assert email("EmailAddress2") not in values
