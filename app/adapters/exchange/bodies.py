"""The bodies of all requests that are sent, as the schema wants them. Built from values, nothing else; the firewall checks each on its way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml.etree import _Element as Element

from app.adapters.exchange.paths import ITEM_CLASS, MARKER, PARENT, STAMP, Path, Values, item_with
from app.adapters.exchange.wire import m, t
from app.domain.ids import ItemId, Version

MOST_CHANGES = 512
"""SyncFolderItems answers no more per page."""


def folder_id(identifier: str) -> Element:
    """A folder by its id."""
    return t("FolderId", Id=identifier)


def distinguished(name: str, mailbox: str) -> Element:
    """A standard folder of `mailbox`, whatever it is called in its owner's language."""
    return t("DistinguishedFolderId", t("Mailbox", t("EmailAddress", text=mailbox)), Id=name)


def _folder_shape() -> Element:
    names = ("DisplayName", "ParentFolderId", "FolderClass", "TotalCount")
    wanted = [t("FieldURI", FieldURI=f"folder:{name}") for name in names]
    return m("FolderShape", t("BaseShape", text="IdOnly"), t("AdditionalProperties", *wanted, MARKER.field()))


def get_folders(folders: Sequence[Element]) -> Element:
    """Name, parent, class, number of items and marker of folders."""
    return m("GetFolder", _folder_shape(), m("FolderIds", *folders))


def find_folders(*parents: Element, deep: bool = False) -> Element:
    """The folders directly below each of `parents`, or all below it."""
    return m("FindFolder", _folder_shape(), m("ParentFolderIds", *parents), Traversal="Deep" if deep else "Shallow")


def create_folder(parent: Element, element: str, name: str, marker: str) -> Element:
    """A marked folder below `parent`; `element` is ContactsFolder or CalendarFolder."""
    folder = t(element, t("DisplayName", text=name), t("ExtendedProperty", MARKER.field(), t("Value", text=marker)))
    return m("CreateFolder", m("ParentFolderId", parent), m("Folders", folder))


def mark_folder(identifier: str, element: str, marker: str) -> Element:
    """Set the marker on a folder (R43); `element` as the server calls this folder."""
    marked = t(element, t("ExtendedProperty", MARKER.field(), t("Value", text=marker)))
    change = t("FolderChange", folder_id(identifier), t("Updates", t("SetFolderField", MARKER.field(), marked)))
    return m("UpdateFolder", m("FolderChanges", change))


def sync_items(folder: str, state: str) -> Element:
    """One page of changes, ids only: every further property would cost the server a call per item."""
    shape = m("ItemShape", t("BaseShape", text="IdOnly"))
    position = [m("SyncState", text=state)] if state else []
    most = m("MaxChangesReturned", text=str(MOST_CHANGES))
    return m("SyncFolderItems", shape, m("SyncFolderId", folder_id(folder)), *position, most)


def item_id(identifier: ItemId, version: Version = Version("")) -> Element:
    """An item, at `version` if given."""
    return t("ItemId", Id=identifier, **({"ChangeKey": version} if version else {}))


def occurrence_id(master: ItemId, number: int, version: Version = Version("")) -> Element:
    """A series' occurrence by its number, counted from 1, deleted ones too."""
    key = {"ChangeKey": version} if version else {}
    return t("OccurrenceItemId", RecurringMasterId=master, **key, InstanceIndex=str(number))


def _ids(ids: Iterable[ItemId]) -> Element:
    return m("ItemIds", *(item_id(one) for one in ids))


def get_items(ids: Sequence[ItemId], paths: Sequence[Path]) -> Element:
    """Items with exactly the mapped properties, the body as text."""
    fields = [path.field() for path in (ITEM_CLASS, PARENT, STAMP, *paths)]
    shape = m(
        "ItemShape",
        t("BaseShape", text="IdOnly"),
        t("BodyType", text="Text"),
        t("AdditionalProperties", *fields),
    )
    return m("GetItem", shape, _ids(ids))


def get_versions(ids: Sequence[ItemId]) -> Element:
    """Items' change keys, folders and stamps only."""
    shape = m("ItemShape", t("BaseShape", text="IdOnly"), t("AdditionalProperties", PARENT.field(), STAMP.field()))
    return m("GetItem", shape, _ids(ids))


def find_stamps(folder: str, stamps: Sequence[str], offset: int) -> Element:
    """Items of a folder that carry one of `stamps` (R30)."""
    tests = [t("IsEqualTo", STAMP.field(), t("FieldURIOrConstant", t("Constant", Value=stamp))) for stamp in stamps]
    restriction = tests[0] if len(tests) == 1 else t("Or", *tests)
    return m(
        "FindItem",
        m("ItemShape", t("BaseShape", text="IdOnly"), t("AdditionalProperties", STAMP.field())),
        m("IndexedPageItemView", MaxEntriesReturned="500", Offset=str(offset), BasePoint="Beginning"),
        m("Restriction", restriction),
        m("ParentFolderIds", folder_id(folder)),
        Traversal="Shallow",
    )


def find_words(folders: Sequence[str], words: Sequence[str], paths: Sequence[Path], most: int) -> Element:
    """Items of these folders that hold every one of `words` in one of the properties `paths`, at most `most` a folder (R41)."""
    tests = [_any([_contains(path, word) for path in paths]) for word in words]
    restriction = tests[0] if len(tests) == 1 else t("And", *tests)
    return m(
        "FindItem",
        m("ItemShape", t("BaseShape", text="IdOnly"), t("AdditionalProperties", ITEM_CLASS.field())),
        m("IndexedPageItemView", MaxEntriesReturned=str(most), Offset="0", BasePoint="Beginning"),
        m("Restriction", restriction),
        m("ParentFolderIds", *(folder_id(folder) for folder in folders)),
        Traversal="Shallow",
    )


def _any(tests: Sequence[Element]) -> Element:
    return tests[0] if len(tests) == 1 else t("Or", *tests)


def _contains(path: Path, word: str) -> Element:
    loose = {"ContainmentMode": "Substring", "ContainmentComparison": "IgnoreCaseAndNonSpacingCharacters"}
    return t("Contains", path.field(), t("Constant", Value=word), **loose)


def create_items(folder: str, element: str, items: Sequence[Values]) -> Element:
    """New items. Nobody is told of them (R15)."""
    return m(
        "CreateItem",
        m("SavedItemFolderId", folder_id(folder)),
        m("Items", *(item_with(element, values) for values in items)),
        MessageDisposition="SaveOnly",
        SendMeetingInvitations="SendToNone",
    )


def update_items(element: str, changes: Sequence[tuple[ItemId, Version, Mapping[Path, str]]]) -> Element:
    """Set or delete exactly the given properties, only if each item is still at its version (R2, R31)."""
    return _updating([_change(element, item_id(item, version), values) for item, version, values in changes])


def update_target(element: str, target: Element, values: Mapping[Path, str]) -> Element:
    """The same for one item or occurrence that `target` names at its version."""
    return _updating([_change(element, target, values)])


def _updating(changes: Sequence[Element]) -> Element:
    return m(
        "UpdateItem",
        m("ItemChanges", *changes),
        ConflictResolution="NeverOverwrite",
        MessageDisposition="SaveOnly",
        SendMeetingInvitationsOrCancellations="SendToNone",
        SuppressReadReceipts="true",
    )


def _change(element: str, target: Element, values: Mapping[Path, str]) -> Element:
    updates = [_update(element, path, text) for path, text in values.items()]
    return t("ItemChange", target, t("Updates", *updates))


def _update(element: str, path: Path, text: str) -> Element:
    if not text:
        return t("DeleteItemField", path.field())
    return t("SetItemField", path.field(), item_with(element, {path: text}))


def delete_items(items: Sequence[tuple[ItemId, Version]]) -> Element:
    """Into Deleted Items; no cancellation to anybody (R9, R15)."""
    return delete_targets([item_id(*one) for one in items])


def delete_targets(targets: Sequence[Element]) -> Element:
    """The same for items or occurrences."""
    return m(
        "DeleteItem",
        m("ItemIds", *targets),
        DeleteType="MoveToDeletedItems",
        SendMeetingCancellations="SendToNone",
        AffectedTaskOccurrences="AllOccurrences",
        SuppressReadReceipts="true",
    )


def subscribe(folders: Sequence[str]) -> Element:
    """Have the server tell of every change of items in these folders of one mailbox."""
    events = ("CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent", "CopiedEvent")
    wanted = (
        t("FolderIds", *map(folder_id, folders)),
        t("EventTypes", *(t("EventType", text=event) for event in events)),
    )
    return m("Subscribe", m("StreamingSubscriptionRequest", *wanted))


def streaming_events(subscriptions: Sequence[str], minutes: int) -> Element:
    """The connection at which the server tells."""
    ids = m("SubscriptionIds", *(t("SubscriptionId", text=one) for one in subscriptions))
    return m("GetStreamingEvents", ids, m("ConnectionTimeout", text=str(minutes)))
