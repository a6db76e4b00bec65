"""XML: strict about what is cut, forgiving about what Exchange is known to send."""

import pytest
from hypothesis import given

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
