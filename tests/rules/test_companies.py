from __future__ import annotations

import pytest

from app.domain.contact import Contact
from app.domain.fingerprint import company_key
from app.ports import Company
from app.rules.companies import candidates


def company(number: int, name: str = "Meyer GmbH", town: str = "", zip_code: str = "") -> Company:
    return Company(id=f"c:{number}", name=name, zip_code=zip_code, town=town, fields={})


@pytest.mark.parametrize(
    "spelling", ["Meyer GmbH & Co. KG", "meyer gmbh & co kg", " MEYER  GmbH & Co. KG ", "Meyer GmbH & Co KG."]
)
def test_R6_a_companys_name_is_normalised(spelling: str) -> None:
    assert company_key(spelling) == "meyer gmbh & co kg"


def test_R6_different_legal_forms_are_different_companies() -> None:
    assert len({company_key(name) for name in ("Meyer GmbH", "Meyer AG", "Meyer", "Meier GmbH")}) == 4


@pytest.mark.parametrize(
    ("town", "zip_code", "expected"),
    [
        pytest.param("", "", ["c:1", "c:2", "c:3"], id="nothing known of the place: all"),
        pytest.param("Hamburg", "", ["c:1", "c:3"], id="same town, or none known"),
        pytest.param("HAMBURG", "20095", ["c:1", "c:3"], id="same town, zip not known there"),
        pytest.param("Berlin", "10115", ["c:2", "c:3"], id="same zip code"),
        pytest.param("Köln", "50667", ["c:3"], id="another place: only the company without one"),
    ],
)
def test_R6_where_both_know_a_place_it_must_be_the_same(town: str, zip_code: str, expected: list[str]) -> None:
    known = [
        company(1, town="Hamburg"),
        company(2, zip_code="10115", town="Bernau"),
        company(3),
        company(4, name="Other"),
    ]
    contact = Contact(company_name="meyer gmbh", company_town=town, company_zip_code=zip_code)
    assert [found.id for found in candidates(contact, known)] == expected
