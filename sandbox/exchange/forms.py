"""The forms of the built-in pages: which properties they show, and how a text typed in becomes the one property it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.exchange import bodies, calendar, recurrence, timezones
from sandbox.exchange.entries import clean
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import element
from sandbox.exchange.properties import TITLE, entry_property
from sandbox.exchange.world import Item, Property
from sandbox.people import TIME_ZONE

BODY = "item:Body"

_CLOCK = ZoneInfo(TIME_ZONE)
_TIMES = ("start_day", "start_time", "end_day", "end_time", "all_day")


@dataclass(frozen=True)
class Field:
    """One input; `key` is the property's key, or the name of a part of the appointment's time. `kind`: text, date, time, check, long."""

    key: str
    label: str
    kind: str = "text"


def _address(label: str, words: str) -> tuple[Field, ...]:
    parts = (("Street", "Straße"), ("PostalCode", "PLZ"), ("City", "Ort"), ("CountryOrRegion", "Land"))
    return tuple(Field(f"contacts:PhysicalAddress:{part}[{label}]", f"{name} ({words})") for part, name in parts)


FIELDS: Mapping[str, tuple[Field, ...]] = {
    "Contact": (
        Field(TITLE, "Titel / Anrede"),
        Field("contacts:GivenName", "Vorname"),
        Field("contacts:Surname", "Nachname"),
        Field("contacts:DisplayName", "Anzeigename"),
        Field("contacts:CompanyName", "Firma"),
        Field("contacts:Department", "Abteilung"),
        Field("contacts:JobTitle", "Position"),
        Field("contacts:EmailAddress[EmailAddress1]", "E-Mail 1"),
        Field("contacts:EmailAddress[EmailAddress2]", "E-Mail 2"),
        Field("contacts:EmailAddress[EmailAddress3]", "E-Mail 3"),
        Field("contacts:PhoneNumber[BusinessPhone]", "Telefon geschäftlich"),
        Field("contacts:PhoneNumber[BusinessPhone2]", "Telefon geschäftlich 2"),
        Field("contacts:PhoneNumber[MobilePhone]", "Mobiltelefon"),
        Field("contacts:PhoneNumber[HomePhone]", "Telefon privat"),
        Field("contacts:PhoneNumber[BusinessFax]", "Fax geschäftlich"),
        Field("contacts:BusinessHomePage", "Webseite"),
        Field("contacts:Birthday", "Geburtstag", "date"),
        *_address("Business", "geschäftlich"),
        *_address("Home", "privat"),
        Field(BODY, "Notizen", "long"),
    ),
    "CalendarItem": (
        Field("item:Subject", "Betreff"),
        Field("calendar:Location", "Ort"),
        Field("start_day", "Beginn: Tag", "date"),
        Field("start_time", "Beginn: Uhrzeit", "time"),
        Field("end_day", "Ende: Tag", "date"),
        Field("end_time", "Ende: Uhrzeit", "time"),
        Field("all_day", "Ganztägig", "check"),
        Field("item:Sensitivity", "Privat", "check"),
        Field(BODY, "Notizen", "long"),
    ),
}


def values_of(item: Item) -> dict[str, str]:
    """What the form shows for an item; "1" is a ticked box."""
    shown = {field.key: item.text(field.key) for field in FIELDS.get(item.kind, ())}
    shown[BODY] = bodies.as_text(item.body) if item.body else ""
    if item.kind == "Contact":
        shown["contacts:Birthday"] = item.text("contacts:Birthday")[:10]
    elif item.kind == "CalendarItem":
        shown["item:Sensitivity"] = "1" if item.text("item:Sensitivity") == "Private" else ""
        shown.update(_times_of(item))
    return shown


def _times_of(item: Item) -> dict[str, str]:
    start, end = calendar.span(item.properties)
    all_day = calendar.is_all_day(item.properties)
    clock = calendar.clock_of(item.properties) if all_day else _CLOCK
    first, last = start.astimezone(clock), end.astimezone(clock)
    if all_day:
        last -= timedelta(days=1)
    return {
        "start_day": first.date().isoformat(),
        "start_time": f"{first:%H:%M}",
        "end_day": last.date().isoformat(),
        "end_time": f"{last:%H:%M}",
        "all_day": "1" if all_day else "",
    }


def edit(item: Item, given: Mapping[str, str]) -> None:
    """Write what the form changed, and nothing else. Raises: EwsError for times that make no sense."""
    before = values_of(item) if item.id else {}
    changed = {}
    for field in FIELDS[item.kind]:
        text = "1" if field.kind == "check" and field.key in given else given.get(field.key, "").strip()
        if text.replace("\r\n", "\n") != before.get(field.key, "").replace("\r\n", "\n"):
            changed[field.key] = clean(text)
    if not item.id or any(name in changed for name in _TIMES):
        _set_times(item, given)
    for key, text in changed.items():
        if key not in _TIMES:
            _set(item, key, text)
    if item.kind == "CalendarItem":
        calendar.save(item.properties, None)
    elif "contacts:DisplayName" not in changed and before.get("contacts:DisplayName") == _full_name(before):
        _set(item, "contacts:DisplayName", _full_name(values_of(item)))


def _full_name(values: Mapping[str, str]) -> str:
    """Outlook's display name, which it keeps up to date until somebody types another one."""
    return " ".join(filter(None, (values.get("contacts:GivenName", ""), values.get("contacts:Surname", ""))))


def _set(item: Item, key: str, text: str) -> None:
    if key == BODY:
        item.body = bodies.stored(bodies.TEXT, text) if text else None
    elif key == "item:Sensitivity":
        word = "Private" if text else "Normal"
        item.properties[key] = Property(element("Sensitivity", word), word)
    elif text:
        item.properties[key] = _property(key, text)
    else:
        item.properties.pop(key, None)


def _property(key: str, text: str) -> Property:
    uri, _, label = key.rstrip("]").partition("[")
    if key == TITLE:
        return Property(element("Value", text), text)
    if key == "contacts:Birthday":
        text = f"{text}T11:59:00Z"
    if label and "PhysicalAddress" not in uri:
        return entry_property(uri, label, text)
    return Property(element(uri.rpartition(":")[2], text), text)


def _set_times(item: Item, given: Mapping[str, str]) -> None:
    """The form's wall times are those of the office. Raises: EwsError ErrorInvalidValueForProperty."""
    if item.kind != "CalendarItem":
        return
    if recurrence.is_master(item):
        raise EwsError("ErrorInvalidPropertySet", "Die Zeiten einer Serie lassen sich hier nicht ändern.")
    all_day = "all_day" in given
    try:
        first, last = date.fromisoformat(given.get("start_day", "")), date.fromisoformat(given.get("end_day", ""))
        begin, finish = (
            time() if all_day else time.fromisoformat(given.get(name, "")) for name in ("start_time", "end_time")
        )
    except ValueError as error:
        raise EwsError("ErrorInvalidValueForProperty", "Bitte Beginn und Ende mit Tag und Uhrzeit angeben.") from error
    zone = timezones.windows_name(TIME_ZONE)
    for name in ("StartTimeZone", "EndTimeZone"):
        item.properties[f"calendar:{name}"] = Property(timezones.definition(name, zone), zone)
    end_day = last + timedelta(days=1) if all_day else last
    item.properties["calendar:Start"] = calendar.stored_moment(
        "Start", datetime.combine(first, begin, _CLOCK).astimezone(UTC)
    )
    item.properties["calendar:End"] = calendar.stored_moment(
        "End", datetime.combine(end_day, finish, _CLOCK).astimezone(UTC)
    )
    word = "true" if all_day else "false"
    item.properties["calendar:IsAllDayEvent"] = Property(element("IsAllDayEvent", word), word)
