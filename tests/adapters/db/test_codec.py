"""Whatever the domain holds comes back from its JSON text; neighbouring versions read each other's rows."""

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.db import codec
from app.domain.appointment import AllDay, Appointment, Occurrence, Participant, Role, Timed
from app.domain.contact import CONTACT_FIELDS, Contact, Entity
from app.domain.fingerprint import Record
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason
from app.domain.sync import End, Kind, Side
from tests.domain.test_recurrence import SERIES

# Lone surrogates and NUL too: a server's bytes are not ours to choose, and PostgreSQL takes neither as text.
TEXT = st.text(st.characters(), max_size=6)
MOMENTS = st.datetimes(timezones=st.just(UTC))
CONTACTS = st.builds(
    Contact,
    entity=st.sampled_from(Entity),
    **{name: TEXT for name in CONTACT_FIELDS if name != "entity"},
)
TIMES = st.one_of(
    st.builds(Timed, start=MOMENTS, end=MOMENTS, zone=TEXT), st.builds(AllDay, first=st.dates(), last=st.dates())
)
APPOINTMENTS = st.builds(
    Appointment,
    title=TEXT,
    text=TEXT,
    when=TIMES,
    private=st.booleans(),
    participants=st.lists(st.builds(Participant, name=TEXT, email=TEXT, role=st.sampled_from(Role)), max_size=2).map(
        tuple
    ),
    uid=TEXT,
    recurrence=st.none() | SERIES,
    exceptions=st.lists(
        st.builds(Occurrence, original=st.dates(), deleted=st.booleans(), when=st.none() | TIMES, title=TEXT),
        max_size=2,
    ).map(tuple),
)
RECORDS = CONTACTS | APPOINTMENTS
ENDS = st.builds(End, id=TEXT, version=TEXT, fingerprint=TEXT, certain=st.booleans())
WRITES = st.builds(
    PlannedWrite,
    side=st.sampled_from(Side),
    op=st.sampled_from(Op),
    record=st.none() | RECORDS,
    before=st.none() | RECORDS,
    into=st.none() | TEXT,
    company=TEXT,
    write_company=st.booleans(),
)
ACTIONS = st.builds(
    Action,
    key=TEXT,
    kind=st.sampled_from(Kind),
    link=TEXT,
    reason=st.sampled_from(Reason),
    label=TEXT,
    writes=st.lists(WRITES, max_size=2).map(tuple),
    wice=st.none() | ENDS,
    exchange=st.none() | ENDS,
    parent=TEXT,
    last_day=st.none() | st.dates(),
    conflict=st.booleans(),
    fields=st.lists(TEXT, max_size=3).map(tuple),
    ends_link=st.booleans(),
)
HINTS = st.builds(Hint, st.sampled_from(HintReason), TEXT, st.none() | st.sampled_from(Side), TEXT, TEXT)


@given(
    st.one_of(
        *(
            st.tuples(st.just(hint), values)
            for hint, values in [(Record, RECORDS), (End, ENDS), (Action, ACTIONS), (Hint, HINTS)]
        )
    )
)
def test_every_value_comes_back_from_printable_text(case):
    hint, value = case
    text = codec.dumps(value)
    assert text.isascii()
    assert text.isprintable()
    assert codec.loads(hint, text) == value


def test_defaults_take_no_room():
    assert codec.dumps(Contact(last_name="Schulz")) == '{"type":"contact","last_name":"Schulz"}'


def test_unknown_keys_are_ignored_and_missing_ones_take_their_default():
    text = '{"type":"appointment","when":{"type":"all_day","first":"2026-01-01","last":"2026-01-01","colour":1},"mood":"good"}'
    day = date(2026, 1, 1)
    assert codec.loads(Record, text) == Appointment(when=AllDay(first=day, last=day))


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"type":"appointment"}', '{"type":"contact","entity":"robot"}', '{"type":"task"}']
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        codec.loads(Record, text)


def test_what_is_no_domain_value_is_not_stored():
    with pytest.raises(TypeError, match="object"):
        codec.dumps((object(),))
