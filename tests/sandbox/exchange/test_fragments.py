"""Text made of XML is the XML it was made of."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sandbox.exchange.fragments import element, fragment
from sandbox.exchange.xmlnames import TYPES

xml_text = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r<>&\"'"))


@given(xml_text, xml_text)
def test_text_and_attributes_survive(text: str, attribute: str) -> None:
    parsed = etree.fromstring(f'<x xmlns:t="{TYPES}">{element("Entry", text, Key=attribute)}</x>')[0]
    assert (parsed.text or "", parsed.get("Key")) == (text, attribute)


def test_a_fragment_has_our_prefix_whatever_the_client_used() -> None:
    node = etree.fromstring(f'<q:A xmlns:q="{TYPES}" B="1"><!-- x --><q:C>&lt;</q:C></q:A>')
    assert fragment(node) == '<t:A B="1"><t:C>&lt;</t:C></t:A>'
