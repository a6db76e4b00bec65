"""The one choke point: every request body passes here before it leaves, whoever built it (R2, R9, R15).

A violation is a bug in this server, not a state of the world: it raises `ForbiddenRequest`, which nobody catches.
"""

from __future__ import annotations

from lxml.etree import _Element as Element

from app.adapters.exchange.wire import children, local

_SAVE_ONLY = {"MessageDisposition": "SaveOnly"}
RULES: dict[str, dict[str, str]] = {
    "GetFolder": {},
    "FindFolder": {},
    "CreateFolder": {},
    "UpdateFolder": {},
    "SyncFolderItems": {},
    "GetItem": {},
    "FindItem": {},
    "Subscribe": {},
    "GetStreamingEvents": {},
    "CreateItem": _SAVE_ONLY | {"SendMeetingInvitations": "SendToNone"},
    "UpdateItem": _SAVE_ONLY
    | {"SendMeetingInvitationsOrCancellations": "SendToNone", "ConflictResolution": "NeverOverwrite"},
    "DeleteItem": {"DeleteType": "MoveToDeletedItems", "SendMeetingCancellations": "SendToNone"},
}
"""The only operations that may leave, each with the attributes that it must carry. SendItem, MoveItem and others are not here."""

ITEMS = frozenset({"Contact", "CalendarItem"})
"""The only item types that may be created: no message, no reply to an invitation, no cancellation."""

PEOPLE = frozenset({"RequiredAttendees", "OptionalAttendees", "Resources", "Organizer", "ToRecipients"})
"""Never written: an item without attendees of ours invites nobody, whatever becomes of it later (R15)."""

APPOINTMENT = frozenset(
    {
        *("Subject", "Body", "Sensitivity", "Location", "UID", "ExtendedProperty"),
        *("Start", "End", "IsAllDayEvent", "StartTimeZone", "EndTimeZone", "Recurrence"),
    }
)
"""All that is ever written of an appointment: nothing that makes it a meeting, says what state the meeting is in, or brings its MIME form along."""

_WRITES = frozenset({"CreateItem", "UpdateItem"})


class ForbiddenRequest(RuntimeError):
    """A request that could send mail, delete hard or overwrite was about to leave."""


def firewall(body: Element) -> Element:
    """Return `body`, the operation's element, if it may leave. Raises: ForbiddenRequest."""
    operation = local(body)
    rules = RULES.get(operation)
    if rules is None:
        raise ForbiddenRequest(f"the operation {operation} must never be sent")
    for name, value in rules.items():
        if body.get(name) != value:
            raise ForbiddenRequest(f"{operation} must carry {name}={value!r}, not {body.get(name)!r}")
    if operation == "CreateItem":
        _only_known_items(body)
    if operation in _WRITES:
        _nobody_invited(body)
        _only_mapped(body)
    return body


def _only_known_items(body: Element) -> None:
    for holder in children(body):
        if local(holder) == "Items" and (strange := {local(item) for item in children(holder)} - ITEMS):
            raise ForbiddenRequest(f"CreateItem must not create {', '.join(sorted(strange))}")


def _only_mapped(body: Element) -> None:
    written = [local(child) for item in body.iter("{*}CalendarItem") for child in children(item)]
    fields = [(element.get("FieldURI") or "").rpartition(":") for element in body.iter("{*}FieldURI")]
    written += [name for kind, _, name in fields if kind == "calendar"]
    if strange := set(written) - APPOINTMENT:
        raise ForbiddenRequest(f"of an appointment {', '.join(sorted(strange))} must never be written")


def _nobody_invited(body: Element) -> None:
    for element in body.iter("{*}*"):
        field = (element.get("FieldURI") or "").rpartition(":")[2]
        if local(element) in PEOPLE or field in PEOPLE:
            raise ForbiddenRequest("attendees, organizers and recipients must never be written")
