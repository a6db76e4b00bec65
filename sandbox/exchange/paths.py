"""Property paths (FieldURI, IndexedFieldURI, ExtendedFieldURI) and the keys under which items keep their properties.

Keys: "contacts:GivenName" · "contacts:PhoneNumber[MobilePhone]" · "contacts:PhysicalAddress:City[Business]" ·
"extended:{property set}:{name or id}:{type}" · "extended:tag:0x3a45:{type}".
"""

from typing import NamedTuple

from lxml.etree import _Element as Element

from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import children, fragment, local
from sandbox.exchange.xmlnames import PROPERTY_SETS

PATHS = frozenset(("FieldURI", "IndexedFieldURI", "ExtendedFieldURI"))
EXTENDED = "extended:"

_KNOWN_SETS = {name.casefold(): guid for name, guid in PROPERTY_SETS.items()}


class Path(NamedTuple):
    """A property as a client names it: the key, and the client's own element, echoed with an extended property's value."""

    key: str
    xml: str


def path_of(node: Element) -> Path:
    """Read a path element. Raises: EwsError ErrorInvalidExtendedProperty for contradicting attributes."""
    match local(node):
        case "FieldURI":
            key = str(node.get("FieldURI"))
        case "IndexedFieldURI":
            key = entry_key(str(node.get("FieldURI")), str(node.get("FieldIndex")))
        case _:
            key = extended_key(node)
    return Path(key, fragment(node))


def first_path(node: Element) -> Path:
    """The path among the children of `node`. Raises: EwsError ErrorInvalidRequest when there is none."""
    for found in children(node):
        if local(found) in PATHS:
            return path_of(found)
    raise EwsError("ErrorInvalidRequest", f"{local(node)} names no property.")


def entry_key(uri: str, label: str) -> str:
    """Key of one dictionary entry, for example of the mobile phone number."""
    return f"{uri}[{label}]"


def is_extended(key: str) -> bool:
    return key.startswith(EXTENDED)


def extended_key(node: Element) -> str:
    """Identity of an extended property: property set and name or id, or tag; and its type."""
    kind = str(node.get("PropertyType"))
    tag, known, given = node.get("PropertyTag"), node.get("DistinguishedPropertySetId"), node.get("PropertySetId")
    name, number = node.get("PropertyName"), node.get("PropertyId")
    if tag is not None and (known or given or name or number):
        raise EwsError("ErrorInvalidExtendedProperty", "PropertyTag goes with PropertyType alone.")
    if tag is not None:
        return f"{EXTENDED}tag:0x{int(str(tag), 0):04x}:{kind}"
    property_set = _KNOWN_SETS.get(str(known).casefold()) if known else str(given or "").casefold()
    if not property_set or (name is None) == (number is None) or (known and given):
        raise EwsError(
            "ErrorInvalidExtendedProperty", "An extended property needs one property set and either a name or an id."
        )
    return f"{EXTENDED}{property_set}:{name if name is not None else int(str(number), 0)}:{kind}"
