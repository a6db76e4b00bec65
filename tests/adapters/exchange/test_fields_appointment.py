"""Appointments through the field table and the XML, both ways, with nasty input."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.adapters.exchange import fields_appointment as fields
from app.adapters.exchange.appointments import Appointments
from app.adapters.exchange.mapping import Draft
from app.adapters.exchange.paths import BODY, Path, item_with, values_of
from app.adapters.exchange.wire import parse
from app.domain.appointment import AllDay, Appointment, Participant, Timed
from app.domain.fingerprint import differences, fingerprint
from tests.adapters.exchange.sandbox_server import changed
from tests.adapters.exchange.test_zones import ZONES
from tests.adapters.exchange.texts import nasty_texts, stored_texts

CALENDAR = fields.Calendar(owner=frozenset({"anna@example.com", "a.schulz@example.com"}), zone="Europe/Berlin")
KIND = Appointments(CALENDAR)
moments = st.integers(631152000, 3471292800).map(lambda second: datetime.fromtimestamp(second, UTC))
timed = st.builds(
    lambda start, minutes, zone: Timed(start=start, end=start + timedelta(minutes=minutes), zone=zone),
    moments,
    st.integers(0, 5000),
    st.sampled_from([*ZONES, "", "Mond/Basis"]),
)
whole_days = st.builds(
    lambda first, days: AllDay(first=first, last=first + timedelta(days=days)),
    st.dates(date(1990, 1, 1), date(2080, 1, 1)),
    st.integers(0, 30),
)
people = st.lists(st.builds(Participant, name=stored_texts, email=stored_texts), max_size=3).map(tuple)
appointments = st.builds(
    Appointment,
    title=nasty_texts,
    text=nasty_texts.filter(lambda text: "---" not in text),
    place=nasty_texts,
    when=st.one_of(timed, whole_days),
    private=st.booleans(),
    participants=people.filter(lambda some: not any("---" in one.name + one.email for one in some)),
    uid=stored_texts,
)


def held(draft: Draft, values: dict[Path, str]) -> Any:
    item = parse(etree.tostring(item_with("CalendarItem", values), encoding="utf-8"))
    read = fields.read(item, values_of(item), CALENDAR)
    assert isinstance(draft.record, Appointment)
    return changed(read, participants=draft.record.participants)


@given(appointments)
def test_R3_a_round_trip_never_looks_like_a_change(one: Appointment) -> None:
    draft = KIND.draft(one)
    again = held(draft, draft.values)
    assert again == draft.record
    stored = {name: fields._stored(getattr(one, name)) for name in ("title", "text", "place")}
    assert differences(changed(one, **stored), again) == ()
    assert KIND.change(again, changed(one, **stored)).values == {}


@given(appointments, appointments)
def test_R1_an_update_makes_one_appointment_of_another(before: Appointment, after: Appointment) -> None:
    created = KIND.draft(before)
    change = KIND.change(held(created, created.values), after)
    now = held(change, {path: text for path, text in (created.values | change.values).items() if text})
    assert now == change.record
    wanted = KIND.draft(after)
    assert differences(held(wanted, wanted.values), now) == ()
    assert fingerprint(now) == fingerprint(KIND.change(now, after).record or now)


@given(appointments, appointments)
def test_R2_only_mapped_properties_appear_and_never_people(before: Appointment, after: Appointment) -> None:
    written = KIND.change(before, after).values.keys() | KIND.draft(after).values.keys()
    assert written <= set(fields.ALL_PATHS)
    assert not written & {*(fields._ORGANIZER, *fields._ATTENDEES), fields.TYPE, fields.MY_RESPONSE}


def test_R15_rich_text_stays_when_only_the_place_changes() -> None:
    one = Appointment(when=AllDay(first=date(2026, 1, 1), last=date(2026, 1, 1)), text="Fett", place="A")
    assert KIND.change(one, changed(one, place="B")).values == {fields.LOCATION: "B"}


def test_R15_the_block_changes_with_the_participants() -> None:
    one = Appointment(when=AllDay(first=date(2026, 1, 1), last=date(2026, 1, 1)), shown=("Dora",))
    assert KIND.change(one, one).values == {BODY: ""}
    assert KIND.change(one, changed(one, participants=(Participant(name="Dora"),))).values == {}


def test_R17_all_day_is_written_as_midnights_of_the_server_s_zone() -> None:
    one = Appointment(when=AllDay(first=date(2026, 3, 28), last=date(2026, 3, 29)))
    values = KIND.draft(one).values
    assert (values[fields.START], values[fields.END]) == ("2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z")
    assert values[fields.START_ZONE] == values[fields.END_ZONE] == "W. Europe Standard Time"


@pytest.mark.parametrize("text", ["", "2026-01-01T10:00:00", "bald"])
def test_a_time_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        fields.held({fields.START: text, fields.END: "2026-01-01T10:00:00Z"}, ())
