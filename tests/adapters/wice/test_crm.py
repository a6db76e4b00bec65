from __future__ import annotations

import pytest

from app.adapters.wice.crm import _longest_word, _name_key
from app.domain.sync import Kind, Side
from app.ports import Crm, Employee
from tests.adapters.wice.servers import Wice


def test_it_is_the_port_that_the_services_need(wice: Wice) -> None:
    crm: Crm = wice.crm()
    assert crm.employee() == Employee("1001", "Anna Albrecht", "anna@example.com")
    for kind in Kind:
        assert (crm.store(kind).kind, crm.store(kind).side) == (kind, Side.WICE)
    crm.close()


def test_the_default_dialect_has_no_notes_for_persons(wice: Wice) -> None:
    assert wice.crm().unmapped_fields == {"notes"}
    assert wice.crm(dialect={"columns": {"person": {"notes": "remarks"}}}).unmapped_fields == frozenset()


@pytest.mark.parametrize("search_contains", [True, False])
@pytest.mark.parametrize(
    "asked", ["Meyer GmbH & Co. KG", "meyer  gmbh & co kg", "MEYER GmbH und Co. KG", "Meyer GmbH&Co.KG"]
)
def test_R6_companies_are_found_by_their_normalised_name(wice: Wice, asked: str, search_contains: bool) -> None:
    wice.settings(search_contains=search_contains)
    exact = wice.add("c", name="Meyer GmbH & Co. KG", zip_code="24103", town="Kiel")
    wice.add("c", name="Meyer GmbH")
    wice.add("c", name="Meyerhof GmbH & Co. KG")
    found = wice.crm().companies([asked])
    assert [(company.id, company.zip_code, company.town) for company in found] == [(exact, "24103", "Kiel")]
    assert found[0].fields["company_name"] == "Meyer GmbH & Co. KG"


def test_R6_many_names_are_looked_up_in_one_list(wice: Wice) -> None:
    names = [f"Firma{number} AG" for number in range(30)]
    wice.add("c", name="firma7 ag")
    wice.settings(search_contains=True)
    assert [company.name for company in wice.crm().companies(names)] == ["firma7 ag"]
    assert wice.counters()["requests"]["get_all_companies"] == 1


def test_R6_dead_companies_are_no_candidates_and_flags_do_not_matter(wice: Wice) -> None:
    alive = [wice.add("c", name="Nordlicht AG"), wice.add("c", "bernd", name="nordlicht ag")]
    wice.edit(wice.add("c", name="Nordlicht AG"), binned=True)
    wice.add("c", name="Nordlicht AG", deactivated="1")
    assert sorted(company.id for company in wice.crm().companies(["Nordlicht AG", " NORDLICHT AG "])) == sorted(alive)


def test_no_name_no_request(wice: Wice) -> None:
    crm = wice.crm()
    assert crm.companies([]) == ()
    assert crm.companies(["", "  "]) == ()
    assert crm.requests == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Verein e. V.", "Verein e.V."),
        ("Verein e.V.", "verein eV"),
        ("A+B Bau", "A & B Bau"),
        ("Müller und Söhne", "MÜLLER & SÖHNE"),
        ("Groß", "GROSS"),
    ],
)
def test_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert _name_key(one) == _name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Meyer AG", "Meyer GmbH"), ("Meyer", "Meier"), ("A & B", "AB")])
def test_different_names_do_not(one: str, other: str) -> None:
    assert _name_key(one) != _name_key(other)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Meyer GmbH & Co. KG", "Meyer"),
        ("A+B Bau", "Bau"),
        ("Nordlicht-Maschinenbau AG", "Maschinenbau"),
        ("AB GmbH", ""),
        ("GmbH", ""),
        ("", ""),
    ],
)
def test_a_company_is_searched_by_its_longest_word(name: str, word: str) -> None:
    assert _longest_word(name) == word
