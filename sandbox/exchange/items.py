"""GetItem, CreateItem, DeleteItem, MoveItem, CopyItem."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from lxml.etree import _Element as Element

from sandbox.exchange import calendar, recurrence
from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, local
from sandbox.exchange.properties import properties_of
from sandbox.exchange.shapes import ID_ONLY, is_item, render, shape_of
from sandbox.exchange.world import Folder, Item, Properties

NO_ITEMS = "<m:Items/>"

_HOME = {
    "Contact": "contacts",
    "DistributionList": "contacts",
    "CalendarItem": "calendar",
    "Task": "tasks",
}
_REQUIRED_FOLDER = {
    "Contact": (
        "IPF.Contact",
        "ErrorCannotCreateContactInNonContactFolder",
        "Contacts can only be created in a contacts folder.",
    ),
    "CalendarItem": (
        "IPF.Appointment",
        "ErrorCannotCreateCalendarItemInNonCalendarFolder",
        "Calendar items need a calendar folder.",
    ),
    "Task": ("IPF.Task", "ErrorCannotCreateTaskInNonTaskFolder", "Tasks can only be created in a tasks folder."),
}


def get(call: Call) -> list[str]:
    """GetItem: each id's item in the shape asked for."""
    shape = shape_of(child(call.request, "ItemShape"), listing=False)
    return call.each(
        call.section("ItemIds"), lambda node: f"<m:Items>{render(call.item(node), shape)}</m:Items>", NO_ITEMS
    )


def create(call: Call) -> list[str]:
    """CreateItem: each item into SavedItemFolderId, or its type's own folder; answers its id and change key."""
    return call.each(
        call.section("Items"), lambda node: f"<m:Items>{render(_created(call, node), ID_ONLY)}</m:Items>", NO_ITEMS
    )


def _created(call: Call, node: Element) -> Item:
    if not is_item(node):
        raise EwsError("ErrorInvalidItemForOperationCreateItem", f"{local(node)} cannot be created here.")
    saved_in = child(call.request, "SavedItemFolderId")
    folder = (
        call.mailbox(None).distinguished(_HOME.get(local(node), "drafts"))
        if saved_in is None
        else call.target("SavedItemFolderId")
    )
    _check_disposition(call, local(node))
    item = made(node, folder, call.envelope.time_zone)
    count_mails(call, item, "SendMeetingInvitations")
    if local(node) == "Message" and str(call.request.get("MessageDisposition")).startswith("Send"):
        call.counters.mails += 1
    folder.mailbox.place(item, folder)
    call.counters.writes += 1
    return item


def made(node: Element, folder: Folder, time_zone: str | None, *, trusted: bool = False) -> Item:
    """An item, not yet placed, from its element. Raises: EwsError for what Exchange would refuse (of `trusted` input: less)."""
    kind = local(node)
    needed, code, text = _REQUIRED_FOLDER.get(kind, (folder.folder_class, "", ""))
    if folder.folder_class.partition(".")[2].partition(".")[0] != needed.partition(".")[2]:
        raise EwsError(code, text)
    properties, body = properties_of(node, trusted=trusted)
    if kind == "CalendarItem":
        calendar.save(properties, time_zone)
        recurrence.save(properties)
    return Item(id="", kind=kind, folder=folder, properties=properties, body=body)


def _check_disposition(call: Call, kind: str) -> None:
    if kind == "CalendarItem" and call.request.get("SendMeetingInvitations") is None:
        raise EwsError(
            "ErrorSendMeetingInvitationsRequired", "SendMeetingInvitations attribute is required for calendar items."
        )
    if kind == "Message" and call.request.get("MessageDisposition") is None:
        raise EwsError("ErrorMessageDispositionRequired", "MessageDisposition attribute is required for messages.")


def count_mails(call: Call, item: Item, attribute: str, after: Properties | None = None) -> None:
    """Count what a real server would send now: one mail per attendee, before and `after` an update, unless it says SendToNone."""
    if item.kind != "CalendarItem" or call.request.get(attribute) in (None, "SendToNone"):
        return
    sent = len({*calendar.attendee_addresses(item.properties), *calendar.attendee_addresses(after or {})})
    call.counters.mails += sent
    item.invitations_sent = item.invitations_sent or bool(sent)


def delete(call: Call) -> list[str]:
    """DeleteItem. It takes no notice of change keys: the real one does not either (ItemId in Microsoft's reference)."""

    def one(node: Element) -> str:
        item = call.item(node)
        if item.kind == "CalendarItem" and call.request.get("SendMeetingCancellations") is None:
            raise EwsError(
                "ErrorSendMeetingCancellationsRequired",
                "SendMeetingCancellations attribute is required for calendar items.",
            )
        count_mails(call, item, "SendMeetingCancellations")
        dispose(item, str(call.request.get("DeleteType")), silent=call.told("silent_change") is not None)
        call.counters.writes += 1
        return ""

    return call.each(call.section("ItemIds"), one)


def dispose(item: Item, how: str, *, silent: bool = False) -> None:
    """Delete an item as DeleteType says; "MoveToDeletedItems" in Deleted Items means what SoftDelete means elsewhere."""
    mailbox = item.folder.mailbox
    if item.master is not None:
        index = int(item.id.partition(".")[2])
        item.master.deleted_occurrences.add(index)
        item.master.exceptions.pop(index, None)
        mailbox.touch(item.master, silent=silent)
        return
    bin_ = mailbox.distinguished("deleteditems")
    if how == "MoveToDeletedItems" and not item.folder.is_below(bin_):
        moved(item, bin_)
    elif how == "HardDelete":
        mailbox.remove(item)
    else:
        moved(item, mailbox.distinguished("recoverableitemsdeletions"))


def moved(item: Item, folder: Folder) -> Item:
    """Move an item: it gets a new id, in another mailbox as in its own."""
    item.folder.mailbox.remove(item)
    folder.mailbox.place(item, folder)
    for index, changed in item.exceptions.items():
        changed.id, changed.folder = recurrence.occurrence_id(item, index), folder
        changed.rendered.clear()
    return item


def copied(item: Item, folder: Folder) -> Item:
    """A copy has everything but the id: extended properties and the iCalendar UID too."""
    now = datetime.now(UTC)
    copy = replace(
        item,
        properties=dict(item.properties),
        attachments=dict(item.attachments),
        exceptions={},
        deleted_occurrences=set(item.deleted_occurrences),
        created=now,
        rendered={},
    )
    folder.mailbox.place(copy, folder)
    for index, changed in item.exceptions.items():
        copy.exceptions[index] = replace(
            changed,
            id=recurrence.occurrence_id(copy, index),
            folder=folder,
            master=copy,
            properties=dict(changed.properties),
            rendered={},
        )
    return copy


def move(call: Call) -> list[str]:
    """MoveItem."""
    return _transferred(call, moved)


def copy(call: Call) -> list[str]:
    """CopyItem."""
    return _transferred(call, copied)


def _transferred(call: Call, transfer: Callable[[Item, Folder], Item]) -> list[str]:
    def one(node: Element) -> str:
        folder = call.target("ToFolderId")
        item = call.item(node)
        if item.master is not None:
            raise EwsError("ErrorCalendarCannotMoveOrCopyOccurrence", "Occurrences cannot be moved or copied.")
        result = transfer(item, folder)
        call.counters.writes += 1
        return f"<m:Items>{render(result, ID_ONLY)}</m:Items>"

    return call.each(call.section("ItemIds"), one, NO_ITEMS)
