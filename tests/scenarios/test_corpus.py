"""Any folder of .ics files (CORPUS_DIR, else tests/corpus): each event is compared with what an independent reader makes of the file: identical, or
hinted; never wrong (R17, R18).

It goes from Wice into Anna's mailbox. Then Wice has lost it and gets it from there, as something new; and from Wice it goes to Bernd, who takes part.

An event that Wice's columns cannot hold at all (a series in a zone of its own, dates added to a rule) is left out.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import BERLIN, Seen, in_outlook, in_wice, seen_event
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, hints

ONLY = Kind.APPOINTMENTS
FILES = Path(os.environ.get("CORPUS_DIR") or Path(__file__).parents[1] / "corpus")
LENGTH = timedelta(days=900)


def test_R18_what_stands_in_the_corpus_is_identical_or_hinted_never_wrong(make_office: MakeOffice):
    office = make_office("anna", "bernd", window_past_days=36_500)
    expected: dict[str, list[Seen]] = {}
    days: dict[str, date] = {}
    for number, events in enumerate(_events()):
        title = f"{number} {events[0].get('summary', '')}"
        for event in events:
            event["summary"] = title
        office.wice.appointment(title, "anna", day="", **_columns(events))
        days[title] = _date(events[0].start)
        expected[title] = _expanded(events, days[title])
    span = min(days.values()), max(days.values()) + LENGTH
    hinted = _hinted(office, "anna")
    assert len(hinted) < len(expected)
    for title in hinted:
        expected[title] = []
    assert _by_title(in_outlook(office, *span, "anna"), days) == expected
    _forget_in_wice(office)
    assert _hinted(office, "anna") == set()
    assert _by_title(in_wice(office, *span), days) == expected
    for row in office.wice.appointments().values():
        office.wice.join(f"a:{row['rowid']}", "bernd")
    assert _hinted(office, "bernd") == set()
    assert _hinted(office, "anna") == set(), "she is told who else takes part"
    for user in ("anna", "bernd"):
        assert _by_title(in_outlook(office, *span, user), days) == expected


def _hinted(office: Office, user: str) -> set[str]:
    """Synchronise; what is left alone for a rule that both servers cannot say alike."""
    report = office.sync(user)
    assert report.status is Status.DONE, report.json()
    assert {reason for reason, _ in hints(report)} <= {"series"}, report.json()
    return {label.rpartition(" (")[0] for _, label in hints(report)}


def _forget_in_wice(office: Office) -> None:
    """Wice has lost all appointments, and nobody remembers that they were linked."""
    for row in office.wice.appointments().values():
        office.wice.destroy(f"a:{row['rowid']}")
    office.product.registry.unlink(office.product.registry.profile("anna")[0].id, [Kind.APPOINTMENTS])


def _by_title(seen: list[Seen], days: Mapping[str, date]) -> dict[str, list[Seen]]:
    found: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        found[one.title].append(one)
    return {title: _within(found[title], begin) for title, begin in days.items()}


def _events() -> Iterator[list[Any]]:
    """Masters with their changed occurrences."""
    for path in sorted(FILES.glob("**/*.ics")):
        by_uid: defaultdict[str, list[Any]] = defaultdict(list)
        for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
            by_uid[str(event.get("uid"))].append(event)
        for events in by_uid.values():
            events.sort(key=lambda event: "recurrence-id" in event)
            if _fits(events):
                yield events


def _fits(events: list[Any]) -> bool:
    first = events[0]
    own_zone = isinstance(first.start, datetime) and first.start.tzinfo and str(first.start.tzinfo) != BERLIN.key
    return "recurrence-id" not in first and "rdate" not in first and not ("rrule" in first and own_zone)


def _columns(events: list[Any]) -> dict[str, Any]:
    first, *changed = events
    rules = first.get("rrule", [])
    lines = [rule.to_ical().decode() for rule in (rules if isinstance(rules, list) else [rules])]
    gone = first.get("exdate", [])
    dates = [one.dt for part in (gone if isinstance(gone, list) else [gone]) for one in part.dts]
    overrides = [{**_row(event), "recurrence_id": _original(event["recurrence-id"].dt)} for event in changed]
    series = {"rrule": "\n".join(lines), "exdates": [_original(day) for day in dates], "overrides": overrides}
    return {name: value for name, value in _row(first).items() if name != "title"} | series


def _row(event: Any) -> dict[str, str]:
    start, end = event.start, event.end
    timed = isinstance(start, datetime)
    last = end if timed else max(start, end - timedelta(days=1))
    return {
        "title": str(event.get("summary", "")),
        "location": str(event.get("location", "")),
        "description": str(event.get("description", "")),
        "private": "0" if str(event.get("class", "PUBLIC")) == "PUBLIC" else "1",
        "fulltime": "0" if timed else "1",
        "date_start": f"{_wall(start):%Y-%m-%d}",
        "time_start": f"{_wall(start):%H:%M}" if timed else "07:00",
        "date_end": f"{_wall(last):%Y-%m-%d}",
        "time_end": f"{_wall(last):%H:%M}" if timed else "23:00",
    }


def _wall(moment: date) -> date:
    return moment.astimezone(BERLIN) if isinstance(moment, datetime) and moment.tzinfo else moment


def _original(moment: date) -> str:
    return f"{_wall(moment):%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def _date(moment: date) -> date:
    wall = _wall(moment)
    return wall.date() if isinstance(wall, datetime) else wall


def _expanded(events: list[Any], begin: date) -> list[Seen]:
    """For 900 days from its first date on."""
    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    around = begin - timedelta(days=1), begin + LENGTH + timedelta(days=1)
    return _within(sorted(seen_event(event) for event in recurring_ical_events.of(calendar).between(*around)), begin)


def _within(seen: list[Seen], begin: date) -> list[Seen]:
    return [one for one in seen if begin.isoformat() <= one.start[:10] < (begin + LENGTH).isoformat()]
