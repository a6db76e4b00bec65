"""R18: series in Wice's columns, there and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.fields_appointment import AppointmentFields
from app.domain.appointment import AllDay, Appointment, Occurrence, Timed
from app.domain.fingerprint import differences
from app.domain.occurrences import check_order, settled, span_on
from app.domain.recurrence import Inexpressible, Recurrence
from tests.domain.test_recurrence import SERIES

BERLIN = ZoneInfo("Europe/Berlin")
FIELDS = AppointmentFields(load_dialect(), BERLIN)
WORDS = st.sampled_from(["", "Jour fixe", "Besprechung"])


@st.composite
def series(draw: st.DrawFn, rules: st.SearchStrategy[Recurrence] = SERIES) -> Appointment:
    rule = draw(rules)
    if draw(st.booleans()):
        when: Timed | AllDay = AllDay(first=rule.first, last=rule.first + timedelta(days=draw(st.integers(0, 2))))
    else:
        clock = time(draw(st.integers(4, 22)), draw(st.sampled_from([0, 30])))
        start = datetime.combine(rule.first, clock, BERLIN).astimezone(UTC)
        when = Timed(start=start, end=start + timedelta(minutes=draw(st.integers(0, 1500))), zone="Europe/Berlin")
    one = Appointment(title=draw(WORDS), place=draw(WORDS), text=draw(WORDS), when=when, recurrence=rule)
    numbers = draw(st.sets(st.integers(1, min(rule.size or 30, 30)), max_size=5))
    return settled(replace(one, exceptions=tuple(_exception(draw, one, rule.at(number)) for number in numbers)))


def _exception(draw: st.DrawFn, one: Appointment, day: date) -> Occurrence:
    if draw(st.booleans()):
        return Occurrence(original=day, deleted=True)
    when = draw(st.sampled_from([span_on(one, day), AllDay(first=day, last=day)]))
    if isinstance(when, Timed) and draw(st.booleans()):
        when = replace(when, end=when.end + timedelta(minutes=30))
    return Occurrence(original=day, when=when, title=draw(WORDS), place=draw(WORDS), private=draw(st.booleans()))


@given(series())
def test_R3_a_series_survives_the_round_trip(one: Appointment) -> None:
    check_order(one)
    assert differences(FIELDS.read(FIELDS.create(one)), one) == ()


@given(series(), series())
def test_R1_writing_over_a_row_leaves_what_was_wanted(wanted: Appointment, before: Appointment) -> None:
    row = FIELDS.create(before)
    assert differences(FIELDS.read(row | FIELDS.write(wanted, (row, FIELDS.read(row)))), wanted) == ()
    single = replace(wanted, recurrence=None, exceptions=())
    written = row | FIELDS.write(single, (row, FIELDS.read(row)))
    assert differences(FIELDS.read(written), single) == ()
    assert not written.get("exdates")
    assert not written.get("overrides")


def row(**values: Any) -> dict[str, Any]:
    times = {"date_start": "2031-03-17", "time_start": "09:00", "date_end": "2031-03-17", "time_end": "10:00"}
    return {"title": "Jour fixe", "location": "Raum 1", **times, "rrule": "FREQ=WEEKLY;COUNT=4", **values}


@pytest.mark.parametrize(
    "spelled", ["2031-03-24", "2031-03-24 09:00", "20310324T090000", "2031-03-24T08:00:00Z", "20310324T080000Z"]
)
def test_R18_an_original_start_may_be_spelled_in_many_ways(spelled: str) -> None:
    read = FIELDS.read(row(exdates=[spelled]))
    assert read.exceptions == (Occurrence(original=date(2031, 3, 24), deleted=True),)
    assert FIELDS.read(row(exdates=f"{spelled},2031-03-31")).exceptions[0] == read.exceptions[0]


def test_R18_what_a_changed_occurrence_leaves_out_is_the_series_own() -> None:
    override = {"recurrence_id": "2031-03-31 09:00", "date_start": "2031-04-01", "category": "7", "location": ""}
    read = FIELDS.read(row(overrides=[override]))
    [one] = read.exceptions
    start = datetime(2031, 4, 1, 7, tzinfo=UTC)
    assert one.when == Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    assert (one.title, one.place) == ("Jour fixe", "")
    renamed = replace(read, title="Besprechung")
    written = FIELDS.write(renamed, (row(overrides=[override]), read))
    overrides = written["overrides"]
    assert isinstance(overrides, list)
    [rewritten] = overrides
    assert (rewritten["category"], rewritten["title"]) == ("7", "Jour fixe"), "R2, and it does not follow the new title"


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"rrule": "FREQ=HOURLY"}, "FREQ=HOURLY"),
        ({"overrides": [{"recurrence_id": "2031-03-25"}]}, "RECURRENCE-ID=2031-03-25"),
        (
            {"overrides": [{"recurrence_id": "2031-03-24"}] * 2 + [{"recurrence_id": "2031-03-24", "title": "x"}] * 2},
            "RECURRENCE-ID=2031-03-24",
        ),
        (
            {"overrides": [{"recurrence_id": "2031-03-24", "date_start": "2031-04-02"}]},
            "RECURRENCE-ID=2031-03-24 > 2031-04-02",
        ),
        ({"overrides": [{"recurrence_id": "soon"}]}, "RECURRENCE-ID=soon"),
        ({"exdates": ["2031-13-24"]}, "RECURRENCE-ID=2031-13-24"),
        ({"overrides": ["2031-03-24"]}, "RECURRENCE-ID"),
    ],
)
def test_R18_what_cannot_be_carried_is_named(columns: dict[str, Any], named: str) -> None:
    with pytest.raises(Inexpressible) as caught:
        FIELDS.read(row(**columns))
    assert str(caught.value) == named
