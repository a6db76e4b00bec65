"""Analyse, then synchronise: R27, R28."""

from __future__ import annotations

from app.domain.account import Conflict, FirstPlan
from app.domain.ids import RunId
from app.domain.plan import Op
from app.domain.sync import Kind, Side
from app.services.changes import planned
from app.services.report import RunReport, Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

DAY = "2031-05-12"


def shown(office: Office, report: RunReport) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Side and operation, item, reason and the fields that differ, as *Analyse* lists them."""
    plan = office.product.history.plan_of(RunId(report.run))
    assert plan
    return {
        (f"{one.side} {one.op}", one.label, one.reason.value, tuple(name for name, *_ in one.fields))
        for one in planned(plan.kinds)
    }


def test_R27_analyse_shows_numbers_items_reasons_and_fields_and_writes_nothing(office: Office):
    changed = office.wice.person("Schulz", "anna", position="alt")
    office.wice.person("Weg", "anna")
    office.sync()
    office.wice.edit(changed, position="neu", mobile_phone="0171 1")
    office.wice.unflag("p:" + office.wice.persons()["Weg"]["rowid"], "anna")
    office.wice.person("Neu", "anna")
    office.outlook.contact("Zugang")
    office.outlook.add_list(office.outlook.wice_folder(Kind.CONTACTS))
    before = office.written()
    report = office.analyse()
    assert office.written() == before
    rows = report.kinds[Kind.CONTACTS]
    assert (rows.in_wice, rows.in_exchange, rows.linked) == (2, 4, 2)
    assert shown(office, report) == {
        ("exchange change", "Schulz", "changed_in_wice", ("mobile_phone", "position")),
        ("exchange delete", "Weg", "gone_in_wice", ()),
        ("exchange add", "Neu", "new_in_wice", ()),
        ("wice add", "Zugang", "new_in_exchange", ()),
    }
    assert ("not_a_contact", "Verteiler") in hints(report)
    done = office.sync()
    assert counts(done) == counts(report)
    rows = done.kinds[Kind.CONTACTS]
    assert (rows.in_wice, rows.linked) == (3, 3)


def test_R27_a_first_plan_waits_for_a_person_and_then_schedules_go_on(office: Office):
    office.wice.person("Schulz", "anna")
    before = office.written()
    report = office.sync_by_schedule()
    assert (report.status, counts(report)) == (Status.NEEDS_CONFIRMATION, {"contacts exchange add": 1})
    assert office.sync_by_schedule().status is Status.NEEDS_CONFIRMATION
    assert (office.outlook.cards(), office.written()[0]) == ({}, before[0])
    assert office.sync().status is Status.DONE
    office.wice.person("Lehmann", "anna")
    assert counts(office.sync_by_schedule()) == {"contacts exchange add": 1}


def test_R27_a_first_plan_can_be_confirmed_and_discarded_plans_do_nothing(office: Office):
    office.wice.person("Schulz", "anna")
    office.discard(office.sync_by_schedule())
    assert office.outlook.cards() == {}
    waiting = office.sync_by_schedule()
    assert waiting.status is Status.NEEDS_CONFIRMATION
    assert office.confirm(waiting).status is Status.DONE
    assert set(office.outlook.cards()) == {"Schulz"}


def test_R27_a_first_plan_approved_in_advance_runs_by_schedule(make_office: MakeOffice):
    office = make_office(first_plan=FirstPlan.APPROVED, approved=True)
    office.wice.person("Schulz", "anna")
    assert office.sync_by_schedule().status is Status.DONE


def test_R28_what_came_after_the_analysis_waits_for_the_next_run(office: Office):
    office.wice.person("Analysiert", "anna")
    office.analyse()
    office.wice.person("Später", "anna")
    office.outlook.contact("Auch später")
    office.wice.appointment("Später", "anna", day=DAY)
    assert counts(office.sync()) == {"contacts exchange add": 1}
    assert (set(office.wice.persons()), set(office.outlook.cards())) == (
        {"Analysiert", "Später"},
        {"Analysiert", "Auch später"},
    )
    assert counts(office.sync()) == {
        "contacts exchange add": 1,
        "contacts wice add": 1,
        "appointments exchange add": 1,
    }


def test_R28_an_item_changed_after_the_analysis_is_planned_again(office: Office):
    record = office.wice.person("Schulz", "anna", position="alt")
    office.sync()
    office.wice.edit(record, position="analysiert")
    office.analyse()
    office.wice.edit(record, position="danach")
    office.sync()
    assert office.outlook.cards()["Schulz"]["job"] == "danach"


def test_R28_R22_an_item_that_became_a_conflict_after_the_analysis_follows_the_policy(make_office: MakeOffice):
    office = make_office(conflict=Conflict.EXCHANGE)
    record = office.wice.person("Schulz", "anna", position="alt")
    office.sync()
    office.wice.edit(record, position="Wice")
    office.analyse()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="Outlook")
    office.sync()
    assert office.wice.row(record)["position"] == office.outlook.cards()["Schulz"]["job"] == "Outlook"


def test_R28_what_was_deleted_or_unflagged_after_the_analysis_is_not_created(office: Office):
    record = office.wice.person("Schulz", "anna")
    card = office.outlook.contact("Zugang")
    assert counts(office.analyse()) == {"contacts exchange add": 1, "contacts wice add": 1}
    office.wice.unflag(record, "anna")
    office.outlook.delete(card)
    assert counts(office.sync()) == {}
    assert (set(office.wice.persons()), office.outlook.cards()) == ({"Schulz"}, {})


def test_R28_a_deletion_analysed_and_then_taken_back_does_not_happen(office: Office):
    record = office.wice.person("Schulz", "anna")
    office.sync()
    office.wice.unflag(record, "anna")
    assert counts(office.analyse()) == {"contacts exchange delete": 1}
    office.wice.flag(record, "anna")
    assert counts(office.sync()) == {}
    assert set(office.outlook.cards()) == {"Schulz"}


def test_R28_an_analysis_of_yesterday_does_not_hold_up_a_scheduled_run(office: Office):
    office.sync()
    office.wice.person("Analysiert", "anna")
    office.analyse()
    office.wice.person("Später", "anna")
    assert counts(office.sync_by_schedule()) == {"contacts exchange add": 2}


def test_R33_every_write_is_kept_with_what_was_there_before_and_after(office: Office):
    record = office.wice.person("Schulz", "anna", position="alt")
    office.sync()
    office.wice.edit(record, position="neu")
    (write,) = office.history(office.sync())
    assert [getattr(image, "position", None) for image in write[1:]] == ["alt", "neu"]
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    report = office.sync()
    entries = office.product.history.entries_of_run(RunId(report.run))
    assert [(entry.intent.side, entry.intent.op) for entry in entries] == [(Side.WICE, Op.DELETE)]
    assert getattr(entries[0].intent.before, "position", None) == "neu"
