"""R3: one normal form; a round trip through either server never looks like a change, a person's edit always does."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.domain.appointment import AllDay, Appointment, Participant, Timed
from app.domain.contact import COMPANY_ONLY_FIELDS, CONTACT_FIELDS, EMAIL_FIELDS, PHONE_FIELDS, Contact, Entity
from app.domain.fingerprint import clean, differences, fingerprint, normal_phone, normal_text
from app.domain.recurrence import Recurrence, Unit
from app.domain.terms import folded

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MEETING = Appointment(
    title="Jour fixe", text="Agenda", place="Hamburg", when=Timed(start=NINE, end=NINE + timedelta(hours=1))
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
FIELDS = [name for name in CONTACT_FIELDS if name != "entity"]


def contact(entity: Entity, **fields: str) -> Contact:
    return Contact(entity=entity, **fields)


def owner_of(field: str) -> Entity:
    return Entity.COMPANY if field in COMPANY_ONLY_FIELDS else Entity.PERSON


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", unicodedata.normalize("NFD", "Müller")),
        ("Zeile 1\r\nZeile 2\rZeile 3", "Zeile 1\nZeile 2\nZeile 3"),
        ("  Hauptstr. 12 ", "Hauptstr.\u00a012"),
        ("Text mit Ende\n\n", "Text mit Ende"),
        ("a\tb   c", "a b c"),
        ("Blanks am Zeilenende  \nweiter", "Blanks am Zeilenende\nweiter"),
        ("Steuer\x0bzeichen\x00", "Steuerzeichen"),
    ],
)
def test_R3_what_servers_do_to_texts_is_no_change(one: str, other: str) -> None:
    assert fingerprint(contact(Entity.PERSON, last_name=one)) == fingerprint(contact(Entity.PERSON, last_name=other))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+49 (0)40 41303-50", "0049 40 4130350", True),
        ("040/41 30-350", "040 4130350", True),
        ("040 4130350", "040 4130351", False),
        ("040 4130350", "+49 40 4130350", False),
        ("0800 FLOWERS", "0800 flowers", True),
        ("---", "", True),
    ],
)
def test_R3_phones_keep_their_spelling_but_compare_by_digits(one: str, other: str, same: bool) -> None:
    assert (normal_phone(one) == normal_phone(other)) is same


@pytest.mark.parametrize("field", FIELDS)
def test_R1_an_edit_of_any_mapped_field_is_a_change_and_is_named(field: str) -> None:
    entity = owner_of(field)
    before = contact(entity, **{field: "040 1"})
    after = contact(entity, **{field: "040 2"})
    assert fingerprint(before) != fingerprint(after)
    assert differences(before, after) == (field,)
    assert differences(before, contact(entity)) == (field,)


@pytest.mark.parametrize("field", sorted(COMPANY_ONLY_FIELDS))
def test_R5_a_persons_contact_does_not_show_what_is_the_companys_alone(field: str) -> None:
    assert fingerprint(contact(Entity.PERSON, **{field: "x"})) == fingerprint(Contact())


@given(field=st.sampled_from(FIELDS), text=TEXTS)
def test_R3_cleaning_is_stable_and_never_looks_like_a_change(field: str, text: str) -> None:
    raw, cleaned = contact(owner_of(field), **{field: text}), contact(owner_of(field), **{field: clean(text)})
    assert fingerprint(raw) == fingerprint(cleaned)
    assert clean(clean(text)) == clean(text)


@given(text=TEXTS)
def test_R3_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal_text(normal_text(text)) == normal_text(text)


@pytest.mark.parametrize("field", sorted(EMAIL_FIELDS))
def test_R3_mail_addresses_compare_without_case(field: str) -> None:
    one, other = ({field: "Eva.Schulz@Example.com"}, {field: "eva.schulz@example.COM "})
    entity = owner_of(field)
    assert fingerprint(contact(entity, **one)) == fingerprint(contact(entity, **other))


def test_R3_web_pages_compare_without_scheme_and_closing_slash() -> None:
    one, other = Contact(company_url="https://www.Example.com/"), Contact(company_url="www.example.com")
    assert differences(one, other) == ()


def test_every_field_is_of_one_known_sort() -> None:
    assert {
        "phone", "phone2", "phone3", "fax", "mobile_phone", "private_phone", "private_mobile_phone", "company_phone", "company_fax",
    } == PHONE_FIELDS  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Other"},
        {"text": "Other"},
        {"place": ""},
        {"private": True},
        {"when": Timed(start=NINE, end=NINE + timedelta(hours=2))},
        {"when": AllDay(first=date(2026, 6, 1), last=date(2026, 6, 1))},
    ],
)
def test_R1_an_edit_of_an_appointment_is_a_change_and_is_named(changed: dict[str, object]) -> None:
    after = replace(MEETING, **changed)  # type: ignore[arg-type] # fields of Appointment
    assert fingerprint(after) != fingerprint(MEETING)
    assert differences(after, MEETING) == tuple(changed)


def test_R17_the_zone_of_an_equal_instant_and_seconds_are_no_change() -> None:
    moved = Timed(start=NINE.replace(second=30), end=NINE + timedelta(hours=1), zone="America/New_York")
    assert fingerprint(replace(MEETING, when=moved)) == fingerprint(MEETING)


def test_R15_a_sides_own_participants_are_noticed_but_the_block_we_wrote_is_not() -> None:
    with_bernd = replace(MEETING, participants=(Participant(name="Bernd", email="bernd@example.com"),))
    assert fingerprint(with_bernd) != fingerprint(MEETING)
    assert differences(with_bernd, MEETING) == ()
    assert fingerprint(replace(MEETING, shown=("Bernd",))) == fingerprint(MEETING)


def test_R18_a_series_rule_is_noticed() -> None:
    assert fingerprint(replace(MEETING, recurrence=Recurrence(unit=Unit.DAY, first=date(2026, 1, 1)))) != fingerprint(
        MEETING
    )


@pytest.mark.parametrize("year", [1, 1604, 1899, 2026, 9998])
def test_R3_any_year_has_a_normal_form(year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    assert fingerprint(Appointment(when=Timed(start=start, end=start))) == fingerprint(
        Appointment(when=Timed(start=start, end=start))
    )
    assert fingerprint(Appointment(when=Timed(start=start, end=start))) != fingerprint(MEETING)


@given(TEXTS)
def test_R3_the_short_way_of_ordinary_texts_is_the_long_one(text: str) -> None:
    """A control character is dropped, but sends a text the long way."""
    assert clean(text) == clean(f"{text}\x00")
    assert normal_text(text) == normal_text(f"{text}\x00")
    assert folded(text) == folded(f"{text}\x00")
