from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.engine.harness import ANNA, Office, each, meeting, person

MEETING = {"wice": 20, "exchange": 12}
COMPANY = {"wice": 40, "exchange": 16}
"""At how many points of each server the first run may die."""


def meeting_and_copy(office: Office) -> None:
    office.analyse()
    original = office.exchange.add(office.folder(Kind.APPOINTMENTS), meeting(uid="u1"))
    office.exchange.copy(original)


def people_of_a_new_company(office: Office) -> None:
    office.analyse()
    for name in ("Schulz", "Weber"):
        office.exchange.add(office.folder(), person(name, company_name="Muster GmbH", company_town="Hamburg"))
    office.wice.add_person(person("Voß"), flags=[ANNA])


@pytest.mark.parametrize(("prepared", "expected"), [(meeting_and_copy, MEETING), (people_of_a_new_company, COMPANY)])
def test_no_point_is_forgotten(office: Office, prepared: Callable[[Office], None], expected: dict[str, int]) -> None:
    prepared(office)
    with office.counting() as counted:
        office.sync()
    assert counted == expected


@pytest.mark.parametrize(("side", "point"), each(MEETING))
def test_R24_R30_a_meeting_and_its_copy_survive_a_crash_at_any_request(office: Office, side: str, point: int) -> None:
    meeting_and_copy(office)
    with office.dying(side, point):
        office.sync()
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert len(office.wice.rows) == 2
    assert len(office.exchange.contents(office.folder(Kind.APPOINTMENTS))) == 2


@pytest.mark.parametrize(("side", "point"), each(COMPANY))
def test_R6_R30_people_of_a_new_company_survive_a_crash_at_any_request(office: Office, side: str, point: int) -> None:
    people_of_a_new_company(office)
    with office.dying(side, point):
        office.sync()
    for _ in range(3):
        office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert sorted(row.record.label for row in office.wice.rows.values()) == [
        "Muster GmbH",
        "Schulz, Anna",
        "Voß, Anna",
        "Weber, Anna",
    ]
    assert sorted(office.in_outlook()) == ["Muster GmbH", "Schulz, Anna", "Voß, Anna", "Weber, Anna"]
