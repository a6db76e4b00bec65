"""The invitation firewall on the wire: meetings and series with attendees, changed in every way that Wice allows (R15).

Every scenario of every module is checked the same way when its office closes (`Office.nobody_was_mailed`).
"""

from __future__ import annotations

import pytest

from app.domain.account import Conflict
from app.domain.sync import Kind
from tests.scenarios import wire
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office
from tests.scenarios.test_meetings import ANNA, BERND, DAY, GAST, meeting

ONLY = Kind.APPOINTMENTS
DAILY = (
    "<Recurrence><DailyRecurrence><Interval>1</Interval></DailyRecurrence><NumberedRecurrence>"
    "<StartDate>2031-05-12</StartDate><NumberOfOccurrences>5</NumberOfOccurrences></NumberedRecurrence></Recurrence>"
)
ZONE = "".join(f'<{which}TimeZone Id="W. Europe Standard Time"/>' for which in ("Start", "End"))
ORGANISED, INVITED, SERIES, INVITED_SERIES, FROM_WICE = (
    "Eigene",
    "Fremde",
    "Eigene Reihe",
    "Fremde Reihe",
    "Wices Reihe",
)


def filled(office: Office) -> dict[str, str]:
    """Meetings and series that Anna organises, and some to which she is invited; their records in Wice by title."""
    for title, organizer in ((ORGANISED, ANNA), (INVITED, BERND), (SERIES, ANNA), (INVITED_SERIES, GAST)):
        answer = "Organizer" if organizer is ANNA else "Accept"
        xml = meeting(title, organizer, ANNA, BERND, GAST, more=ZONE, answer=answer)
        xml = xml.replace("</CalendarItem>", f"{DAILY}</CalendarItem>") if "Reihe" in title else xml
        office.outlook.put(Kind.APPOINTMENTS, xml)
    office.wice.appointment(FROM_WICE, "anna", "bernd", day=DAY, rrule="FREQ=DAILY;COUNT=5")
    office.sync()
    return {title: f"a:{row['rowid']}" for title, row in office.wice.appointments().items()}


def people(office: Office) -> dict[str, list[str]]:
    """Organiser and attendees of everything in Anna's calendar, as stored."""
    names = ("calendar:Organizer", "calendar:RequiredAttendees")
    items = office.outlook.everything("calendar/Wice")
    return {item["properties"]["item:Subject"]: [item["properties"].get(name, "") for name in names] for item in items}


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R15_R9_whatever_happens_to_meetings_nothing_leaves_that_could_mail_anybody(
    make_office: MakeOffice, conflict: Conflict
):
    office = make_office(conflict=conflict)
    rows = filled(office)
    assert set(rows) == {ORGANISED, INVITED, SERIES, INVITED_SERIES, FROM_WICE}
    before = people(office)
    for title, record in rows.items():
        moved = {"time_start": "09:00", "time_end": "09:45", "location": "Raum 2"}
        changed = {"recurrence_id": "2031-05-13", "date_start": "2031-05-13", "date_end": "2031-05-13", **moved}
        office.wice.edit(record, **({"overrides": [changed], "exdates": ["2031-05-15"]} if "Reihe" in title else moved))
    office.sync()
    for title, record in rows.items():
        repeated = {"rrule": "FREQ=DAILY;COUNT=3", "overrides": [], "exdates": []}
        office.wice.edit(
            record, description="Thema", **(repeated if "Reihe" in title else {"rrule": "FREQ=WEEKLY;COUNT=2"})
        )
    office.sync()
    for record in rows.values():
        office.wice.edit(record, rrule="", private="0", date_start="2031-06-02", date_end="2031-06-02")
    office.sync()
    assert people(office) == before
    for record in rows.values():
        office.wice.leave(record, "anna")
    office.confirm(office.sync())
    assert office.outlook.binned() == set(rows)
    left = office.left()
    assert wire.operations(left).keys() >= {"CreateItem", "UpdateItem", "DeleteItem"}
    assert wire.harmful(left) == []
    office.nobody_was_mailed()


NAMESPACES = 'xmlns="m" xmlns:t="t"'
GOOD = "MessageDisposition='SaveOnly' SendMeetingInvitations='SendToNone'"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("SendItem", ""),
        ("CreateItem", f"<CreateItem {NAMESPACES} MessageDisposition='SaveOnly'><Items/></CreateItem>"),
        ("CreateItem", f"<CreateItem {NAMESPACES} {GOOD}><Items><t:AcceptItem/></Items></CreateItem>"),
        ("CreateItem", f"<CreateItem {NAMESPACES} {GOOD}><Items><t:CalendarItem><t:RequiredAttendees/></t:CalendarItem></Items></CreateItem>"),
        ("DeleteItem", f"<DeleteItem {NAMESPACES} SendMeetingCancellations='SendToNone' DeleteType='HardDelete'/>"),
    ],
)  # fmt: skip
def test_R15_the_check_sees_what_is_harmful(operation: str, body: str):
    assert wire.harmful([{"operation": operation, "body": body}])
