from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.sync import Item
from app.rules.matcher import match

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
WHEN = Timed(start=NINE, end=NINE + timedelta(hours=1))
EVA = Contact(
    first_name="Eva", last_name="Schulz", email="eva@example.com", phone="040 66969-1", company_name="Muster GmbH"
)
MUSTER = Contact(entity=Entity.COMPANY, company_name="Muster GmbH & Co. KG")
JOUR_FIXE = Appointment(title="Jour fixe", when=WHEN)


def items(side: str, *records: Record) -> list[Item]:
    return [Item(id=ItemId(f"{side}{n}"), version=Version("1"), record=record) for n, record in enumerate(records)]


def pairs(wice: list[Record], exchange: list[Record]) -> tuple[set[tuple[str, str]], set[str]]:
    found = match(items("w", *wice), items("e", *exchange))
    return {(ours.id, theirs.id) for ours, theirs in found.twins}, set(found.ambiguous)


SAME: dict[str, tuple[Record, Record]] = {
    "equal": (EVA, EVA),
    "same e-mail, other case": (EVA, Contact(first_name="Eva", last_name="SCHULZ", email="EVA@Example.com")),
    "same phone, other spelling": (
        replace(EVA, phone="+49 (0)40 66969-1"),
        Contact(first_name="Eva", last_name="Schulz", mobile_phone="0049 40 669691"),
    ),
    "same phone, with and without country": (
        replace(EVA, email="", company_name="", phone="0431 471100"),
        Contact(first_name="Eva", last_name="Schulz", phone="+49 431 471100"),
    ),
    "same company": (EVA, Contact(first_name="Eva", last_name="Schulz", company_name="muster gmbh")),
    "name in one field": (EVA, Contact(last_name="Eva Schulz", email="eva@example.com")),
    "only a name, otherwise empty": (Contact(last_name="Cher"), Contact(last_name="Cher")),
    "company, punctuation": (MUSTER, replace(MUSTER, company_name="muster gmbh & co kg")),
    "appointment by subject, start and end": (JOUR_FIXE, replace(JOUR_FIXE, title="jour fixe", place="Hamburg")),
    "appointment by UID": (
        replace(JOUR_FIXE, uid="u1"),
        replace(JOUR_FIXE, uid="u1", title="Other", when=AllDay(first=date(2026, 6, 2), last=date(2026, 6, 2))),
    ),
}

OTHERS: dict[str, tuple[Record, Record]] = {
    "same name, nothing else": (EVA, Contact(first_name="Eva", last_name="Schulz", email="other@example.com")),
    "same name, another extension": (
        replace(EVA, phone="0431 4711-12"),
        Contact(first_name="Eva", last_name="Schulz", phone="0431 4711-13"),
    ),
    "same e-mail, other name": (EVA, Contact(first_name="Udo", last_name="Schulz", email="eva@example.com")),
    "person and company": (Contact(last_name="Muster GmbH"), replace(MUSTER, company_name="Muster GmbH")),
    "appointment an hour later": (
        JOUR_FIXE,
        replace(JOUR_FIXE, when=Timed(start=NINE + timedelta(hours=1), end=NINE + timedelta(hours=2))),
    ),
    "all-day and timed": (JOUR_FIXE, replace(JOUR_FIXE, when=AllDay(first=date(2026, 6, 1), last=date(2026, 6, 1)))),
}


@pytest.mark.parametrize("name", SAME)
def test_R24_what_stands_on_both_sides_is_linked(name: str) -> None:
    ours, theirs = SAME[name]
    assert pairs([ours], [theirs]) == ({("w0", "e0")}, set())


@pytest.mark.parametrize("name", OTHERS)
def test_R24_what_only_looks_alike_is_not_linked(name: str) -> None:
    ours, theirs = OTHERS[name]
    assert pairs([ours], [theirs]) == (set(), set())


def test_R24_several_candidates_are_a_hint_and_all_stay_untouched() -> None:
    home, work = replace(EVA, phone="", company_name=""), replace(EVA, email="", company_name="")
    assert pairs([EVA], [home, work]) == (set(), {"w0", "e0", "e1"})
    assert pairs([home, work], [EVA]) == (set(), {"w0", "w1", "e0"})


def test_R24_two_equal_contacts_on_each_side_are_not_guessed() -> None:
    assert pairs([EVA, EVA], [EVA, EVA]) == (set(), {"w0", "w1", "e0", "e1"})


def test_R24_stronger_evidence_decides_before_weaker_is_looked_at() -> None:
    lookalike = replace(EVA, mobile_phone="0171 3920001")
    assert pairs([EVA, lookalike], [lookalike, EVA]) == ({("w0", "e1"), ("w1", "e0")}, set())
    meeting = replace(JOUR_FIXE, uid="u1")
    assert pairs([meeting, JOUR_FIXE], [replace(meeting, title="Moved"), JOUR_FIXE]) == (
        {("w0", "e0"), ("w1", "e1")},
        set(),
    )


def test_R24_a_contact_without_any_name_is_never_a_natural_twin() -> None:
    assert pairs([Contact(email="info@example.com")], [Contact(email="info@example.com", phone="1")]) == (set(), set())
