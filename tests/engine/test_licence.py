"""R38: without a licence nothing is written anywhere, and analyses still work; with one, everything goes on from there."""

from __future__ import annotations

import pytest

from app.domain.licence import Permit, Sentence
from app.domain.licence_sentences import Notice
from app.domain.plan import Op
from app.domain.sync import Kind, Side
from app.errors import Halt, HaltCode
from app.services.folders import claim_folder
from app.services.not_there_yet import NotThereYet
from app.services.report import Status
from tests.engine.harness import ANNA, Office, person

NONE = Permit((Sentence(Notice.WRITES_NOTHING),))
FULL = Permit()
WORDS = "Nothing is written to Wice or Exchange; analyses, history and export still work."


@pytest.fixture
def unlicensed(office: Office) -> Office:
    office.permit = NONE
    return office


def folders(office):
    return set(office.exchange.folders)


def test_R38_a_first_analysis_plans_against_a_folder_that_is_not_created(unlicensed):
    unlicensed.wice.add_person(person("Schulz"), [ANNA])
    before = folders(unlicensed)
    report = unlicensed.analyse()
    assert report.status is Status.DONE
    assert report.message == WORDS
    assert report.kinds[Kind.CONTACTS].counts[Side.EXCHANGE][Op.ADD] == 1
    assert folders(unlicensed) == before
    assert unlicensed.folder() == ""
    assert unlicensed.exchange.items == {}


def test_R38_once_licensed_the_plan_of_that_analysis_is_carried_out(unlicensed):
    unlicensed.wice.add_person(person("Schulz"), [ANNA])
    unlicensed.analyse()
    unlicensed.permit = FULL
    assert unlicensed.sync().status is Status.DONE
    assert set(unlicensed.in_outlook()) == {"Schulz, Anna"}
    assert unlicensed.sync().status is Status.NOTHING_TO_DO


def test_R38_a_synchronisation_fails_before_it_asks_any_server(unlicensed):
    unlicensed.wice.add_person(person("Schulz"), [ANNA])
    report = unlicensed.sync()
    assert (report.status, report.message, sum(report.requests.values())) == (Status.FAILED, WORDS, 0)


def test_R38_after_the_licence_has_ended_edits_are_analysed_and_not_written(office):
    record = office.wice.add_person(person("Schulz"), [ANNA])
    office.sync()
    office.wice.edit(record, last_name="Neumeister")
    office.permit = NONE
    assert office.analyse().status is Status.DONE
    assert office.sync().status is Status.FAILED
    assert set(office.in_outlook()) == {"Schulz, Anna"}
    office.permit = FULL
    assert office.sync().status is Status.DONE
    assert set(office.in_outlook()) == {"Neumeister, Anna"}


def test_R38_a_plan_that_waits_for_confirmation_goes_on_waiting(office):
    office.wice.add_person(person("Schulz"), [ANNA])
    waiting = office.sync(approve=False)
    assert waiting.status is Status.NEEDS_CONFIRMATION
    office.permit = NONE
    assert office.confirm().status is Status.FAILED
    assert office.in_outlook() == {}
    office.permit = FULL
    assert office.confirm().status is Status.DONE


def test_R38_a_vanished_folder_with_links_is_not_taken_for_an_empty_one(office):
    office.wice.add_person(person("Schulz"), [ANNA])
    office.sync()
    office.configure(contacts_folder="default")
    office.configure(contacts_folder="Wice")
    office.exchange.folders.clear()
    office.permit = NONE
    report = office.analyse()
    assert report.status is Status.FAILED
    assert report.kinds[Kind.CONTACTS].error == WORDS


def test_R38_no_way_to_a_server_is_open_without_a_permit(unlicensed):
    with unlicensed.run() as run:
        with pytest.raises(Halt) as halted:
            claim_folder(run._desk, None)  # type: ignore[arg-type] # refused before anybody looks at it
        assert halted.value.code is HaltCode.LICENCE
        with pytest.raises(Halt):
            NotThereYet(Kind.CONTACTS).write([])
