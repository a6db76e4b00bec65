"""What an administrator leaves out of a plan is not touched by the run that executes it, for no reason (R27, R28)."""

from __future__ import annotations

import pytest

from app.domain.contact import Contact
from app.domain.ids import RunId
from app.domain.people import Actor, Role, Via
from app.domain.plan import Op, PlanState, StoredPlan
from app.domain.sync import Kind, Side
from app.errors import Cancelled, NotFound, Taken
from app.services import apply_plan
from app.services.desk import Step
from app.services.leave_out import leave_out
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from tests.engine.harness import ANNA, Office, meeting, person

EVA = Actor(name="eva", role=Role.ADMINISTRATOR, via=Via.PORTAL)


def choose(office: Office, report: RunReport, *labels: str, out: bool = True) -> StoredPlan:
    """Leave out, or take in again, the actions on these items."""
    plan = office.database.history.plan_of(RunId(report.run))
    assert plan
    keys = [action.key for action in plan.actions if action.label in labels]
    assert len(keys) >= len(labels)
    leave_out(office.database, RunId(report.run), keys, EVA, out=out)
    chosen = office.database.history.plan_of(RunId(report.run))
    assert chosen
    return chosen


def labels(plan: StoredPlan) -> set[str]:
    return {action.label for action in plan.actions if action.key in plan.left_out}


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few items are begun together, so that a run can be stopped between them."""
    monkeypatch.setattr(apply_plan, "BATCH", 50)


@pytest.fixture
def two(office: Office) -> Office:
    """Two new meetings in Outlook."""
    office.analyse()
    for day, title in enumerate(("Kept", "Left"), start=1):
        office.exchange.add(office.folder(Kind.APPOINTMENTS), meeting(title, day=day))
    return office


def in_wice(office: Office) -> set[str]:
    return {row.record.label for row in office.wice.rows.values()}


def test_R28_a_left_out_action_waits_for_the_next_analysis(two: Office) -> None:
    choose(two, two.analyse(), "Left (2026-12-02)")
    report = two.sync()
    assert (report.status, report.kinds[Kind.APPOINTMENTS].writes) == (Status.DONE, 1)
    assert in_wice(two) == {"Kept (2026-12-01)"}
    assert two.analyse().kinds[Kind.APPOINTMENTS].writes == 1
    assert two.sync().status is Status.DONE
    assert len(in_wice(two)) == 2


def test_R28_a_plan_of_which_everything_is_left_out_does_nothing(two: Office) -> None:
    choose(two, two.analyse(), "Left (2026-12-02)", "Kept (2026-12-01)")
    assert two.sync().status is Status.NOTHING_TO_DO
    assert in_wice(two) == set()


def test_R28_it_is_taken_in_again_before_the_execution_but_not_after(two: Office) -> None:
    report = two.analyse()
    choose(two, report, "Left (2026-12-02)")
    assert labels(choose(two, report, "Left (2026-12-02)", out=False)) == set()
    two.sync()
    assert len(in_wice(two)) == 2
    with pytest.raises(Taken, match="executed"):
        choose(two, report, "Left (2026-12-02)")
    with pytest.raises(NotFound):
        leave_out(two.database, RunId("unknown"), [], EVA, out=True)


def test_R28_not_even_if_it_is_edited_and_planned_anew(office: Office) -> None:
    kept, left = (office.wice.add_person(person(name), flags=[ANNA]) for name in ("Kept", "Left"))
    office.sync()
    for each in (kept, left):
        office.wice.edit(each, mobile_phone="0171 3920001")
    report = office.analyse()
    choose(office, report, "Left, Anna")
    office.wice.edit(left, mobile_phone="0171 3920002")
    office.exchange.edit(office.in_outlook()["Left, Anna"], department="Chefin")
    assert office.sync().kinds[Kind.CONTACTS].writes == 1
    assert office.contact_in_outlook("Kept, Anna").mobile_phone == "0171 3920001"
    assert office.contact_in_outlook("Left, Anna").mobile_phone == ""
    assert office.sync().status is Status.DONE
    assert office.contact_in_outlook("Left, Anna").mobile_phone == "0171 3920002"


def test_R28_not_even_as_the_twin_of_something_that_is_kept(office: Office) -> None:
    office.analyse()
    folder = office.folder()
    office.exchange.add(folder, person("Schulz", email="anna@schulz.example"))
    report = office.analyse()
    choose(office, report, "Schulz, Anna")
    office.wice.add_person(person("Schulz", email="anna@schulz.example"), flags=[ANNA])
    assert office.sync().kinds[Kind.CONTACTS].twins == 0
    assert office.sync().kinds[Kind.CONTACTS].twins == 1


def test_R6_a_company_and_its_new_persons_are_left_out_together(office: Office) -> None:
    office.analyse()
    folder = office.folder()
    for name in ("Meier", "Kunz"):
        office.exchange.add(folder, person(name, company_name="Neu GmbH", company_town="Bonn"))
    report = office.analyse()
    plan = choose(office, report, "Neu GmbH")
    assert labels(plan) == {"Neu GmbH", "Meier, Anna", "Kunz, Anna"}
    plan = choose(office, report, "Kunz, Anna", out=False)
    assert labels(plan) == {"Meier, Anna"}
    plan = choose(office, report, "Kunz, Anna")
    assert labels(plan) == {"Neu GmbH", "Meier, Anna", "Kunz, Anna"}
    choose(office, report, "Kunz, Anna", out=False)
    office.sync()
    assert sorted(row.record.label for row in office.wice.rows.values()) == ["Kunz, Anna", "Neu GmbH"]
    assert office.sync().status is Status.DONE
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R6_a_person_waits_for_a_company_that_came_to_be_left_out(office: Office) -> None:
    """Whatever the choice was made by: without its company a person is not written."""
    office.analyse()
    office.exchange.add(office.folder(), person("Meier", company_name="Neu GmbH"))
    report = office.analyse()
    plan = office.database.history.plan_of(RunId(report.run))
    assert plan
    company = [action.key for action in plan.actions if action.creates_company]
    office.database.choices.leave_out(RunId(report.run), company, EVA, out=True)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert list(office.wice.rows) == []


def test_R29_what_is_left_out_of_a_plan_to_confirm_stays(office: Office) -> None:
    people = [office.wice.add_person(person(f"Name{n:02}"), flags=[ANNA]) for n in range(12)]
    office.sync()
    for each in people:
        office.wice.unflag(each, ANNA)
    report = office.sync()
    assert report.status is Status.NEEDS_CONFIRMATION
    choose(office, report, "Name00, Anna")
    assert office.confirm().kinds[Kind.CONTACTS].counts[Side.EXCHANGE][Op.DELETE] == 11
    assert set(office.in_outlook()) == {"Name00, Anna"}


class Stopping:
    """Somebody stops the run at this step."""

    def __init__(self, step: Step, done: int) -> None:
        self._at = (step, done)

    def step(self, what: Step, done: int, total: int) -> None:
        del total
        if (what, done) == self._at:
            raise Cancelled("stopped")


def stopped(office: Office, step: Step, done: int, *, confirm: bool = False) -> RunReport:
    with office.run() as run:
        desk = run._desk
        object.__setattr__(desk, "progress", Stopping(step, done))
        stored = desk.ledger.stored_plan()
        report = run.confirm(stored) if confirm and stored else Run(desk).synchronise(approve=True)
    office.clock.tick(60)
    return report


@pytest.mark.usefixtures("small_batches")
def test_R30_a_run_that_is_stopped_keeps_what_it_did_and_the_next_one_goes_on(office: Office) -> None:
    for number in range(70):
        office.wice.add_person(person(f"Name{number}"), flags=[ANNA])
    report = stopped(office, Step.APPLY_CONTACTS, 50)
    assert (report.status, report.kinds[Kind.CONTACTS].writes) == (Status.CANCELLED, 50)
    run = office.database.history.run(RunId(report.run))
    assert run
    assert run.status.value == "cancelled"
    assert len(office.in_outlook()) == 50
    assert office.sync().kinds[Kind.CONTACTS].writes == 20
    assert office.sync().status is Status.NOTHING_TO_DO


@pytest.mark.usefixtures("small_batches")
def test_R29_a_confirmed_plan_that_is_stopped_half_way_waits_for_a_confirmation_again(office: Office) -> None:
    people = [office.wice.add_person(person(f"Name{n}"), flags=[ANNA]) for n in range(120)]
    office.sync()
    for each in people:
        office.wice.unflag(each, ANNA)
    office.sync()
    report = stopped(office, Step.APPLY_CONTACTS, 50, confirm=True)
    assert report.status is Status.CANCELLED
    with office.run() as run:
        stored = run._desk.ledger.stored_plan()
        assert stored
        assert stored.state is PlanState.NEEDS_CONFIRMATION
    assert office.sync(approve=False).status is Status.NEEDS_CONFIRMATION
    assert len(office.in_outlook()) == 70
    assert office.confirm().status is Status.DONE
    assert office.in_outlook() == {}


def test_R27_an_analysis_can_be_stopped_too(office: Office) -> None:
    office.wice.add_person(Contact(last_name="Schulz"), flags=[ANNA])
    assert stopped(office, Step.PLAN_CONTACTS, 0).status is Status.CANCELLED
    assert office.sync().status is Status.DONE
