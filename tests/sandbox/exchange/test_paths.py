"""Property paths and the keys they stand for."""

import pytest
from lxml import etree

from sandbox.exchange.errors import EwsError
from sandbox.exchange.paths import path_of

GUID = "C11FF724-AA03-4555-9952-8FA248A11C3E"


def key(element: str) -> str:
    return path_of(etree.fromstring(element)).key


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ('<FieldURI FieldURI="item:Subject"/>', "item:Subject"),
        ('<IndexedFieldURI FieldURI="contacts:PhoneNumber" FieldIndex="Pager"/>', "contacts:PhoneNumber[Pager]"),
        ('<ExtendedFieldURI PropertyTag="0x3A45" PropertyType="String"/>', "extended:tag:0x3a45:String"),
        ('<ExtendedFieldURI PropertyTag="14917" PropertyType="String"/>', "extended:tag:0x3a45:String"),
        (
            f'<ExtendedFieldURI PropertySetId="{GUID}" PropertyName="X" PropertyType="String"/>',
            f"extended:{GUID.lower()}:X:String",
        ),
        (
            '<ExtendedFieldURI DistinguishedPropertySetId="Address" PropertyId="32898" PropertyType="String"/>',
            "extended:00062004-0000-0000-c000-000000000046:32898:String",
        ),
    ],
)
def test_keys(element: str, expected: str) -> None:
    assert key(element) == expected


@pytest.mark.parametrize(
    "attributes",
    [
        'PropertyTag="0x3A45" PropertyName="X"',
        f'PropertySetId="{GUID}"',
        f'PropertySetId="{GUID}" PropertyName="X" PropertyId="1"',
        f'PropertySetId="{GUID}" DistinguishedPropertySetId="Common" PropertyName="X"',
        'PropertyName="X"',
    ],
)
def test_contradicting_attributes_are_refused(attributes: str) -> None:
    with pytest.raises(EwsError, match="ErrorInvalidExtendedProperty"):
        key(f'<ExtendedFieldURI {attributes} PropertyType="String"/>')
