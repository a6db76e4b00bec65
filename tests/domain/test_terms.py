"""Folded terms: what an item is found by (R41)."""

from __future__ import annotations

import pytest

from app.domain.contact import Contact, Entity
from app.domain.sync import Kind
from app.domain.terms import LONGEST, folded, hit, joined, terms_of, words_of
from tests.contract.benches import sample

EVA = Contact(
    first_name="Eva",
    last_name="Groß",
    email="Eva@Example.com",
    private_email="e@home.example",
    company_name="Bäcker AG",
)


@pytest.mark.parametrize(
    "text",
    [
        "groß",
        "GROSS",
        "Groß, Eva",
        "eva groß",
        "EVA@example.COM",
        "e@home",
        "bäcker",
        "Ba\u0308cker",
        "ＢÄCKER",
        " eva   ag ",
    ],
)
def test_R41_a_contact_is_found_by_names_addresses_and_company_in_any_spelling(text: str) -> None:
    assert hit(words_of(text), terms_of(EVA))


@pytest.mark.parametrize("text", ["Schulz", "evaa", "groß müller", "100%", "_"])
def test_R41_every_word_must_occur(text: str) -> None:
    assert not hit(words_of(text), terms_of(EVA))


def test_R41_an_appointment_is_found_by_its_title() -> None:
    assert hit(words_of("jour FIXE"), terms_of(sample(Kind.APPOINTMENTS, "Jour fixe")))


def test_R41_terms_are_lines_each_once_and_never_endless() -> None:
    lines = ["gross, eva", "eva gross", "eva@example.com", "e@home.example", "bäcker ag"]
    assert sorted(terms_of(EVA, None, EVA).split("\n")) == sorted(lines)
    assert joined("Eva", "eva\nGroß", "") == "eva\ngross"
    assert len(joined("x" * 5000)) == LONGEST
    assert terms_of(Contact(entity=Entity.COMPANY, company_name="Bäcker AG")) == "bäcker ag"


@pytest.mark.parametrize(
    "text", ["Eva\n Groß ", "A  B\n\nc\ta\x00\nA B", "", "\n", "\u200bX\nSTRASSE\nStraße", "A\x1cB\rC"]
)
def test_R41_many_lines_are_folded_as_each_of_them(text: str) -> None:
    assert joined(text) == "\n".join(dict.fromkeys(line for line in map(folded, text.split("\n")) if line))
