"""Calendar items: UTC times, zones, whole days, UIDs, meetings and the mails they would send."""

from datetime import timedelta

import pytest
from exchangelib import Account, Attendee, CalendarItem, EWSDate, EWSDateTime, EWSTimeZone, Mailbox
from exchangelib.errors import ErrorCalendarEndDateIsEarlierThanStartDate
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import BERLIN, Exchange

SEND = "SendToAllAndSaveCopy"
UPDATE = (
    '<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange><t:ItemId Id="{id}"/><t:Updates><t:DeleteItemField>'
    '<t:FieldURI FieldURI="calendar:Location"/></t:DeleteItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>'
)


def appointment(folder: BaseFolder, **fields: object) -> CalendarItem:
    start = EWSDateTime(2026, 7, 14, 9, tzinfo=BERLIN)
    return CalendarItem(
        **{"folder": folder, "subject": "Termin", "start": start, "end": start + timedelta(hours=1)} | fields
    )


def meeting(folder: BaseFolder, *addresses: str) -> CalendarItem:
    attendees = [Attendee(mailbox=Mailbox(email_address=one, name=one), response_type="Unknown") for one in addresses]
    return appointment(folder, required_attendees=attendees)


def test_times_are_kept_in_utc_with_their_zone(exchange: Exchange, calendar: BaseFolder) -> None:
    appointment(calendar, location="Köln").save()
    (stored,) = exchange.items("calendar")
    assert stored["properties"]["calendar:Start"] == "2026-07-14T07:00:00Z"
    assert stored["properties"]["calendar:StartTimeZone"] == "W. Europe Standard Time"


@pytest.mark.parametrize(
    ("zone", "first", "start", "end"),
    [
        ("Europe/Berlin", EWSDate(2026, 3, 29), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("America/New_York", EWSDate(2026, 7, 14), "2026-07-14T04:00:00Z", "2026-07-15T04:00:00Z"),
        ("Pacific/Auckland", EWSDate(2026, 7, 14), "2026-07-13T12:00:00Z", "2026-07-14T12:00:00Z"),
    ],
)
def test_a_whole_day_goes_from_midnight_to_midnight_in_its_zone_R17(
    exchange: Exchange, zone: str, first: EWSDate, start: str, end: str
) -> None:
    account = exchange.account()
    account.default_timezone = EWSTimeZone(zone)
    saved = appointment(account.calendar, start=first, end=first, is_all_day=True).save()
    stored = exchange.items("calendar")[0]["properties"]
    assert (stored["calendar:Start"], stored["calendar:End"]) == (start, end)
    held = account.calendar.get(id=saved.id)
    assert held.start == first


def test_a_whole_day_given_with_clock_times_is_widened_to_midnights(exchange: Exchange, calendar: BaseFolder) -> None:
    exchange.put(
        "calendar",
        "<CalendarItem><Subject>Messe</Subject><Start>2026-07-14T09:30:00+02:00</Start><End>2026-07-15T10:00:00+02:00</End>"
        '<IsAllDayEvent>true</IsAllDayEvent><StartTimeZone Id="W. Europe Standard Time"/></CalendarItem>',
    )
    held = calendar.get(subject="Messe")
    assert (held.start, held.end) == (EWSDate(2026, 7, 14), EWSDate(2026, 7, 15))


def test_a_uid_is_made_when_none_is_given_R16(calendar: BaseFolder) -> None:
    made, given = appointment(calendar).save(), appointment(calendar, uid="termin-1@wice.example").save()
    assert calendar.get(id=made.id).uid.startswith("040000008200E00074C5B7101A82E008")
    assert calendar.get(id=given.id).uid == "termin-1@wice.example"


def test_an_end_before_the_start_is_refused(exchange: Exchange, calendar: BaseFolder) -> None:
    item = appointment(calendar).save()
    item.start = item.end + timedelta(hours=1)
    with pytest.raises(ErrorCalendarEndDateIsEarlierThanStartDate):
        item.save(update_fields=["start"])
    assert exchange.items("calendar")[0]["properties"]["calendar:Start"] == "2026-07-14T07:00:00Z"


def test_an_unknown_zone_is_refused_and_a_foreign_one_kept(exchange: Exchange, anna: Account) -> None:
    item = '<CalendarItem><Subject>Fremd</Subject><StartTimeZone Id="tzone://Microsoft/Custom"/></CalendarItem>'
    assert exchange.put("calendar", item)["properties"]["calendar:StartTimeZone"] == "tzone://Microsoft/Custom"
    item = '<t:CalendarItem><t:StartTimeZone Id="Europe/Berlin"/></t:CalendarItem>'
    request = f'<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>{item}</m:Items></m:CreateItem>'
    assert "ErrorTimeZone" in exchange.soap(request, login=("anna@example.com", "post-anna")).text
    assert anna.calendar.all().only("subject").count() == 1


@pytest.mark.parametrize(("how", "mails"), [("SendToNone", 0), ("SendOnlyToAll", 2), (SEND, 2)])
def test_invitations_are_counted_R15(exchange: Exchange, calendar: BaseFolder, how: str, mails: int) -> None:
    meeting(calendar, "a@firma.example", "b@firma.example").save(send_meeting_invitations=how)
    assert exchange.counters["mails"] == mails


@pytest.mark.parametrize(("how", "mails"), [("SendToNone", 0), ("SendToAllAndSaveCopy", 1)])
def test_updates_and_cancellations_of_meetings_are_counted_R15(
    exchange: Exchange, calendar: BaseFolder, how: str, mails: int
) -> None:
    item = meeting(calendar, "a@firma.example").save()
    item.location = "Köln"
    item.save(update_fields=["location"], send_meeting_invitations=how)
    assert exchange.counters["mails"] == mails
    item.move_to_trash(send_meeting_cancellations=how)
    assert exchange.counters["mails"] == 2 * mails


def test_an_appointment_without_attendees_sends_nothing_R15(exchange: Exchange, calendar: BaseFolder) -> None:
    item = appointment(calendar).save(send_meeting_invitations=SEND)
    item.delete(send_meeting_cancellations=SEND)
    assert exchange.counters["mails"] == 0


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ("<m:CreateItem><m:Items><t:CalendarItem/></m:Items></m:CreateItem>", "ErrorSendMeetingInvitationsRequired"),
        (
            '<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="{id}"/></m:ItemIds></m:DeleteItem>',
            "ErrorSendMeetingCancellationsRequired",
        ),
        (
            UPDATE,
            "ErrorSendMeetingInvitationsOrCancellationsRequired",
        ),
    ],
    ids=["create", "delete", "update"],
)
def test_calendar_writes_must_say_whether_to_send(
    exchange: Exchange, calendar: BaseFolder, request_: str, code: str
) -> None:
    item = appointment(calendar).save()
    answer = exchange.soap(request_.replace("{id}", item.id), login=("anna@example.com", "post-anna"))
    assert code in answer.text


def test_a_meeting_shows_its_organizer_and_attendees(calendar: BaseFolder) -> None:
    held = calendar.get(id=meeting(calendar, "a@firma.example").save().id)
    assert (held.is_meeting, held.organizer.email_address) == (True, "anna@example.com")
    assert [one.mailbox.email_address for one in held.required_attendees] == ["a@firma.example"]


def test_a_meeting_somebody_else_organises_can_be_put_there(exchange: Exchange, calendar: BaseFolder) -> None:
    exchange.put(
        "calendar",
        "<CalendarItem><Subject>Einladung</Subject><Sensitivity>Private</Sensitivity><UID>x@firma.example</UID>"
        "<MyResponseType>Accept</MyResponseType><Organizer><Mailbox><EmailAddress>chef@firma.example</EmailAddress></Mailbox></Organizer>"
        "</CalendarItem>",
    )
    held = calendar.get(subject="Einladung")
    assert (held.organizer.email_address, held.my_response_type, held.sensitivity) == (
        "chef@firma.example",
        "Accept",
        "Private",
    )
