"""R33 over the in-memory servers: what an undo does, what it leaves alone, and what becomes of that afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.db import Database
from app.domain.account import CompanyData, Direction
from app.domain.contact import Contact, Entity
from app.domain.ids import RunId
from app.domain.licence import Permit, Sentence
from app.domain.licence_sentences import Notice
from app.domain.people import SYSTEM
from app.domain.plan import HintReason
from app.domain.sync import Kind
from app.errors import BadInput, Cancelled
from app.services import apply_plan
from app.services.confirm import confirm
from app.services.desk import Step
from app.services.leave_out import leave_out
from app.services.report import RunReport, Status
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.faults import FaultKind


def reasons(report: RunReport) -> set[HintReason]:
    return {hint.reason for kind in report.kinds.values() for hint in kind.hints}


def at_rest(office: Office) -> None:
    """R28, R33: what was undone is not done again, however often and however thoroughly anybody looks."""
    before = office.wice.writes, office.exchange.writes
    for _ in range(2):
        assert office.sync().status is Status.NOTHING_TO_DO
    office.exchange.faults.add(FaultKind.INVALID_CURSOR)
    for _ in range(2):
        assert office.sync().status is Status.NOTHING_TO_DO
    office.configure(window_past_days=90)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert (office.wice.writes, office.exchange.writes) == before


def test_R33_a_change_is_undone_and_stays_undone(office: Office) -> None:
    item = office.wice.add_person(person(mobile_phone="0171 3920001"), flags=[ANNA])
    office.sync()
    office.wice.edit(item, mobile_phone="0171 3920002")
    run = office.sync()
    proposed = office.propose_undo(run)
    assert proposed.status is Status.NEEDS_CONFIRMATION
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920002"
    assert office.confirm_undo(proposed).status is Status.DONE
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920001"
    assert office.contact_in_wice(item).mobile_phone == "0171 3920002"
    at_rest(office)
    assert HintReason.UNDONE in reasons(office.sync())
    office.wice.edit(item, mobile_phone="0171 3920003")
    assert office.sync().status is Status.DONE
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920003"
    assert HintReason.UNDONE not in reasons(office.sync())


def test_R33_an_undone_creation_in_exchange_lies_in_deleted_items_until_its_record_is_edited(office: Office) -> None:
    item = office.wice.add_person(person(), flags=[ANNA])
    run = office.sync()
    assert office.undo(run).status is Status.DONE
    assert office.in_outlook() == {}
    at_rest(office)
    assert HintReason.UNDONE in reasons(office.sync())
    office.wice.edit(item, mobile_phone="0171 3920003")
    office.sync()
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920003"
    assert reasons(office.sync()) == set()


def test_R33_an_undone_creation_in_wice_loses_its_flag_until_the_contact_is_edited(office: Office) -> None:
    office.analyse()
    theirs = office.exchange.add(office.folder(), person())
    run = office.sync()
    [row] = office.wice.rows.values()
    assert office.undo(run).status is Status.DONE
    assert office.wice.rows[row.id].flags == frozenset()
    at_rest(office)
    assert HintReason.UNDONE in reasons(office.sync())
    office.exchange.touch(theirs)
    at_rest(office)
    office.exchange.edit(theirs, mobile_phone="0171 3920003")
    office.sync()
    assert office.contact_in_wice(row.id).mobile_phone == "0171 3920003"
    assert list(office.wice.rows) == [row.id]
    assert reasons(office.sync()) == set()


def test_R33_a_contact_that_was_deleted_is_brought_back_and_not_deleted_again(office: Office) -> None:
    item = office.wice.add_person(person(), flags=[ANNA])
    office.sync()
    office.wice.unflag(item, ANNA)
    run = office.sync()
    assert office.in_outlook() == {}
    assert office.undo(run).status is Status.DONE
    assert list(office.in_outlook()) == ["Schulz, Anna"]
    at_rest(office)
    office.wice.flag(item, ANNA)
    office.sync()
    assert len(office.in_outlook()) == 1
    assert office.sync().kinds[Kind.CONTACTS].linked == 1
    assert reasons(office.sync()) == set()


def test_R33_an_appointment_that_was_left_is_joined_again(office: Office) -> None:
    item = office.wice.add_appointment(meeting(), participants=[ANNA])
    office.sync()
    [theirs] = office.in_outlook(Kind.APPOINTMENTS).values()
    office.exchange.delete(theirs)
    run = office.sync()
    assert ANNA not in office.wice.rows[item].participants
    assert office.undo(run).status is Status.DONE
    assert ANNA in office.wice.rows[item].participants
    at_rest(office)
    office.wice.edit(item, place="Raum 3")
    office.sync()
    assert len(office.in_outlook(Kind.APPOINTMENTS)) == 1


def test_R33_what_somebody_changed_since_is_not_touched(office: Office) -> None:
    item = office.wice.add_person(person(mobile_phone="0171 3920001"), flags=[ANNA])
    office.sync()
    office.wice.edit(item, mobile_phone="0171 3920002")
    run = office.sync()
    office.exchange.edit(office.in_outlook()["Schulz, Anna"], position="Leitung")
    proposed = office.propose_undo(run)
    assert (proposed.status, reasons(proposed)) == (Status.NOTHING_TO_DO, {HintReason.UNDO_CHANGED_SINCE})
    office.sync()
    assert office.contact_in_wice(item).position == "Leitung"


def test_R33_an_edit_on_the_other_side_that_no_run_has_seen_yet_is_not_swallowed(office: Office) -> None:
    office.analyse()
    theirs = office.exchange.add(office.folder(), person(mobile_phone="0171 3920001"))
    office.sync()
    office.exchange.edit(theirs, mobile_phone="0171 3920002")
    run = office.sync()
    [item] = office.wice.rows
    office.exchange.edit(theirs, mobile_phone="0171 3920003")
    office.analyse()
    assert office.undo(run).status is Status.DONE
    assert office.contact_in_wice(item).mobile_phone == "0171 3920001"
    assert office.sync().status is Status.DONE
    assert office.contact_in_wice(item).mobile_phone == "0171 3920003"


def test_R33_an_undo_can_be_undone(office: Office) -> None:
    item = office.wice.add_person(person(mobile_phone="0171 3920001"), flags=[ANNA])
    created = office.sync()
    office.wice.edit(item, mobile_phone="0171 3920002")
    changed = office.sync()
    undone = office.undo(changed)
    assert office.undo(undone).status is Status.DONE
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920002"
    at_rest(office)
    assert reasons(office.sync()) == set()
    assert office.propose_undo(created).status is Status.NOTHING_TO_DO
    office.undo(changed)
    gone = office.undo(created)
    assert gone.status is Status.DONE
    assert office.in_outlook() == {}
    at_rest(office)
    assert office.undo(gone).status is Status.DONE
    assert list(office.in_outlook()) == ["Schulz, Anna"]
    at_rest(office)
    assert office.sync().kinds[Kind.CONTACTS].linked == 1


def test_R1_R33_what_was_edited_while_it_was_out_of_scope_reaches_the_other_side_when_it_comes_back(
    office: Office,
) -> None:
    office.sync()
    office.exchange.add(office.folder(), person(mobile_phone="0171 3920001"))
    undone = office.undo(office.sync())
    (item,) = office.wice.rows
    office.wice.edit(item, mobile_phone="0171 3920002")
    assert office.sync().status is Status.NOTHING_TO_DO
    assert office.undo(undone).status is Status.DONE
    assert office.sync().status is Status.DONE
    assert office.contact_in_wice(item).mobile_phone == "0171 3920002"
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920002"
    at_rest(office)


def test_R33_of_two_runs_that_wrote_an_item_the_earlier_is_not_undone(office: Office) -> None:
    item = office.wice.add_person(person(mobile_phone="0171 3920001"), flags=[ANNA])
    office.sync()
    office.wice.edit(item, mobile_phone="0171 3920002")
    first = office.sync()
    office.wice.edit(item, mobile_phone="0171 3920003")
    office.sync()
    proposed = office.propose_undo(first)
    assert (proposed.status, reasons(proposed)) == (Status.NOTHING_TO_DO, {HintReason.UNDO_CHANGED_SINCE})


def test_R23_R33_a_one_way_target_that_was_undone_is_not_overwritten(office: Office) -> None:
    office.configure(direction=Direction.TO_EXCHANGE)
    item = office.wice.add_person(person(mobile_phone="0171 3920001"), flags=[ANNA])
    office.sync()
    office.wice.edit(item, mobile_phone="0171 3920002")
    run = office.sync()
    office.undo(run)
    at_rest(office)
    assert office.contact_in_outlook("Schulz, Anna").mobile_phone == "0171 3920001"


def test_R21_R33_the_source_of_a_one_way_profile_is_not_written_by_an_undo_either(office: Office) -> None:
    office.analyse()
    office.exchange.add(office.folder(), person())
    run = office.sync()
    office.configure(direction=Direction.TO_EXCHANGE)
    assert reasons(office.propose_undo(run)) == {HintReason.UNDO_IMPOSSIBLE}


def test_R33_after_ninety_days_a_write_stays(office: Office) -> None:
    office.wice.add_person(person(), flags=[ANNA])
    run = office.sync()
    office.clock.now = datetime.now(UTC) + timedelta(days=91)  # the journal's times are the computer's
    assert reasons(office.propose_undo(run)) == {HintReason.UNDO_EXPIRED}


def test_R33_one_write_of_a_run_is_undone_alone(office: Office) -> None:
    for name in ("Schulz", "Weber"):
        office.wice.add_person(person(name), flags=[ANNA])
    run = office.sync()
    [entry] = [e for e in office.database.history.entries_of_run(RunId(run.run)) if e.intent.label == "Weber, Anna"]
    proposed = office.propose_undo(run, [entry.intent.attempt])
    assert office.confirm_undo(proposed).status is Status.DONE
    assert list(office.in_outlook()) == ["Schulz, Anna"]
    at_rest(office)


def test_R33_people_and_the_company_that_was_founded_for_them_go_and_come_back_together(office: Office) -> None:
    office.analyse()
    for name in ("Schulz", "Weber"):
        office.exchange.add(office.folder(), person(name, company_name="Muster GmbH", company_town="Hamburg"))
    run = office.sync()
    assert len(office.wice.rows) == 3
    undone = office.undo(run)
    assert undone.status is Status.DONE
    assert not any(row.flags for row in office.wice.rows.values())
    assert sorted(office.in_outlook()) == ["Schulz, Anna", "Weber, Anna"]
    at_rest(office)
    assert office.undo(undone).status is Status.DONE
    assert all(row.flags for row in office.wice.rows.values())
    assert sorted(office.in_outlook()) == ["Muster GmbH", "Schulz, Anna", "Weber, Anna"]
    at_rest(office)
    assert len(office.wice.rows) == 3


def test_R10_R33_company_data_written_from_a_contact_are_restored_in_the_company(office: Office) -> None:
    office.configure(company_data=CompanyData.WRITE)
    muster = Contact(entity=Entity.COMPANY, company_name="Muster GmbH", company_town="Kiel")
    company = office.wice.add_company(muster, flags=[ANNA])
    office.wice.add_person(person(), flags=[ANNA], company=company)
    office.wice.add_person(person("Weber"), flags=[ANNA], company=company)
    office.sync()
    office.exchange.edit(office.in_outlook()["Schulz, Anna"], company_town="Hamburg")
    run = office.sync()
    assert {office.contact_in_outlook(label).company_town for label in office.in_outlook()} == {"Hamburg"}
    assert office.undo(run).status is Status.DONE
    assert office.contact_in_wice(company).company_town == "Kiel"
    assert office.contact_in_outlook("Weber, Anna").company_town == "Kiel"
    at_rest(office)


def test_R33_a_vanished_folder_stops_the_undo(office: Office) -> None:
    office.wice.add_person(person(), flags=[ANNA])
    run = office.sync()
    office.exchange.bin_folder(office.folder())
    assert office.propose_undo(run).status is Status.FAILED


def test_R33_a_waiting_undo_and_an_analysis_leave_each_other_alone(office: Office) -> None:
    office.wice.add_person(person(), flags=[ANNA])
    run = office.sync()
    proposed = office.propose_undo(run)
    office.wice.add_person(person("Weber"), flags=[ANNA])
    office.analyse()
    assert office.sync().kinds[Kind.CONTACTS].writes == 1
    assert sorted(office.in_outlook()) == ["Schulz, Anna", "Weber, Anna"]
    assert office.confirm_undo(proposed).status is Status.DONE
    assert list(office.in_outlook()) == ["Weber, Anna"]
    at_rest(office)


def test_R38_R33_without_a_licence_an_undo_is_shown_and_not_carried_out(office: Office) -> None:
    office.wice.add_person(person(), flags=[ANNA])
    run = office.sync()
    office.permit = Permit((Sentence(Notice.WRITES_NOTHING),))
    proposed = office.propose_undo(run)
    assert proposed.status is Status.NEEDS_CONFIRMATION
    assert office.confirm_undo(proposed).status is Status.FAILED
    assert list(office.in_outlook()) == ["Schulz, Anna"]
    office.permit = Permit()
    assert office.confirm_undo(proposed).status is Status.DONE
    assert office.in_outlook() == {}


def test_R33_what_an_administrator_leaves_out_of_an_undo_stays(office: Office) -> None:
    for name in ("Schulz", "Weber"):
        office.wice.add_person(person(name), flags=[ANNA])
    proposed = office.propose_undo(office.sync())
    plan = office.database.history.plan_of(RunId(proposed.run))
    assert plan
    keys = [action.key for action in plan.actions if action.label == "Weber, Anna"]
    leave_out(office.database, RunId(proposed.run), keys, SYSTEM, out=True)
    assert office.confirm_undo(proposed).status is Status.DONE
    assert list(office.in_outlook()) == ["Weber, Anna"]
    at_rest(office)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few items are begun together, so that a run can be stopped between them."""
    monkeypatch.setattr(apply_plan, "BATCH", 50)


class Stopping:
    """Somebody stops the run once fifty items are done."""

    def step(self, what: Step, done: int, total: int) -> None:
        del total
        if (what, done) == (Step.APPLY_CONTACTS, 50):
            raise Cancelled("stopped")


@pytest.mark.usefixtures("small_batches")
def test_R33_an_undo_that_is_stopped_half_way_waits_to_be_finished(office: Office) -> None:
    for number in range(70):
        office.wice.add_person(person(f"Name{number}"), flags=[ANNA])
    proposed = office.propose_undo(office.sync())
    with office.run(trigger="undo") as run:
        stopped = confirm(replace(run._desk, progress=Stopping()), RunId(proposed.run))
    assert (stopped.status, len(office.in_outlook())) == (Status.CANCELLED, 20)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert office.confirm_undo(proposed).kinds[Kind.CONTACTS].writes == 20
    assert office.in_outlook() == {}
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R33_the_writes_of_another_profiles_run_are_out_of_reach(database: Database) -> None:
    office = Office(database, users=("anna", "bernd"))
    office.wice.add_person(person(), flags=["anna"])
    run = office.sync("anna")
    with pytest.raises(BadInput, match="wrote nothing"):
        office.propose_undo(run, user="bernd")
