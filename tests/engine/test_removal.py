"""R37: what a profile synchronised goes out of Exchange with it; Wice stays as it is, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from app.domain.account import Direction
from app.domain.licence import Permit, Sentence
from app.domain.licence_sentences import Notice
from app.domain.plan import HintReason
from app.domain.sync import Kind
from app.services.desk import Step
from app.services.removal import ONE_WAY, STAYS, remove_synchronised
from app.services.report import RunReport, Status
from tests.engine.conftest import NewOffice
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.faults import FaultKind

PEOPLE = ("Abel", "Berg", "Cohn")


@pytest.fixture
def filled(office: Office) -> Office:
    return fill(office)


def fill(office: Office) -> Office:
    for name in PEOPLE:
        office.wice.add_person(person(name), flags=[ANNA])
    office.wice.add_appointment(meeting(), participants=[ANNA])
    office.sync()
    office.exchange.add(office.folder(), person("Dorn"))
    office.sync()
    return office


def remove(office: Office) -> RunReport:
    with office.run(trigger="remove") as run:
        report = remove_synchronised(run._desk)
    office.clock.tick(60)
    return report


def wice(office: Office) -> object:
    return {item: (row.record, frozenset(row.flags)) for item, row in office.wice.rows.items()}, office.wice.writes


def rests(office: Office) -> None:
    """A profile that stays after all leaves alone what was removed, on both sides."""
    before = wice(office), office.exchange.writes
    for _ in range(2):
        assert office.sync().status is Status.NOTHING_TO_DO
    assert (wice(office), office.exchange.writes) == before


def test_R37_all_that_is_linked_goes_and_Wice_is_as_before(filled: Office) -> None:
    before, requests = wice(filled), filled.wice.requests
    report = remove(filled)
    assert report.status is Status.DONE
    assert (filled.in_outlook(), filled.in_outlook(Kind.APPOINTMENTS)) == ({}, {})
    assert wice(filled) == before
    assert filled.wice.requests == requests, "a profile can be removed whose Wice login is no longer good"
    assert remove(filled).status is Status.NOTHING_TO_DO
    rests(filled)


def test_R33_R37_while_the_profile_exists_the_removal_can_be_undone(filled: Office) -> None:
    before = wice(filled)
    removed = remove(filled)
    assert filled.undo(removed).status is Status.DONE
    assert set(filled.in_outlook()) == {"Abel, Anna", "Berg, Anna", "Cohn, Anna", "Dorn, Anna"}
    assert wice(filled) == before
    rests(filled)


def test_R37_what_its_owner_edited_or_made_since_stays(filled: Office) -> None:
    filled.exchange.edit(filled.in_outlook()["Abel, Anna"], mobile_phone="0171 3920001")
    filled.exchange.add(filled.folder(), person("Ernst"))
    report = remove(filled)
    assert report.status is Status.DONE
    assert set(filled.in_outlook()) == {"Abel, Anna", "Ernst, Anna"}
    assert [hint.reason for hint in report.kinds[Kind.CONTACTS].hints] == [HintReason.EDITED_SINCE_SYNC]


def test_R32_R37_what_Exchange_refuses_is_named_and_stays(filled: Office) -> None:
    filled.exchange.faults.add(FaultKind.REFUSED, "delete", count=1)
    report = remove(filled)
    assert (report.status, report.message) == (Status.PARTIAL, STAYS)
    assert len(report.kinds[Kind.CONTACTS].failed) == 1
    assert len(filled.in_outlook()) == 1
    assert remove(filled).status is Status.DONE
    assert filled.in_outlook() == {}


def test_R38_without_a_licence_nothing_is_removed(filled: Office) -> None:
    filled.permit = Permit((Sentence(Notice.WRITES_NOTHING),))
    before = filled.exchange.writes
    assert remove(filled).status is Status.FAILED
    assert filled.exchange.writes == before


def test_R38_a_profile_that_never_ran_needs_none_and_creates_no_folder(office: Office) -> None:
    office.permit = Permit((Sentence(Notice.WRITES_NOTHING),))
    folders = set(office.exchange.folders)
    assert remove(office).status is Status.NOTHING_TO_DO
    assert set(office.exchange.folders) == folders


def test_R21_R37_what_a_one_way_profile_only_read_is_its_owners(filled: Office) -> None:
    filled.configure(direction=Direction.TO_WICE)
    report = remove(filled)
    assert (report.status, report.message) == (Status.FAILED, ONE_WAY)
    assert len(filled.in_outlook()) == len(PEOPLE) + 1


def test_R37_also_a_kind_that_is_not_synchronised_any_more_goes(filled: Office) -> None:
    filled.configure(appointments=False)
    remove(filled)
    assert filled.in_outlook(Kind.APPOINTMENTS) == {}


def test_R30_R37_a_removal_survives_a_crash_at_any_request(new_office: NewOffice) -> None:
    """Of all that there are; Wice is not asked."""
    for point in count():
        with new_office() as office:
            before = wice(fill(office))
            if not office.dies("exchange", point, partial(remove, office)):
                break
            # Even a synchronisation that comes first takes what is gone for nobody's deletion.
            assert office.sync().status is Status.NOTHING_TO_DO
            assert wice(office) == before
            assert remove(office).status in (Status.DONE, Status.NOTHING_TO_DO)
            assert office.in_outlook() == {}
            assert wice(office) == before
            rests(office)
    assert point


class Meddling:
    """Somebody does something as soon as the run has read what it is going to remove."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self._meddle = meddle
        self._once = iter([True])

    def step(self, what: Step, done: int, total: int) -> None:
        del done, total
        if what is Step.APPLY_CONTACTS and next(self._once, False):
            self._meddle()


def test_R37_an_edit_in_the_last_moment_wins_and_is_told(filled: Office) -> None:
    item = filled.in_outlook()["Abel, Anna"]
    meddling = Meddling(lambda: filled.exchange.edit(item, mobile_phone="0171 3920001"))
    with filled.run(trigger="remove") as run:
        report = remove_synchronised(replace(run._desk, progress=meddling))
    assert report.status is Status.DONE
    assert set(filled.in_outlook()) == {"Abel, Anna"}
    assert [hint.reason for hint in report.kinds[Kind.CONTACTS].hints] == [HintReason.EDITED_SINCE_SYNC]
