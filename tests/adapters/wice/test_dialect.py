from typing import Any

import pytest

from app.adapters.wice.dialect import load_dialect
from app.domain.contact import COMPANY_FIELDS, PERSON_FIELDS
from app.errors import BadInput


def test_the_default_names_every_canonical_field() -> None:
    columns = load_dialect().columns
    assert set(columns.person.model_dump()) >= PERSON_FIELDS
    assert set(columns.company.model_dump()) >= COMPANY_FIELDS


def test_an_override_changes_single_entries_and_leaves_their_neighbours() -> None:
    dialect = load_dialect({"methods": {"person": "read_human"}, "columns": {"person": {"notes": "remarks"}}})
    assert (dialect.methods.person, dialect.columns.person.notes) == ("read_human", "remarks")
    assert (dialect.methods.company, dialect.columns.person.last_name) == ("get_company", "name")
    assert load_dialect().methods.person == "get_person"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ({"metods": {}}, "dialect.metods: there is no such entry; known here: capabilities, columns"),
        (
            {"methods": {"get_person": "x"}},
            "dialect.methods.get_person: there is no such entry; known here: appointment",
        ),
        ({"methods": {"person": 7}}, "dialect.methods.person: Input should be a valid string"),
        ({"methods": {"person": "drop table"}}, "dialect.methods.person: String should match"),
        ({"methods": "get_person"}, "dialect.methods: Input should be a valid"),
        ({"generation": "3"}, "dialect.generation: Input should be '1', '2' or 'auto'"),
        ({"capabilities": {"delta": True}}, "dialect.capabilities.delta: Input should be 'auto', 'yes' or 'no'"),
        ({"columns": {"person": {"last_name": ""}}}, "dialect.columns.person.last_name: String should match"),
        ({"columns": {"person": {"notes": "email"}}}, "dialect.columns.person.notes: column email already holds email"),
        ({"values": {"full_time_end": "25:00"}}, "dialect.values.full_time_end: String should match"),
    ],
)
def test_a_wrong_override_is_named_with_its_place(override: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_dialect(override)
    assert caught.value.problems[0].startswith(problem)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        load_dialect({"generation": "3", "paths": {"login": "pserv"}, "nonsense": 1})
    assert len(caught.value.problems) == 3
