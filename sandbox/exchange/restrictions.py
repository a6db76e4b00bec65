"""Restrictions of FindItem and FindFolder: And, Or, Not, Exists, comparisons with a constant or another field, Contains."""

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from lxml.etree import _Element as Element

from sandbox.exchange import bodies
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, children, local
from sandbox.exchange.paths import PATHS, path_of
from sandbox.exchange.views import instant, view_of
from sandbox.exchange.world import Folder, Item
from sandbox.exchange.xmlnames import DATE_TIMES

Value = Callable[[str], str | None]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "IsEqualTo": operator.eq,
    "IsNotEqualTo": operator.ne,
    "IsGreaterThan": operator.gt,
    "IsGreaterThanOrEqualTo": operator.ge,
    "IsLessThan": operator.lt,
    "IsLessThanOrEqualTo": operator.le,
}


def item_matches(item: Item, restriction: Element) -> bool:
    """Whether an item satisfies a Restriction element. Raises: EwsError ErrorUnsupportedQueryFilter."""
    return all(_holds(partial(item_value, item), test) for test in children(restriction))


def folder_matches(folder: Folder, restriction: Element) -> bool:
    """Whether a folder satisfies a Restriction element."""
    return all(_holds(partial(_folder_value, folder), test) for test in children(restriction))


def item_value(item: Item, key: str) -> str | None:
    """Text of a property, stored or derived; None when the item has none."""
    if key in item.properties:
        return item.properties[key].text
    match key:
        case "item:Body" | "item:TextBody":
            return bodies.as_text(item.body) if item.body else None
        case "item:ItemId":
            return item.id
        case "item:DateTimeCreated" | "item:DateTimeReceived" | "item:DateTimeSent":
            return instant(item.created)
        case "item:LastModifiedTime":
            return instant(item.modified)
    xml = view_of(item).get(key)
    return None if xml is None else xml.partition(">")[2].rpartition("</")[0]


def _folder_value(folder: Folder, key: str) -> str | None:
    if key in folder.properties:
        return folder.properties[key].text
    return {"folder:DisplayName": folder.name, "folder:FolderClass": folder.folder_class}.get(key)


def _holds(value: Value, test: Element) -> bool:
    name, parts = local(test), children(test)
    match name:
        case "And":
            return all(_holds(value, part) for part in parts)
        case "Or":
            return any(_holds(value, part) for part in parts)
        case "Not":
            return not _holds(value, parts[0])
        case "Exists":
            return value(path_of(parts[0]).key) is not None
        case "Contains":
            return _contains(value, test)
        case _ if name in _COMPARISONS:
            return _compares(value, test)
    raise EwsError("ErrorUnsupportedQueryFilter", f"{name} is not supported here.")


def _compares(value: Value, test: Element) -> bool:
    path = path_of(children(test)[0])
    operand = child(test, "FieldURIOrConstant")
    other = children(operand)[0]
    right = value(path_of(other).key) if local(other) in PATHS else str(other.get("Value"))
    left = value(path.key)
    if left is None or right is None:
        return local(test) == "IsNotEqualTo"
    return _COMPARISONS[local(test)](*_comparable(path.key, left, right))


def _comparable(key: str, left: str, right: str) -> tuple[object, object]:
    if key in DATE_TIMES:
        return _moment(left), _moment(right)
    flags = {"true": True, "1": True, "false": False, "0": False}
    if left.lower() in ("true", "false") and right.lower() in flags:
        return flags[left.lower()], flags[right.lower()]
    return left, right


def _moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _contains(value: Value, test: Element) -> bool:
    path, constant = children(test)[0], child(test, "Constant")
    held = value(path_of(path).key)
    if held is None or constant is None:
        return False
    wanted = str(constant.get("Value"))
    if "IgnoreCase" in str(test.get("ContainmentComparison")) or test.get("ContainmentComparison") == "Loose":
        held, wanted = held.casefold(), wanted.casefold()
    match test.get("ContainmentMode"):
        case "FullString":
            return held == wanted
        case "Prefixed" | "PrefixOnWords":
            return held.startswith(wanted)
        case _:
            return wanted in held
