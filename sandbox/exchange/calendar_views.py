"""What Exchange derives for a calendar item: kind, duration, meeting state, and the lists of a series' changed and deleted occurrences."""

from collections import deque
from datetime import datetime, timedelta

from sandbox.exchange import calendar, recurrence
from sandbox.exchange.fragments import attributes, element
from sandbox.exchange.world import Item

_DEFAULTS = {
    "IsAllDayEvent": "false",
    "LegacyFreeBusyStatus": "Busy",
    "IsCancelled": "false",
    "IsResponseRequested": "true",
    "MyResponseType": "Organizer",
    "ConflictingMeetingCount": "0",
    "AdjacentMeetingCount": "0",
    "AppointmentSequenceNumber": "0",
    "AllowNewTimeProposal": "true",
    "IsOnlineMeeting": "false",
    "IsOrganizer": "true",
}


def view_of(item: Item) -> dict[str, str]:
    """Key -> XML of the derived properties of a calendar item."""
    view = {f"calendar:{name}": element(name, text) for name, text in _DEFAULTS.items()}
    view["item:ReminderIsSet"] = element("ReminderIsSet", "true")
    view["item:ReminderMinutesBeforeStart"] = element("ReminderMinutesBeforeStart", "15")
    view.update(_meeting(item))
    start, end = calendar.span(item.properties)
    view["item:ReminderDueBy"] = element("ReminderDueBy", _instant(start))
    view["calendar:DateTimeStamp"] = element("DateTimeStamp", _instant(item.modified))
    view["calendar:Duration"] = element("Duration", _duration(end - start))
    view["calendar:TimeZone"] = element("TimeZone", item.text("calendar:StartTimeZone"))
    view["calendar:CalendarItemType"] = element("CalendarItemType", _kind(item))
    view["calendar:IsRecurring"] = element("IsRecurring", "false" if _kind(item) == "Single" else "true")
    if item.original_start:
        view["calendar:OriginalStart"] = element("OriginalStart", _instant(item.original_start))
        view["calendar:RecurrenceId"] = element("RecurrenceId", _instant(item.original_start))
    if recurrence.is_master(item):
        view.update(_series(item))
    return view


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _kind(item: Item) -> str:
    if recurrence.is_master(item):
        return "RecurringMaster"
    if item.master is None:
        return "Single"
    return "Exception" if item in item.master.exceptions.values() else "Occurrence"


def _duration(span: timedelta) -> str:
    days, minutes = span.days, span.seconds // 60
    hours, minutes = divmod(minutes, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if not days and not clock:
        return "PT0S"
    return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


def _meeting(item: Item) -> dict[str, str]:
    mailbox = item.folder.mailbox
    meeting = bool(calendar.attendee_addresses(item.properties))
    person = element("Name", mailbox.owner) + element("EmailAddress", mailbox.address) + element("RoutingType", "SMTP")
    return {
        "calendar:IsMeeting": element("IsMeeting", "true" if meeting else "false"),
        "calendar:AppointmentState": element("AppointmentState", "1" if meeting else "0"),
        "calendar:MeetingRequestWasSent": element(
            "MeetingRequestWasSent", "true" if item.invitations_sent else "false"
        ),
        "calendar:Organizer": f"<t:Organizer><t:Mailbox>{person}</t:Mailbox></t:Organizer>",
    }


def _series(master: Item) -> dict[str, str]:
    dates = {found.position: found for found in recurrence.occurrences(master)}
    alive = [found for index, found in dates.items() if index not in master.deleted_occurrences]
    view = {}
    if alive:
        view["calendar:FirstOccurrence"] = _info("FirstOccurrence", master, alive[0])
        if not recurrence.is_endless(master):
            view["calendar:LastOccurrence"] = _info("LastOccurrence", master, deque(alive, maxlen=1)[0])
    changed = "".join(_info("Occurrence", master, dates[index]) for index in sorted(master.exceptions))
    if changed:
        view["calendar:ModifiedOccurrences"] = f"<t:ModifiedOccurrences>{changed}</t:ModifiedOccurrences>"
    gone = "".join(
        f"<t:DeletedOccurrence>{element('Start', _instant(dates[index].start))}</t:DeletedOccurrence>"
        for index in sorted(master.deleted_occurrences)
    )
    if gone:
        view["calendar:DeletedOccurrences"] = f"<t:DeletedOccurrences>{gone}</t:DeletedOccurrences>"
    return view


def _info(tag: str, master: Item, found: recurrence.Occurrence) -> str:
    changed = master.exceptions.get(found.position)
    start, end = calendar.span(changed.properties) if changed else (found.start, found.end)
    key = changed.change_key if changed else master.change_key
    return (
        f"<t:{tag}><t:ItemId{attributes(Id=recurrence.occurrence_id(master, found.position), ChangeKey=key)}/>"
        f"{element('Start', _instant(start))}{element('End', _instant(end))}{element('OriginalStart', _instant(found.start))}</t:{tag}>"
    )
