"""Reading what item operations answer: ids, change keys, stamps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from lxml.etree import _Element as Element

from app.adapters.exchange.paths import STAMP, Values
from app.adapters.exchange.wire import MalformedReply, Message, children, find
from app.domain.ids import ItemId, Version
from app.domain.sync import Stamp

BATCH = 50
"""Items per request: few round trips, and a reply well within the minute after which a server breaks a batch off."""

_T = TypeVar("_T")


def batches(things: Sequence[_T], size: int = BATCH) -> Iterator[Sequence[_T]]:
    """`things` in order, at most `size` at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def item_of(message: Message) -> Element:
    """The one item of a response message. Raises: MalformedReply."""
    holder = find(message.element, "m:Items")
    for item in children(holder) if holder is not None else ():
        return item
    raise MalformedReply("a response message without its item")


def identity(item: Element) -> tuple[ItemId, Version]:
    """Id and change key of an item element. Raises: MalformedReply."""
    found = find(item, "t:ItemId")
    if found is None or not found.get("Id"):
        raise MalformedReply("an item without its id")
    return ItemId(found.get("Id", "")), Version(found.get("ChangeKey", ""))


def version_of(message: Message) -> Version:
    """The change key of a response message's item, "" when it has none."""
    found = find(message.element, "m:Items/*/t:ItemId")
    return Version(found.get("ChangeKey", "")) if found is not None else Version("")


def stamp_of(values: Values) -> Stamp | None:
    """The mark of the run that created the item, if it was one of ours (R30)."""
    return Stamp.parse(values.get(STAMP, ""))
