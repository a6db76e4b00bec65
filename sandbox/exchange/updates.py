"""UpdateItem: each SetItemField, DeleteItemField or AppendToItemField touches exactly one property; everything else survives (R2)."""

from dataclasses import dataclass

from lxml.etree import _Element as Element

from sandbox.exchange import bodies, calendar, recurrence
from sandbox.exchange.bodies import Body
from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, children, local
from sandbox.exchange.items import NO_ITEMS, count_mails
from sandbox.exchange.paths import PATHS, first_path
from sandbox.exchange.properties import properties_of, refuse_read_only
from sandbox.exchange.shapes import ID_ONLY, is_item, render
from sandbox.exchange.world import Item, Properties, Property

_WHOLE_DICTIONARIES = frozenset(
    ("contacts:EmailAddresses", "contacts:PhoneNumbers", "contacts:ImAddresses", "contacts:PhysicalAddresses")
)
_PATTERN = (recurrence.RECURRENCE, "calendar:Start", "calendar:End")
_NEEDED = frozenset(("calendar:Start", "calendar:End", "calendar:UID"))


@dataclass
class _Content:
    """A working copy: the item takes it over when every change of the request was good."""

    properties: Properties
    body: Body | None


def update(call: Call) -> list[str]:
    """UpdateItem: answers the new change key of each item."""

    def one(change: Element) -> str:
        id_node = children(change)[0]
        item = call.item(id_node)
        _check_change_key(call, id_node, item)
        _check_meeting_choice(call, item)
        content = _changed(item, child(change, "Updates"))
        if item.kind == "CalendarItem":
            calendar.save(content.properties, call.envelope.time_zone)
            recurrence.save(content.properties)
        count_mails(call, item, "SendMeetingInvitationsOrCancellations", content.properties)
        _take_over(item, content, silent=call.told("silent_change") is not None)
        call.counters.writes += 1
        return f"<m:Items>{render(item, ID_ONLY)}</m:Items><m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>"

    return call.each(call.section("ItemChanges"), one, NO_ITEMS)


def _check_change_key(call: Call, id_node: Element, item: Item) -> None:
    """Raises: EwsError ErrorChangeKeyRequired, ErrorIrresolvableConflict, as ConflictResolution asks."""
    resolution, given = call.request.get("ConflictResolution"), id_node.get("ChangeKey")
    if resolution == "AlwaysOverwrite" or call.told("ignore_change_key"):
        return
    if not given:
        raise EwsError("ErrorChangeKeyRequired", "A change key is required for this operation.")
    if resolution == "NeverOverwrite" and given != item.change_key:
        raise EwsError(
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match the current"
            " change key for the item.",
        )


def _check_meeting_choice(call: Call, item: Item) -> None:
    if item.kind == "CalendarItem" and call.request.get("SendMeetingInvitationsOrCancellations") is None:
        raise EwsError(
            "ErrorSendMeetingInvitationsOrCancellationsRequired",
            "SendMeetingInvitationsOrCancellations attribute is required for calendar items.",
        )


def _changed(item: Item, updates: Element | None) -> _Content:
    content = _Content(dict(item.properties), item.body)
    for change in children(updates):
        path = first_path(change)
        _refuse(path.key, item)
        if local(change) == "DeleteItemField":
            _delete(content, path.key)
        else:
            _write(content, path.key, change, append=local(change) == "AppendToItemField")
    return content


def _refuse(key: str, item: Item) -> None:
    refuse_read_only(key)
    if key in _WHOLE_DICTIONARIES:
        raise EwsError("ErrorInvalidPropertySet", f"{key} is changed entry by entry.")
    if key == "calendar:UID" and item.text(key):
        raise EwsError("ErrorInvalidPropertySet", f"Set action is invalid for property {key}.")


def _delete(content: _Content, key: str) -> None:
    if key in _NEEDED:
        raise EwsError("ErrorInvalidPropertyDelete", f"Delete action is invalid for property {key}.")
    if key == "item:Body":
        content.body = None
    content.properties.pop(key, None)


def _write(content: _Content, key: str, change: Element, *, append: bool) -> None:
    properties, body = _single(key, change)
    if key == "item:Body":
        content.body = _appended(content.body, body) if append else body
    elif key in properties:
        given = properties[key]
        content.properties[key] = _longer(content.properties.get(key), given) if append else given
    else:  # an empty dictionary entry or address part: nothing is left of it
        content.properties.pop(key, None)


def _single(key: str, change: Element) -> tuple[Properties, Body | None]:
    """The one property of a SetItemField's item. Raises: EwsError ErrorIncorrectUpdatePropertyCount, ErrorUpdatePropertyMismatch."""
    item = next((node for node in children(change) if local(node) not in PATHS and is_item(node)), None)
    if item is None or len(children(item)) != 1:
        raise EwsError(
            "ErrorIncorrectUpdatePropertyCount",
            "An object within a change description must contain one property to modify.",
        )
    properties, body = properties_of(item)
    if len(properties) > 1 or (properties and key not in properties) or (body and key != "item:Body"):
        raise EwsError("ErrorUpdatePropertyMismatch", f"The property of the change is not {key}.")
    return properties, body


def _appended(old: Body | None, new: Body | None) -> Body | None:
    if old is None or new is None:
        return new or old
    return Body(old.kind, old.content + (bodies.as_text(new) if old.kind == bodies.TEXT else bodies.as_html(new)))


def _longer(old: Property | None, new: Property) -> Property:
    """A list property with further entries at its end."""
    if old is None or "</" not in new.xml:
        return new
    open_, close = new.xml.partition(">")[0] + ">", "</" + new.xml.rpartition("</")[2]
    entries = new.xml[len(open_) : -len(close)]
    return Property(f"{old.xml[: -len(close)]}{entries}{close}", f"{old.text}\n{new.text}")


def _take_over(item: Item, content: _Content, *, silent: bool) -> None:
    mailbox = item.folder.mailbox
    if any(item.properties.get(key) != content.properties.get(key) for key in _PATTERN):
        item.exceptions.clear()  # a new pattern or time voids what was changed by date, as Outlook warns
        item.deleted_occurrences.clear()
    item.properties, item.body = content.properties, content.body
    if item.master is None:
        mailbox.touch(item, silent=silent)
        return
    index = int(item.id.partition(".")[2])
    item.master.exceptions[index] = item
    item.change_key = mailbox.new_change_key()
    item.rendered.clear()
    mailbox.touch(item.master, silent=silent)
