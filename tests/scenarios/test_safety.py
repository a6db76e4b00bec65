"""When an administrator is asked first: R29. Nothing may be written before the answer."""

from __future__ import annotations

import pytest

from app.domain.sync import Kind
from app.services.report import RunReport, Status
from tests.scenarios.office import Office, counts

DAY = "2031-05-12"
SIDES = pytest.mark.parametrize("side", ["wice", "outlook"])


def crowd(office: Office, number: int) -> list[str]:
    """So many persons on both sides."""
    records = [office.wice.person(f"Nr. {place:02}", "anna") for place in range(number)]
    assert counts(office.sync()) == {"contacts exchange add": number}
    return records


def vanish(office: Office, side: str, records: list[str]) -> None:
    """Somebody takes all these out of one side."""
    names = {office.wice.row(record)["name"] for record in records}
    if side == "wice":
        for record in records:
            office.wice.unflag(record, "anna")
    else:
        for name, card in office.outlook.cards().items():
            if name in names:
                office.outlook.delete(card["id"])


def stopped(office: Office) -> RunReport:
    """The next run, which must wait and write nothing; so must the one after."""
    before = office.written()
    for _ in range(2):
        report = office.sync()
        assert report.status is Status.NEEDS_CONFIRMATION, report.json()
        assert report.message
    assert office.written() == before
    return report


@SIDES
def test_R29_more_than_ten_deletions_wait_and_are_carried_out_when_confirmed(office: Office, side: str):
    records = crowd(office, 24)
    vanish(office, side, records[:11])
    report = stopped(office)
    assert office.confirm(report).status is Status.DONE
    assert len(office.outlook.cards()) == len(office.wice.flagged()) == 13
    assert len(office.wice.persons()) == 24


@SIDES
def test_R29_ten_deletions_of_twenty_need_nobody(office: Office, side: str):
    vanish(office, side, crowd(office, 20)[:10])
    assert office.sync().status is Status.DONE


@SIDES
def test_R29_fewer_than_half_left_waits_also_when_few_are_deleted(office: Office, side: str):
    vanish(office, side, crowd(office, 5)[:3])
    report = stopped(office)
    office.confirm(report)
    assert len(office.outlook.cards()) == 2


@SIDES
def test_R29_discarded_it_stops_again_until_the_items_are_back(office: Office, side: str):
    records = crowd(office, 12)
    vanish(office, side, records)
    office.discard(stopped(office))
    assert len(office.wice.persons()) == 12
    stopped(office)
    if side == "wice":
        for record in records:
            office.wice.flag(record, "anna")
    else:
        for item in office.outlook.everything("deleteditems"):
            office.outlook.restore(item["id"], Kind.CONTACTS)
    assert counts(office.sync()) == {}
    assert len(office.outlook.cards()) == len(office.wice.flagged()) == 12


def test_R29_a_confirmation_covers_what_was_shown_and_not_what_vanished_later(office: Office):
    records = crowd(office, 40)
    vanish(office, "wice", records[:11])
    report = stopped(office)
    office.wice.unflag(records[20], "anna")
    office.confirm(report)
    assert len(office.outlook.cards()) == 29
    assert counts(office.sync()) == {"contacts exchange delete": 1}


def test_R29_while_one_kind_waits_the_other_does_too_and_both_are_confirmed(office: Office):
    records = crowd(office, 24)
    vanish(office, "outlook", records[:12])
    office.wice.appointment("Wartet", "anna", day=DAY)
    report = stopped(office)
    assert office.outlook.diary() == {}
    office.confirm(report)
    assert set(office.outlook.diary()) == {"Wartet"}


@pytest.mark.parametrize("fault", ["empty_list", "truncated_page"])
def test_R29_R42_a_wice_that_answers_with_too_little_deletes_nothing(office: Office, fault: str):
    crowd(office, 12)
    before = office.written()
    office.sandbox.fault("wice", fault, operation="get_all_persons", count=9)
    report = office.sync()
    assert counts(report) == {}
    assert office.written() == before
    assert len(office.outlook.cards()) == 12


def test_R29_appointments_that_vanish_together_wait_too(office: Office):
    records = [office.wice.appointment(f"Nr. {place}", "anna", "bernd", day=DAY) for place in range(6)]
    office.sync()
    for record in records[:4]:
        office.wice.leave(record, "anna")
    office.confirm(stopped(office))
    assert len(office.outlook.diary()) == 2


def test_R29_twenty_percent_of_a_large_folder_need_nobody(office: Office):
    records = crowd(office, 80)
    vanish(office, "wice", records[:16])
    assert office.sync().status is Status.DONE
    vanish(office, "wice", records[16:30])
    office.confirm(stopped(office))
