"""Properties as a server may spell them."""

from app.adapters.exchange.paths import MARKER, STAMP, Path, address, email, phone, plain, tagged, values_of, well_known
from app.adapters.exchange.wire import parse
from tests.adapters.exchange.canned import soap


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
