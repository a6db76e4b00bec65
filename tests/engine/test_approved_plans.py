from __future__ import annotations

from app.adapters.db import Database
from app.domain.sync import Kind
from app.services.report import Status
from tests.engine.harness import ANNA, Office, meeting, person


def test_R16_R28_an_approved_newcomer_that_another_account_brought_meanwhile_is_joined_in_the_same_run(
    database: Database,
) -> None:
    office = Office(database, users=("anna", "bernd"))
    for user in office.users:
        office.analyse(user)
        office.exchange.add(office.folder(Kind.APPOINTMENTS, user), meeting(uid="u1", text=f"Notiz von {user}"))
    assert office.analyse("bernd").kinds[Kind.APPOINTMENTS].writes == 1
    office.sync("anna")
    report = office.sync("bernd")
    assert (report.status, report.kinds[Kind.APPOINTMENTS].linked) == (Status.DONE, 1)
    assert len(office.wice.rows) == 1
    for user in office.users:  # Wice wins: both now read what Anna brought first
        office.sync(user)
        assert office.sync(user).status is Status.NOTHING_TO_DO
    texts = {item.record.text for item in office.exchange.items.values() if hasattr(item.record, "text")}
    assert texts == {"Notiz von anna"}
    assert (office.wice.mails, office.exchange.mails) == (0, 0)


def test_R28_what_came_after_the_analysis_waits_for_the_next_one(office: Office) -> None:
    office.analyse()
    folder = office.folder(Kind.APPOINTMENTS)
    office.exchange.add(folder, meeting("Seen"))
    office.analyse()
    office.exchange.add(folder, meeting("Unseen", day=2))
    assert office.sync().kinds[Kind.APPOINTMENTS].writes == 1
    assert [row.record.label for row in office.wice.rows.values()] == ["Seen (2026-12-01)"]
    assert office.sync().kinds[Kind.APPOINTMENTS].writes == 1
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R28_an_analysis_of_which_nothing_is_left_binds_nobody(office: Office) -> None:
    office.analyse()
    folder = office.folder(Kind.APPOINTMENTS)
    gone = office.exchange.add(folder, meeting("Gone"))
    office.analyse()
    office.exchange.purge(gone)
    office.exchange.add(folder, meeting("New", day=2))
    assert office.sync().kinds[Kind.APPOINTMENTS].writes == 1
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R28_R29_a_server_that_loses_its_mind_after_the_analysis_is_asked_about(office: Office) -> None:
    people = [office.wice.add_person(person(f"Name{n}"), flags=[ANNA]) for n in range(12)]
    office.sync()
    for each in people:
        office.wice.edit(each, mobile_phone="0171 3920001")
    assert office.analyse().kinds[Kind.CONTACTS].writes == 12
    for each in people:
        office.wice.unflag(each, ANNA)
    report = office.sync()
    assert report.status is Status.NEEDS_CONFIRMATION
    assert len(office.in_outlook()) == 12
    assert office.confirm().status is Status.DONE
    assert office.in_outlook() == {}


def test_R29_a_confirmation_is_for_what_was_seen_and_no_more(office: Office) -> None:
    people = [office.wice.add_person(person(f"Name{n:02}"), flags=[ANNA]) for n in range(40)]
    office.sync()
    for each in people[:12]:
        office.wice.unflag(each, ANNA)
    for each in people[12:]:
        office.wice.edit(each, mobile_phone="0171 3920001")
    assert office.sync().status is Status.NEEDS_CONFIRMATION
    for each in people:
        office.wice.unflag(each, ANNA)
    assert office.confirm().status is Status.NEEDS_CONFIRMATION
    assert len(office.in_outlook()) == 40


def test_R28_an_analysis_whose_items_need_no_more_writes_hides_nothing_new(office: Office) -> None:
    office.analyse()
    folder = office.folder(Kind.APPOINTMENTS)
    item = office.exchange.add(folder, meeting())
    office.sync()
    office.sync()
    office.wice.leave(next(iter(office.wice.rows)), ANNA)
    office.analyse()
    office.exchange.move(office.exchange.delete(item), folder)
    assert office.sync().status is Status.DONE
    assert office.sync().status is Status.NOTHING_TO_DO
