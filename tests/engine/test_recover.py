"""The process dies at every request that there is, one after the other: the next runs complete what was begun."""

from __future__ import annotations

from itertools import count

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.engine.conftest import NewOffice
from tests.engine.harness import ANNA, Office, meeting, person

pytestmark = pytest.mark.parametrize("side", ["wice", "exchange"])


def meeting_and_copy(office: Office) -> None:
    office.analyse()
    original = office.exchange.add(office.folder(Kind.APPOINTMENTS), meeting(uid="u1"))
    office.exchange.copy(original)


def people_of_a_new_company(office: Office) -> None:
    office.analyse()
    for name in ("Schulz", "Weber"):
        office.exchange.add(office.folder(), person(name, company_name="Muster GmbH", company_town="Hamburg"))
    office.wice.add_person(person("Voß"), flags=[ANNA])


def test_R24_R30_a_meeting_and_its_copy_survive_a_crash_at_any_request(new_office: NewOffice, side: str) -> None:
    for point in count():
        with new_office() as office:
            meeting_and_copy(office)
            died = office.dies(side, point, office.sync)
            office.sync()
            assert office.sync().status is Status.NOTHING_TO_DO
            assert len(office.wice.rows) == 2
            assert len(office.exchange.contents(office.folder(Kind.APPOINTMENTS))) == 2
        if not died:
            break
    assert point


def test_R6_R30_people_of_a_new_company_survive_a_crash_at_any_request(new_office: NewOffice, side: str) -> None:
    for point in count():
        with new_office() as office:
            people_of_a_new_company(office)
            died = office.dies(side, point, office.sync)
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
        if not died:
            break
    assert point
