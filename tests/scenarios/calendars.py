"""What people see on their calendars, occurrence by occurrence, each side expanded by others than the product (R18).

Wice's rows become an iCalendar that `recurring_ical_events` expands; Exchange expands its own series in a CalendarView.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from exchangelib import EWSDateTime, EWSTimeZone
from icalendar import Calendar, Event, vRecur

from app.domain.sync import Kind
from tests.scenarios.office import Office

BERLIN = ZoneInfo("Europe/Berlin")


class Seen(NamedTuple):
    """One entry of a calendar's page. Times are Berlin's wall times, of all-day entries the first and the last date."""

    start: str
    end: str
    title: str
    place: str
    text: str
    private: bool


def in_wice(office: Office, first: date, last: date) -> list[Seen]:
    """All appointments of Wice from one date to another, ends included."""
    calendar = Calendar()
    for number, row in enumerate(office.wice.appointments().values()):
        for event in _events(row, f"{number}@example.com"):
            calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return sorted(seen_event(event) for event in found)


def _events(row: dict[str, Any], uid: str) -> Iterator[Event]:
    yield _event(row, uid, rule=row["rrule"], gone=row["exdates"])
    for override in row["overrides"]:
        original = override["recurrence_id"]
        day = {"date_start": original[:10], "date_end": override.get("date_start", original[:10])}
        event = _event({**row, **day, **override}, uid)
        event.add("recurrence-id", _original(row, original))
        yield event


def _event(row: dict[str, Any], uid: str, rule: str = "", gone: list[str] | None = None) -> Event:
    event = Event()
    event.add("uid", uid)
    for name, column in (("summary", "title"), ("location", "location"), ("description", "description")):
        event.add(name, row[column])
    event.add("class", "PRIVATE" if row["private"] == "1" else "PUBLIC")
    full_time = row["fulltime"] == "1"
    start, end = (_moment(f"{row[f'date_{which}']} {row[f'time_{which}']}") for which in ("start", "end"))
    event.add("dtstart", start.date() if full_time else start)
    event.add("dtend", end.date() + timedelta(days=1) if full_time else end)
    if rule:
        event["rrule"] = _rule(rule, full_time)
    for day in gone or ():
        event.add("exdate", _original(row, day))
    return event


def _original(row: dict[str, Any], text: str) -> date:
    """The start that an occurrence of this date would have."""
    day = text[:10]
    return date.fromisoformat(day) if row["fulltime"] == "1" else _moment(f"{day} {row['time_start']}")


def _rule(rule: str, full_time: bool) -> Any:
    """With the end as RFC 5545 wants it: a date beside dates, UTC beside zoned times."""
    read = vRecur.from_ical(rule)
    for until in read.get("UNTIL", []):
        wall = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
        known = wall if wall.tzinfo else wall.replace(tzinfo=BERLIN)
        read["UNTIL"] = [known.date() if full_time else known.astimezone(UTC)]
    return read


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def seen_event(event: Event) -> Seen:
    """An occurrence of an iCalendar; floating times are Berlin's."""
    start, end = event.start, event.end
    texts = (str(event.get(name, "")) for name in ("summary", "location", "description"))
    title, place, text = texts
    if not isinstance(start, datetime):
        end -= timedelta(days=1)
    return Seen(_written(start), _written(end), title, place, text, str(event.get("class", "PUBLIC")) != "PUBLIC")


def _written(moment: date) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return f"{moment.astimezone(BERLIN) if moment.tzinfo else moment:%Y-%m-%d %H:%M}"


def in_outlook(office: Office, first: date, last: date, user: str = "anna") -> list[Seen]:
    """All entries of the profile's calendar, as Outlook shows them."""
    hand = office.mailboxes[user]
    zone = EWSTimeZone.from_zoneinfo(BERLIN)
    start, end = (EWSDateTime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last + timedelta(days=1)))
    return sorted(_seen_item(item) for item in hand.page(hand.wice_folder(Kind.APPOINTMENTS), start, end))


def _seen_item(item: Any) -> Seen:
    body = str(item.text_body or "").split("--- Teilnehmer laut Wice ---", maxsplit=1)[0].strip()
    times = _written(item.start), _written(_last(item) if item.is_all_day else item.end)
    return Seen(*times, item.subject or "", item.location or "", body, item.sensitivity == "Private")


def _last(item: Any) -> date:
    """The last date of an all-day entry, by its length: one that holds a change of clocks is no multiple of 24 hours long."""
    days = {unit: int(number) for number, unit in re.findall(r"(\d+)([DH])", item.duration)}
    hours = 24 * days.get("D", 0) + days.get("H", 0)
    return item.start + timedelta(days=round(hours / 24) - 1)  # type: ignore[no-any-return] # exchangelib's dates
