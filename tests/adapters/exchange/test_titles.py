"""Salutation and title in one visible field."""

import pytest
from hypothesis import given

from app.adapters.exchange.titles import join, pack, split
from tests.adapters.exchange.texts import stored_texts


@given(stored_texts, stored_texts)
def test_R3_what_was_joined_comes_apart_as_it_was(salutation: str, title: str) -> None:
    assert split(join(salutation, title), pack(salutation, title)) == (salutation, title)


@pytest.mark.parametrize(
    ("shown", "packed", "parts"),
    [
        ("", "", ("", "")),
        ("Herr Dr.", "", ("Herr", "Dr.")),
        ("FRAU", "", ("FRAU", "")),
        ("Prof. Dr.", "", ("", "Prof. Dr.")),
        ("Frau Prof. Dr.", "Herr|Dr.", ("Frau", "Prof. Dr.")),
        ("", "Herr|Dr.", ("", "")),
        ("Dr.", "nonsense", ("", "Dr.")),
        ("Mrs. Dr.", "|Mrs. Dr.", ("", "Mrs. Dr.")),
    ],
)
def test_what_a_person_typed_is_split_at_known_salutations(shown: str, packed: str, parts: tuple[str, str]) -> None:
    assert split(shown, packed) == parts
