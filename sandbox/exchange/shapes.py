"""Which properties an answer carries (ItemShape), and an item written down in that shape. Written once, kept until the item changes."""

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.etree import _Element as Element

from sandbox.exchange import bodies, views
from sandbox.exchange.fragments import attributes, child, child_text, children, local
from sandbox.exchange.paths import Path, entry_key, is_extended, path_of
from sandbox.exchange.world import Item
from sandbox.exchange.xmlnames import ADDRESS_PARTS, ENTRY_URI, FIELDS, LABELS

_DEFAULT = [
    "item:ItemId",
    "item:ParentFolderId",
    "item:Subject",
    "item:Sensitivity",
    "item:HasAttachments",
    "item:Importance",
    "item:Size",
    "item:DateTimeSent",
    "contacts:FileAs",
    "contacts:DisplayName",
    "contacts:CompanyName",
    "contacts:CompleteName",
    "contacts:EmailAddresses",
    "contacts:PhysicalAddresses",
    "contacts:PhoneNumbers",
    "contacts:ImAddresses",
    "contacts:JobTitle",
    "contacts:Surname",
    "distributionlist:Members",
    "calendar:Start",
    "calendar:End",
    "calendar:LegacyFreeBusyStatus",
    "calendar:Location",
    "calendar:IsRecurring",
    "calendar:CalendarItemType",
    "calendar:Organizer",
    "calendar:IsAllDayEvent",
    "message:From",
    "message:IsRead",
    "task:DueDate",
    "task:Status",
]
_NEVER_IN_LISTS = frozenset(
    [
        "item:Body",
        "item:TextBody",
        "item:UniqueBody",
        "item:Attachments",
        "item:MimeContent",
        "calendar:ModifiedOccurrences",
        "calendar:DeletedOccurrences",
        "calendar:FirstOccurrence",
        "calendar:LastOccurrence",
    ]
)
_KEPT_SHAPES = 8  # per item: a client uses few, and memory must not grow with odd ones
_ONLY_WHEN_ASKED = frozenset(("item:MimeContent", "item:TextBody", "item:UniqueBody"))


@dataclass(frozen=True)
class Shape:
    """`paths` are the additional ones; `listing` shapes (FindItem, SyncFolderItems) never carry bodies, attachments or occurrences."""

    base: str
    body_type: str
    paths: tuple[Path, ...]
    listing: bool


@dataclass(frozen=True)
class _Slot:
    """One element to write: a property, or the entries of a dictionary element as (label, keys)."""

    key: str
    name: str = ""
    entries: tuple[tuple[str, tuple[str, ...]], ...] = ()


def shape_of(node: Element | None, *, listing: bool) -> Shape:
    """Read an ItemShape element."""
    if node is None:
        return ID_ONLY
    return _shape(etree.tostring(node), listing)


@lru_cache(maxsize=256)
def _shape(raw: bytes, listing: bool) -> Shape:
    node = etree.fromstring(raw)
    paths = tuple(path_of(path) for path in children(child(node, "AdditionalProperties")))
    return Shape(child_text(node, "BaseShape"), child_text(node, "BodyType") or "Best", paths, listing)


ID_ONLY = Shape("IdOnly", "Best", (), listing=False)


def render(item: Item, shape: Shape) -> str:
    """The item as an element of its type, properties in schema order."""
    written = item.rendered.get(shape)
    if written is None:
        if len(item.rendered) >= _KEPT_SHAPES:
            item.rendered.clear()
        written = item.rendered[shape] = _written(item, shape)
    return written


def _written(item: Item, shape: Shape) -> str:
    if shape == ID_ONLY or (shape.base == "IdOnly" and not shape.paths):
        return f"<t:{item.kind}>{views.item_id(item)}</t:{item.kind}>"
    view = views.view_of(item)
    parts = [f"<t:{item.kind}>"]
    for slot in _plan(shape, item.kind):
        if slot.entries:
            parts.append(_dictionary(slot, view))
        elif slot.key == "item:Body":
            parts.append(bodies.rendered(item.body, shape.body_type))
        elif slot.key == "item:ExtendedProperty":
            parts.extend(_extended(path, view) for path in shape.paths if path.key in view and is_extended(path.key))
        else:
            parts.append(view.get(slot.key, ""))
    parts.append(f"</t:{item.kind}>")
    return "".join(parts)


def _extended(path: Path, view: dict[str, str]) -> str:
    return f"<t:ExtendedProperty>{path.xml}{view[path.key]}</t:ExtendedProperty>"


def _dictionary(slot: _Slot, view: dict[str, str]) -> str:
    inner = ""
    for label, keys in slot.entries:
        held = "".join(view[key] for key in keys if key in view)
        if held:
            inner += f"<t:Entry{attributes(Key=label)}>{held}</t:Entry>" if slot.name == "PhysicalAddresses" else held
    return f"<t:{slot.name}>{inner}</t:{slot.name}>" if inner else ""


@lru_cache(maxsize=512)
def _plan(shape: Shape, kind: str) -> tuple[_Slot, ...]:
    wanted = {"item:ItemId", *(path.key for path in shape.paths)}
    if shape.base == "Default":
        wanted.update(_DEFAULT)
    elif shape.base == "AllProperties":
        wanted.update(key for key in FIELDS[kind].values() if key not in _ONLY_WHEN_ASKED)
    if shape.listing:
        wanted -= _NEVER_IN_LISTS
    slots = []
    for name, key in FIELDS[kind].items():
        if kind == "Contact" and name in ENTRY_URI:
            entries = _entries(name, key, wanted)
            slots.extend([_Slot(key, name, entries)] if entries else [])
        elif key in wanted or name == "ExtendedProperty":
            slots.append(_Slot(key))
    return tuple(slots)


def _entries(name: str, key: str, wanted: set[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The entries asked for one by one, or all of them when the whole dictionary is."""
    uris = [f"{ENTRY_URI[name]}:{part}" for part in ADDRESS_PARTS] if name == "PhysicalAddresses" else [ENTRY_URI[name]]
    found = []
    for label in LABELS[name]:
        keys = tuple(entry_key(uri, label) for uri in uris)
        asked = keys if key in wanted else tuple(one for one in keys if one in wanted)
        if asked:
            found.append((label, asked))
    return tuple(found)


def is_item(node: Element) -> bool:
    """Whether the element is an item of a type this server stores."""
    return local(node) in FIELDS
