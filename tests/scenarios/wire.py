"""What left for Exchange, byte by byte: no request of the product may be one that could mail anybody (R15),
delete hard (R9) or overwrite blindly (R31).

Written against Microsoft's reference, not against the product's own firewall. Source: CreateItem, UpdateItem, DeleteItem of messages.xsd.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from lxml import etree

HARMLESS: Mapping[str, Mapping[str, str]] = {
    "CreateItem": {"MessageDisposition": "SaveOnly", "SendMeetingInvitations": "SendToNone"},
    "UpdateItem": {
        "MessageDisposition": "SaveOnly",
        "SendMeetingInvitationsOrCancellations": "SendToNone",
        "ConflictResolution": "NeverOverwrite",
    },
    "DeleteItem": {"SendMeetingCancellations": "SendToNone", "DeleteType": "MoveToDeletedItems"},
    "CreateFolder": {},
    "UpdateFolder": {},
}
"""All operations that may change anything, with what they must say."""

PEOPLE = frozenset(
    ("RequiredAttendees", "OptionalAttendees", "Resources", "Organizer", "Attendee", "Mailbox", "MimeContent")
)
ITEMS = frozenset(("Contact", "CalendarItem"))


def harmful(requests: Iterable[Mapping[str, str]]) -> list[str]:
    """What is wrong with these requests, as recorded by the sandbox."""
    return [fault for request in requests for fault in _faults(request["operation"], request["body"])]


def _faults(operation: str, body: str) -> Iterable[str]:
    if operation not in HARMLESS:
        yield f"{operation} left"
        return
    root = etree.fromstring(body)
    for name, value in HARMLESS[operation].items():
        if root.get(name) != value:
            yield f"{operation} with {name}={root.get(name)}"
    if operation.endswith("Item"):
        names = {etree.QName(element).localname for element in root.iter("{*}*")}
        names |= {(element.get("FieldURI") or "").rpartition(":")[2] for element in root.iter("{*}FieldURI")}
        yield from (f"{operation} with {name}" for name in names & PEOPLE)
    if operation == "CreateItem":
        (items,) = root.findall("{*}Items")
        yield from (f"creates {item.tag}" for item in items if etree.QName(item).localname not in ITEMS)


def by(requests: Iterable[Mapping[str, str]], login: str) -> list[Mapping[str, str]]:
    """The requests of this login."""
    return [request for request in requests if request["by"].casefold() == login.casefold()]


def operations(requests: Iterable[Mapping[str, str]]) -> Counter[str]:
    """How often which operation left."""
    return Counter(request["operation"] for request in requests)
