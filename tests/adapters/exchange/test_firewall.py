"""R15, R9, R2: every request body passes one choke point, and nothing that sends, deletes hard or overwrites gets through."""

import threading

import pytest
from lxml.etree import _Element as Element

from app.adapters.exchange import bodies
from app.adapters.exchange.firewall import RULES, ForbiddenRequest, firewall
from app.adapters.exchange.paths import plain
from app.adapters.exchange.services import OPERATIONS
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import m, t
from app.domain.ids import ItemId, Version
from tests.adapters.exchange.canned import Reply, canned_mailbox, root, serving

ITEM, KEY = ItemId("i"), Version("1")


def create() -> Element:
    return bodies.create_items("f", "Contact", [{plain("contacts", "Surname"): "A"}])


def change() -> Element:
    return bodies.update_items("Contact", [(ITEM, KEY, {plain("contacts", "Surname"): ""})])


def delete() -> Element:
    return bodies.delete_items([(ITEM, KEY)])


@pytest.mark.parametrize("body", [create, change, delete])
def test_R15_what_we_build_gets_through(body) -> None:
    built = body()
    assert firewall(built) is built


@pytest.mark.parametrize(
    ("body", "attribute", "values"),
    [
        (create, "SendMeetingInvitations", ["SendOnlyToAll", "SendToAllAndSaveCopy", None]),
        (create, "MessageDisposition", ["SendOnly", "SendAndSaveCopy", None]),
        (change, "SendMeetingInvitationsOrCancellations", ["SendOnlyToChanged", "SendToAllAndSaveCopy", None]),
        (change, "MessageDisposition", ["SendAndSaveCopy", None]),
        (change, "ConflictResolution", ["AutoResolve", "AlwaysOverwrite", None]),
        (delete, "SendMeetingCancellations", ["SendOnlyToAll", "SendToAllAndSaveCopy", None]),
        (delete, "DeleteType", ["HardDelete", "SoftDelete", None]),
    ],
)
def test_R15_R9_no_other_value_gets_through(body, attribute: str, values: list[str | None]) -> None:
    for value in values:
        built = body()
        if value is None:
            del built.attrib[attribute]
        else:
            built.set(attribute, value)
        with pytest.raises(ForbiddenRequest, match=attribute):
            firewall(built)


@pytest.mark.parametrize(
    "operation", ["SendItem", "MoveItem", "EmptyFolder", "DeleteFolder", "CreateAttachment", "MarkAsJunk"]
)
def test_no_other_operation_gets_through(operation: str) -> None:
    with pytest.raises(ForbiddenRequest, match=operation):
        firewall(m(operation))


@pytest.mark.parametrize(
    "item", ["Message", "MeetingRequest", "AcceptItem", "DeclineItem", "CancelCalendarItem", "RemoveItem"]
)
def test_R15_no_message_or_answer_is_created(item: str) -> None:
    body = create()
    next(body.iter("{*}Items")).append(t(item))
    with pytest.raises(ForbiddenRequest, match=item):
        firewall(body)


@pytest.mark.parametrize("people", ["RequiredAttendees", "OptionalAttendees", "Resources"])
def test_R15_attendees_are_never_written(people: str) -> None:
    created = create()
    next(created.iter("{*}Contact")).append(t(people))
    changed = bodies.update_items("CalendarItem", [(ITEM, KEY, {plain("calendar", people): ""})])
    for body in (created, changed):
        with pytest.raises(ForbiddenRequest, match="attendees"):
            firewall(body)


@pytest.mark.parametrize("name", ["MimeContent", "IsMeeting", "AppointmentState", "MeetingRequestWasSent"])
def test_R15_nothing_that_makes_an_appointment_a_meeting_is_written(name: str) -> None:
    created = bodies.create_items("f", "CalendarItem", [{plain("item", "Subject"): "A"}])
    next(created.iter("{*}CalendarItem")).append(t(name))
    changed = bodies.update_items("CalendarItem", [(ITEM, KEY, {plain("calendar", name): ""})])
    for body in (created, changed):
        with pytest.raises(ForbiddenRequest, match=name):
            firewall(body)


def test_there_is_no_way_around() -> None:
    """Every operation wraps its body by the one method in which the firewall stands; a stopped one never reaches the server."""
    assert OPERATIONS.keys() == RULES.keys()
    assert len({operation.wrap for operation in OPERATIONS.values()}) == 1
    body = delete()
    body.set("DeleteType", "HardDelete")
    with serving(Reply()) as canned:
        session: Session = canned_mailbox(canned)._session
        with pytest.raises(ForbiddenRequest):
            session.call(body)
        assert canned.requests == []


def test_a_stopped_request_does_not_keep_the_next_one_waiting() -> None:
    """exchangelib takes its only session before it wraps the body; were the connection kept, the next call would wait for ever."""
    with serving(root()) as canned:
        mailbox = canned_mailbox(canned)
        body = delete()
        body.set("DeleteType", "HardDelete")
        with pytest.raises(ForbiddenRequest):
            mailbox._session.call(body)
        waiting = threading.Thread(target=mailbox.probe, daemon=True)
        waiting.start()
        waiting.join(20)
        assert not waiting.is_alive()
