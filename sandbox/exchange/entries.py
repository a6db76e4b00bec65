"""Neutral contacts and appointments as EWS elements: what Outlook would have written for them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import starmap
from zoneinfo import ZoneInfo

from sandbox.demo import DemoAppointment, DemoContact
from sandbox.exchange import timezones
from sandbox.exchange.fragments import attributes, element
from sandbox.exchange.recurrence import MONTHS
from sandbox.exchange.xmlnames import TYPES

_TITLE = '<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag="0x3A45" PropertyType="String"/>{}</t:ExtendedProperty>'
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_POSITIONS = {"1": "First", "2": "Second", "3": "Third", "4": "Fourth", "-1": "Last"}

Fields = Iterable[tuple[str, str]]


def clean(text: str) -> str:
    """Without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)


def _written(fields: Fields) -> str:
    return "".join(element(name, clean(text)) for name, text in fields if text)


def _entries(name: str, fields: Fields) -> str:
    inner = "".join(element("Entry", clean(text), Key=label) for label, text in fields if text)
    return f"<t:{name}>{inner}</t:{name}>" if inner else ""


def _address(label: str, street: str, city: str, country: str, zip_code: str) -> str:
    inner = _written((("Street", street), ("City", city), ("CountryOrRegion", country), ("PostalCode", zip_code)))
    return f"<t:Entry{attributes(Key=label)}>{inner}</t:Entry>" if inner else ""


def _categories(names: tuple[str, ...]) -> str:
    inner = "".join(element("String", clean(name)) for name in names)
    return f"<t:Categories>{inner}</t:Categories>" if inner else ""


def _body(text: str) -> str:
    return element("Body", clean(text), BodyType="Text") if text else ""


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def contact_xml(contact: DemoContact) -> str:
    """A Contact element, its fields in schema order."""
    display = _joined(contact.firstname, contact.name) or contact.company_name
    addresses = _address(
        "Business",
        _joined(contact.company_street, contact.company_street_number),
        contact.company_town,
        contact.company_country,
        contact.company_zip_code,
    ) + _address(
        "Home",
        _joined(contact.private_street, contact.private_street_number),
        contact.private_town,
        contact.private_country,
        contact.private_zip_code,
    )
    mails = (
        ("EmailAddress1", contact.email),
        ("EmailAddress2", contact.email2),
        ("EmailAddress3", contact.private_email),
    )
    born = f"{contact.birthday.isoformat()}T11:59:00Z" if contact.birthday else ""
    fields = [
        _body(contact.notes),
        _categories(contact.categories),
        _TITLE.format(element("Value", clean(contact.title))) if contact.title else "",
        _written((("FileAsMapping", "LastCommaFirst"), ("DisplayName", display), ("GivenName", contact.firstname))),
        _written((("CompanyName", contact.company_name),)),
        _entries("EmailAddresses", mails),
        f"<t:PhysicalAddresses>{addresses}</t:PhysicalAddresses>" if addresses else "",
        _entries("PhoneNumbers", _phones(contact)),
        _written((("Birthday", born), ("BusinessHomePage", contact.url), ("Department", contact.department))),
        _written((("JobTitle", contact.position), ("Surname", contact.name))),
    ]
    return f'<t:Contact xmlns:t="{TYPES}">{"".join(fields)}</t:Contact>'


def _phones(contact: DemoContact) -> Fields:
    mobile = contact.mobile_phone or contact.private_mobile_phone
    return (
        ("BusinessFax", contact.fax),
        ("BusinessPhone", contact.phone),
        ("BusinessPhone2", contact.phone2),
        ("HomePhone", contact.private_phone),
        ("MobilePhone", mobile),
        ("OtherTelephone", contact.private_mobile_phone if contact.mobile_phone else ""),
    )


def appointment_xml(appointment: DemoAppointment) -> str:
    """A CalendarItem element, its fields in schema order."""
    clock = ZoneInfo(appointment.time_zone)
    start, end = _instant(appointment.start, clock), _instant(_end(appointment), clock)
    zone = timezones.windows_name(appointment.time_zone)
    attendees = "".join(
        starmap(
            "<t:Attendee><t:Mailbox>{}</t:Mailbox></t:Attendee>".format,
            ((_mail(one),) for one in appointment.attendees),
        )
    )
    fields = [
        _written((("Subject", appointment.title), ("Sensitivity", "Private" if appointment.private else ""))),
        _body(appointment.description),
        _categories(appointment.categories),
        _written((("UID", appointment.uid), ("Start", start), ("End", end))),
        element("IsAllDayEvent", "true") if appointment.fulltime else "",
        _written((("Location", appointment.location),)),
        f"<t:RequiredAttendees>{attendees}</t:RequiredAttendees>" if attendees else "",
        recurrence_xml(appointment),
        f"<t:StartTimeZone{attributes(Id=zone)}/><t:EndTimeZone{attributes(Id=zone)}/>",
    ]
    return f'<t:CalendarItem xmlns:t="{TYPES}">{"".join(fields)}</t:CalendarItem>'


def _mail(address: str) -> str:
    return element("EmailAddress", clean(address))


def _end(appointment: DemoAppointment) -> datetime | date:
    """Exclusive: a full-time appointment's last day ends at the next midnight."""
    return appointment.end + timedelta(days=1) if appointment.fulltime else appointment.end


def _instant(moment: datetime | date, clock: ZoneInfo) -> str:
    wall = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (wall if wall.tzinfo else wall.replace(tzinfo=clock)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def recurrence_xml(appointment: DemoAppointment) -> str:
    """A Recurrence element for the RRULE; empty for a single appointment, and for a pattern Outlook does not have."""
    rule = dict(part.split("=", 1) for part in appointment.rrule.upper().split(";") if "=" in part)
    pattern = _pattern(rule, appointment.start) if rule else ""
    return f"<t:Recurrence>{pattern}{_range(rule, appointment.start)}</t:Recurrence>" if pattern else ""


def _pattern(rule: dict[str, str], start: date) -> str:
    """The pattern's element; empty where Outlook has none for it, as for several weekdays of a month without a position."""
    by_day = rule.get("BYDAY", "")
    position = rule.get("BYSETPOS") or by_day[:-2]
    days = " ".join(_DAYS[day[-2:]] for day in by_day.split(",") if day)
    interval = element("Interval", rule.get("INTERVAL", "1"))
    month = element("Month", MONTHS[int(rule.get("BYMONTH", start.month)) - 1])
    in_month = element("DayOfMonth", rule.get("BYMONTHDAY", str(start.day)))
    if by_day:
        kind, in_month = (
            "Relative",
            element("DaysOfWeek", days) + element("DayOfWeekIndex", _POSITIONS.get(position, "")),
        )
    else:
        kind = "Absolute"
    inner = {
        "DAILY": ("Daily", interval),
        "WEEKLY": (
            "Weekly",
            interval + element("DaysOfWeek", days or start.strftime("%A")) + element("FirstDayOfWeek", "Monday"),
        ),
        "MONTHLY": (f"{kind}Monthly", interval + in_month),
        "YEARLY": (f"{kind}Yearly", in_month + month),
    }
    frequency = rule.get("FREQ", "")
    if frequency not in inner or (frequency in ("MONTHLY", "YEARLY") and by_day and position not in _POSITIONS):
        return ""
    name, fields = inner[frequency]
    return f"<t:{name}Recurrence>{fields}</t:{name}Recurrence>"


def _range(rule: dict[str, str], start: date) -> str:
    first = element("StartDate", start.strftime("%Y-%m-%d"))
    if "COUNT" in rule:
        return f"<t:NumberedRecurrence>{first}{element('NumberOfOccurrences', rule['COUNT'])}</t:NumberedRecurrence>"
    if "UNTIL" in rule:
        until = rule["UNTIL"]
        return f"<t:EndDateRecurrence>{first}{element('EndDate', f'{until[:4]}-{until[4:6]}-{until[6:8]}')}</t:EndDateRecurrence>"
    return f"<t:NoEndRecurrence>{first}</t:NoEndRecurrence>"
