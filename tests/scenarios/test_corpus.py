"""Any folder of .ics files (CORPUS_DIR, else tests/corpus): each event stands in Wice for two people and is compared in both mailboxes with what an
independent reader makes of the file: identical, or hinted; never wrong (R17, R18).

An event that Wice's columns cannot hold at all (a series in a zone of its own, dates added to a rule) is left out.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.calendars import BERLIN, Seen, in_outlook, seen_event
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import hints

ONLY = Kind.APPOINTMENTS
FILES = Path(os.environ.get("CORPUS_DIR") or Path(__file__).parents[1] / "corpus")
LENGTH = timedelta(days=900)


def test_R18_what_stands_in_the_corpus_is_identical_or_hinted_never_wrong(make_office: MakeOffice):
    office = make_office("anna", "bernd", window_past_days=36_500)
    expected: dict[str, list[Seen]] = {}
    days: list[date] = []
    for number, events in enumerate(_events()):
        title = f"{number} {events[0].get('summary', '')}"
        for event in events:
            event["summary"] = title
        office.wice.appointment(title, "anna", "bernd", day="", **_columns(events))
        days.append(_date(events[0].start))
        expected[title] = _expanded(events, days[-1])
    for user in ("anna", "bernd"):
        report = office.sync(user)
        assert report.status in (Status.DONE, Status.NOTHING_TO_DO), report.json()
        hinted = {label.rpartition(" (")[0] for reason, label in hints(report) if reason == "series"}
        seen: defaultdict[str, list[Seen]] = defaultdict(list)
        for one in in_outlook(office, min(days), max(days) + LENGTH, user):
            seen[one.title].append(one)
        for (title, wanted), begin in zip(expected.items(), days, strict=True):
            there = _within(seen[title], begin)
            assert there == ([] if title in hinted else wanted), title
        assert len(hinted) < len(expected)


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
