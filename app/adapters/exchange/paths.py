"""Paths: how EWS names one property of an item, for asking, reading, setting and deleting it.

Source: FieldURI, IndexedFieldURI and ExtendedFieldURI of types.xsd. One path = one property, so that an update touches exactly what is mapped (R2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree
from lxml.etree import _Element as Element

from app.adapters.exchange.definitions import defined, like
from app.adapters.exchange.wire import add, children, find, local, t, text_of
from app.adapters.exchange.zones import iana_name

OWN_SET = "6f7c2a31-58c4-4b0e-9d7e-2f41c36a9b05"
"""Property set of this product's own named properties (chosen once at random; never change it: existing stamps lie under it)."""


@dataclass(frozen=True, slots=True)
class Path:
    """One property. `element` is the item's child that holds it; `index` and `part` select within a dictionary of e-mails, phones, addresses;
    `extended` are the attributes of an ExtendedFieldURI.
    """

    element: str
    uri: str = ""
    index: str = ""
    part: str = ""
    extended: tuple[tuple[str, str], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        # Computed once: of each item that is read or written some ninety are asked for.
        named = (self.element, self.uri, self.index, self.part, self.extended)
        object.__setattr__(self, "_hash", hash(named))

    def __hash__(self) -> int:
        return self._hash

    def field(self) -> Element:
        """The element that names this property in shapes, updates and restrictions."""
        if self.extended:
            return t("ExtendedFieldURI", **dict(self.extended))
        if self.index:
            return t("IndexedFieldURI", FieldURI=self.uri, FieldIndex=self.index)
        return t("FieldURI", FieldURI=self.uri)


def plain(namespace: str, element: str) -> Path:
    """A property of its own, such as contacts:GivenName."""
    return Path(element, uri=f"{namespace}:{element}")


def phone(label: str) -> Path:
    """One of the 19 telephone numbers. Source: PhoneNumberKeyType."""
    return Path("PhoneNumbers", uri="contacts:PhoneNumber", index=label)


def email(label: str) -> Path:
    """One of the three e-mail addresses. Source: EmailAddressKeyType."""
    return Path("EmailAddresses", uri="contacts:EmailAddress", index=label)


def address(label: str, part: str) -> Path:
    """One part of one of the three postal addresses. Source: PhysicalAddressKeyType."""
    return Path("PhysicalAddresses", uri=f"contacts:PhysicalAddress:{part}", index=label, part=part)


def own(name: str) -> Path:
    """A named string property of this product."""
    return _extended(PropertySetId=OWN_SET, PropertyName=name, PropertyType="String")


def well_known(property_set: str, number: int) -> Path:
    """A MAPI string property by the set's EWS name and its number."""
    return _extended(DistinguishedPropertySetId=property_set, PropertyId=str(number), PropertyType="String")


def tagged(tag: int) -> Path:
    """A MAPI string property by its tag."""
    return _extended(PropertyTag=f"0x{tag:04x}", PropertyType="String")


def _extended(**attributes: str) -> Path:
    return Path("ExtendedProperty", extended=tuple(attributes.items()))


def clock(element: str) -> Path:
    """A property of a calendar item."""
    return plain("calendar", element)


STAMP = own("WiceSyncStamp")
"""On every item that this server creates (R30)."""
MARKER = own("WiceSyncMarker")
"""On a folder: which installation and profile work here (R43)."""
BODY = plain("item", "Body")
ITEM_CLASS = plain("item", "ItemClass")
PARENT = plain("item", "ParentFolderId")

_ORDER = (
    *("Subject", "Sensitivity", "Body", "ExtendedProperty"),
    *("FileAs", "DisplayName", "GivenName", "CompanyName", "EmailAddresses", "PhysicalAddresses", "PhoneNumbers"),
    *("Birthday", "BusinessHomePage", "Department", "JobTitle", "Surname"),
    *("UID", "Start", "End", "IsAllDayEvent", "Location", "Recurrence", "StartTimeZone", "EndTimeZone"),
)
"""The schema is a sequence: children in another order are refused."""
_PLACES = {name: place for place, name in enumerate(_ORDER)}
_PARTS = ("Street", "City", "State", "CountryOrRegion", "PostalCode")

Values = Mapping[Path, str]
"""Property -> its text, a series' recurrence -> its XML; a missing or empty one is not there."""


def item_with(element: str, values: Values) -> Element:
    """An item element (`Contact`, `CalendarItem`) that holds `values`, in the schema's order."""
    item = t(element)
    filled = [path for path, text in values.items() if text]
    for path in sorted(filled, key=_place):
        _put(item, path, values[path])
    return item


def _place(path: Path) -> tuple[int, str, int]:
    return _PLACES[path.element], path.index, _PARTS.index(path.part) if path.part else 0


def _put(item: Element, path: Path, text: str) -> None:
    if path.extended:
        own = add(item, "ExtendedProperty")
        add(own, "ExtendedFieldURI", **dict(path.extended))
        add(own, "Value", text)
    elif path.part:
        add(_entry(_holder(item, path.element), path.index), path.part, text)
    elif path.index:
        add(_holder(item, path.element), "Entry", text, Key=path.index)
    elif path.element.endswith("TimeZone"):
        add(item, path.element, Id=text)
    elif path.element == "Recurrence":
        item.append(etree.fromstring(text))
    elif path == BODY:
        add(item, "Body", text, BodyType="Text")
    else:
        add(item, path.element, text)


def _holder(item: Element, name: str) -> Element:
    # In the schema's order: what is to be continued stands last.
    last = item[-1] if len(item) else None
    return last if last is not None and local(last) == name else add(item, name)


def _entry(holder: Element, key: str) -> Element:
    for entry in holder:
        if entry.get("Key") == key:
            return entry
    return add(holder, "Entry", Key=key)


_COMMON = frozenset({"Subject", "Sensitivity", "Body", "ItemClass"})
"""Properties of every item; the others belong to its type."""


def values_of(item: Element) -> dict[Path, str]:
    """All properties that an item element carries as text. What is nested otherwise (attendees) is read by its own reader."""
    namespace = "calendar" if local(item) == "CalendarItem" else "contacts"
    values: dict[Path, str] = {}
    for child in children(item):
        name = local(child)
        if name == "ExtendedProperty":
            _read_extended(child, values)
        elif name in {"EmailAddresses", "PhoneNumbers", "PhysicalAddresses"}:
            for entry in children(child):
                _read_entry(name, entry, values)
        elif name.endswith("TimeZone"):
            values[clock(name)] = child.get("Id", "")
        elif name == "ParentFolderId":
            values[PARENT] = child.get("Id", "")
        else:
            values[plain("item" if name in _COMMON else namespace, name)] = text_of(child)
    for name in ("Start", "End"):
        _read_zone(find(item, f"t:{name}TimeZone"), name, values)
    return values


def _moment(text: str) -> datetime | None:
    """A time with its offset as UTC; None for anything else, which its own reader refuses."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _read_zone(element: Element | None, name: str, values: dict[Path, str]) -> None:
    """A zone that only the item's own definition tells: its name by its rules, else how far it is from UTC at that time (R17)."""
    if element is None or iana_name(element.get("Id", "")):
        return
    zone, at = defined(element), _moment(values.get(clock(name), ""))
    if zone is None or at is None:
        return
    values[clock(f"{name}TimeZone")] = like(zone, at.year) or element.get("Id", "")
    values[clock(f"{name}Offset")] = str(int(zone.offset(at).total_seconds()))


def _read_entry(name: str, entry: Element, values: dict[Path, str]) -> None:
    key = entry.get("Key", "")
    if name == "PhysicalAddresses":
        values.update({address(key, local(part)): text_of(part) for part in children(entry)})
    elif name == "PhoneNumbers":
        values[phone(key)] = text_of(entry)
    elif entry.get("RoutingType", "SMTP").upper() != "EX":
        # An address-book entry carries its directory name ("/o=..."), which is no e-mail address outside this organisation.
        values[email(key)] = text_of(entry)


def _read_extended(element: Element, values: dict[Path, str]) -> None:
    uri, value = find(element, "t:ExtendedFieldURI"), find(element, "t:Value")
    if uri is None or value is None:
        return
    spelled = {str(name): str(text) for name, text in uri.attrib.items()}
    property_set = spelled.get("PropertySetId", "").casefold()
    if tag := spelled.get("PropertyTag", ""):
        # Exchange answers tags in its own spelling, hexadecimal or decimal.
        values[tagged(int(tag, 0))] = text_of(value)
    elif "PropertyId" in spelled:
        name = spelled.get("DistinguishedPropertySetId") or _SETS.get(property_set, property_set)
        values[well_known(name, int(spelled["PropertyId"]))] = text_of(value)
    elif property_set == OWN_SET:
        values[own(spelled.get("PropertyName", ""))] = text_of(value)


_SETS = {"00062004-0000-0000-c000-000000000046": "Address"}
"""PSETID_Address, which a server may answer by its GUID. Source: [MS-OXPROPS] 1.3.2."""
