from __future__ import annotations

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.faults import Crash


@pytest.mark.parametrize("point", range(40))
def test_R24_R30_a_meeting_and_its_copy_survive_a_crash_at_any_request_to_wice(office: Office, point: int) -> None:
    office.analyse()
    folder = office.folder(Kind.APPOINTMENTS)
    original = office.exchange.add(folder, meeting(uid="u1"))
    office.exchange.copy(original)
    office.wice.faults.crash_at(point)
    try:
        office.sync()
    except Crash:
        office.clock.tick(1)
    office.wice.faults.clear()
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert len(office.wice.rows) == 2
    assert len(office.exchange.contents(folder)) == 2


@pytest.mark.parametrize("point", range(60))
def test_R6_R30_people_of_a_new_company_survive_a_crash_at_any_request(office: Office, point: int) -> None:
    office.analyse()
    folder = office.folder()
    for name in ("Schulz", "Weber"):
        office.exchange.add(folder, person(name, company_name="Muster GmbH", company_town="Hamburg"))
    office.wice.add_person(person("Voß"), flags=[ANNA])
    faults = office.wice.faults if point % 2 else office.exchange.faults
    faults.crash_at(point // 2)
    try:
        office.sync()
    except Crash:
        office.clock.tick(1)
    faults.clear()
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
