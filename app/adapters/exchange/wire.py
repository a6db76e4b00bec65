"""EWS as XML: building request elements, reading replies. Strict on purpose: a truncated reply must never pass for a short one.

Source: the schema types.xsd / messages.xsd of Exchange Web Services.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
_PREFIXES = {"m": MESSAGES, "t": TYPES}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_RAW_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids: they would make the server refuse the whole batch."""
    return text if text.isprintable() else _NOT_XML.sub("", text)


def t(name: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """An element of the types' namespace. Attribute names are given as EWS spells them."""
    return _element(TYPES, name, children, text, attributes)


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child in the types' namespace; cheaper than making one and appending it."""
    made = etree.SubElement(parent, f"{{{TYPES}}}{name}")
    for key, value in attributes.items():
        made.set(key, xml_text(value))
    if text is not None:
        made.text = xml_text(text)
    return made


def m(name: str, *children: Element, text: str | None = None, **attributes: str) -> Element:
    """An element of the messages' namespace."""
    return _element(MESSAGES, name, children, text, attributes)


def _element(
    namespace: str, name: str, children: tuple[Element, ...], text: str | None, attributes: dict[str, str]
) -> Element:
    made = etree.Element(f"{{{namespace}}}{name}", nsmap=_PREFIXES)
    for key, value in attributes.items():
        made.set(key, xml_text(value))
    if text is not None:
        made.text = xml_text(text)
    made.extend(children)
    return made


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname)


def children(element: Element) -> Iterator[Element]:
    """Child elements, without comments."""
    return (child for child in element if isinstance(child.tag, str))


def find(element: Element, path: str) -> Element | None:
    """First descendant at `path`, with the prefixes m and t."""
    return element.find(path, namespaces={"m": MESSAGES, "t": TYPES})


def text_of(element: Element | None) -> str:
    """The element's text, "" when it or its text is missing."""
    return (element.text or "") if element is not None else ""


class MalformedReply(ValueError):
    """What the server sent is not the XML that EWS promises; the message quotes nothing of it."""


def parse(content: bytes) -> Element:
    """Parse a whole reply at once. Exchange passes on control characters, which XML forbids: those are dropped, nothing else is forgiven."""
    try:
        return _parse(content)
    except etree.XMLSyntaxError:
        pass
    try:
        return _parse(_REFERENCE.sub(_keep_legal, _RAW_CONTROL.sub(b"", content)))
    except etree.XMLSyntaxError as error:
        raise MalformedReply(f"the reply of {len(content)} bytes is not well-formed XML") from error


def _parse(content: bytes) -> Element:
    # No entities, no network, and no recovery: lxml's recovery closes what a cut connection left open and drops what follows.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=False)
    return etree.fromstring(content, parser)


def _keep_legal(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if code <= sys.maxunicode and not _NOT_XML.match(chr(code)) else b""


@dataclass(frozen=True, slots=True)
class Message:
    """One response message, which answers one item or folder of a request. `code` is "NoError" when it went well."""

    element: Element
    code: str
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether this item's part was carried out."""
        return self.code == "NoError"


def message_of(element: Element) -> Message:
    """Read a `...ResponseMessage`. Source: ResponseMessageType."""
    code = text_of(find(element, "m:ResponseCode")).strip()
    if not code:
        code = "NoError" if element.get("ResponseClass") == "Success" else "ErrorWithoutCode"
    return Message(element, code, text_of(find(element, "m:MessageText")).strip())
