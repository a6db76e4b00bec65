"""R8, R9: a creation of ours that a person deletes before any list has named it. Exchange never tells of what came and went unseen."""

from __future__ import annotations

from app.domain.sync import Kind
from app.services.report import Status
from tests.engine.harness import ANNA, meeting, person


def test_R8_a_contact_deleted_right_after_its_first_sync_loses_its_flag(office):
    item = office.wice.add_person(person(), flags=[ANNA])
    office.sync()
    office.exchange.delete(office.in_outlook()["Schulz, Anna"])
    office.sync()
    assert ANNA not in office.wice.rows[item].flags
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R13_an_appointment_deleted_right_after_its_first_sync_is_left(office):
    item = office.wice.add_appointment(meeting(), participants=[ANNA])
    office.sync()
    [outlook] = office.in_outlook(Kind.APPOINTMENTS).values()
    office.exchange.delete(outlook)
    office.sync()
    assert ANNA not in office.wice.rows[item].participants
    assert office.sync().status is Status.NOTHING_TO_DO
