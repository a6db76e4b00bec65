"""One meeting in several accounts' calendars (R16): whose facts stand in Wice (D1), and what becomes of who declines (D2)."""

from __future__ import annotations

from typing import Any

import pytest

from app.bootstrap import inquiry
from app.domain.account import Conflict, Direction
from app.domain.people import SYSTEM
from app.domain.sync import Kind
from app.services.desk import NoProgress
from app.services.explain import explain
from app.services.removal import remove_profile, remove_synchronised
from app.services.report import RunReport, Status
from app.settings import Settings
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, at_once, counts, hints
from tests.scenarios.test_meetings import ANNA, BERND, DAY, GAST, meeting
from tests.scenarios.test_wire import DAILY, ZONE

ONLY = Kind.APPOINTMENTS
KEPT = {("not_the_organizer", f"Planung ({DAY})")}


def invited(office: Office, organizer: tuple[str, str] = ANNA, first: str = "anna") -> None:
    """All of the office hold the meeting and were synchronised, `first` before the others."""
    for user in office.users:
        answer = "" if user == organizer[0].casefold() else "Accept"
        office.mailboxes[user].put(Kind.APPOINTMENTS, meeting("Planung", organizer, ANNA, BERND, answer=answer))
    for user in sorted(office.users, key=lambda user: user != first):
        office.sync(user)


def copy_of(office: Office, user: str) -> dict[str, Any]:
    (entry,) = office.mailboxes[user].diary().values()
    return entry


def change(office: Office, user: str, **fields: Any) -> RunReport:
    """The user changes his copy and is synchronised."""
    office.mailboxes[user].change(copy_of(office, user)["id"], **fields)
    return office.sync(user)


def in_wice(office: Office) -> dict[str, Any]:
    (row,) = office.wice.appointments().values()
    return row


def places(office: Office) -> list[str]:
    """In Wice, then in each Outlook."""
    return [in_wice(office)["location"], *(copy_of(office, user).get("place", "") for user in office.users)]


def why(office: Office, user: str) -> list[tuple[str, str, list[str]]]:
    with inquiry(office.product, user, live=True) as one:
        found = explain(one, "Planung")
    return [(one.rule, one.verdict.cause.value, [str(fact.value) for fact in one.verdict.facts]) for one in found.items]


@pytest.mark.parametrize("conflict", list(Conflict))
@pytest.mark.parametrize("first", ["anna", "bernd"])
def test_D1_what_an_attendee_changes_stays_in_his_copy_until_the_organiser_changes_it(
    make_office: MakeOffice, conflict: Conflict, first: str
):
    office = make_office("anna", "bernd", conflict=conflict)
    invited(office, first=first)
    office.sync(first)
    report = change(office, "bernd", place="Kantine", **office.outlook.times(DAY, "14:00-15:00"))
    assert (hints(report), counts(report)) == (KEPT, {})
    assert why(office, "bernd") == [("D1", "not_the_organizer", ["anna"])]
    assert office.sync("anna").status is Status.NOTHING_TO_DO
    assert places(office) == ["", "", "Kantine"]
    assert hints(office.sync("bernd")) == KEPT
    change(office, "anna", place="Raum 7")
    assert counts(office.sync("bernd")) == {"appointments exchange change": 1}
    assert places(office) == ["Raum 7"] * 3
    assert copy_of(office, "bernd")["start"] == copy_of(office, "anna")["start"]
    assert hints(office.sync("bernd")) == set()


def test_D1_the_organisers_change_that_reaches_an_attendee_first_is_not_set_back(make_office: MakeOffice):
    office = make_office("anna", "bernd", conflict=Conflict.EXCHANGE)
    invited(office)
    for user in office.users:
        office.mailboxes[user].change(copy_of(office, user)["id"], place="Raum 8")
    assert counts(office.sync("bernd")) == {}
    assert places(office) == ["", "Raum 8", "Raum 8"]
    office.sync("anna")
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    assert places(office) == ["Raum 8"] * 3


@pytest.mark.parametrize("conflict", list(Conflict))
def test_D1_the_organisers_copy_that_comes_later_stands(make_office: MakeOffice, conflict: Conflict):
    office = make_office("anna", "bernd", conflict=conflict)
    put = {user: office.mailboxes[user].put for user in office.users}
    put["bernd"](Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND, answer="Accept"))
    office.sync("bernd")
    change(office, "bernd", place="Kantine")
    put["anna"](Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND))
    change(office, "anna", place="Raum 9")
    office.sync("bernd")
    assert places(office) == ["Raum 9"] * 3


def test_D1_without_the_organiser_the_account_that_brought_it_decides_then_the_next(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    invited(office, GAST, first="bernd")
    assert hints(change(office, "anna", place="Kantine")) == KEPT
    change(office, "bernd", place="Raum 1")
    office.sync("anna")
    assert places(office) == ["Raum 1"] * 3
    assert hints(change(office, "anna", place="Kantine")) == KEPT
    office.configure("bernd", active=False)
    office.forget("bernd")
    assert counts(office.sync("anna")) == {"appointments wice change": 1}
    assert in_wice(office)["location"] == "Kantine"


def test_D1_one_way_from_outlook_an_attendee_writes_nothing_over(make_office: MakeOffice):
    office = make_office("anna", "bernd", direction=Direction.TO_WICE)
    invited(office)
    assert hints(change(office, "bernd", place="Kantine")) == KEPT
    change(office, "anna", place="Raum 7")
    assert hints(office.sync("bernd")) == KEPT
    assert places(office) == ["Raum 7", "Raum 7", "Kantine"]


def test_D1_R37_of_several_accounts_one_is_removed_with_what_it_had_and_the_others_keep_the_meeting(
    make_office: MakeOffice,
):
    office = make_office("anna", "bernd")
    invited(office)
    before = in_wice(office)
    with office.product.desk("anna", "remove", NoProgress()) as desk:
        report = remove_synchronised(desk)
    remove_profile(office.product.registry, office.product.registry.profile("anna")[0].id, report, SYSTEM)
    office.forget("anna")
    assert (office.outlook.diary(), in_wice(office)) == ({}, before)
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    change(office, "bernd", place="Raum 2")
    assert in_wice(office)["location"] == copy_of(office, "bernd")["place"] == "Raum 2"


@pytest.mark.parametrize("conflict", list(Conflict))
def test_D2_who_declines_takes_no_part_and_who_accepts_again_does(make_office: MakeOffice, conflict: Conflict):
    office = make_office("anna", "bernd", conflict=conflict)
    invited(office)
    mine = copy_of(office, "bernd")["id"]
    office.mailboxes["bernd"].answer(mine, "Tentative")
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    office.mailboxes["bernd"].answer(mine, "Decline")
    office.wice.edit(f"a:{in_wice(office)['rowid']}", location="Raum 3")
    assert counts(office.sync("bernd")) == {"appointments wice delete": 1}
    assert in_wice(office)["participants"] == [office.wice.employee("anna")]
    assert why(office, "bernd")[0][:2] == ("D2", "declined")
    office.sync("anna")
    change(office, "anna", text="Neues Thema")
    office.sync("bernd")
    assert places(office) == ["Raum 3", "Raum 3", ""]
    assert in_wice(office)["participants"] == [office.wice.employee("anna")]
    office.mailboxes["bernd"].answer(mine, "Accept")
    office.sync("bernd")
    assert sorted(in_wice(office)["participants"]) == sorted(map(office.wice.employee, office.users))
    assert places(office)[:2] == ["Raum 3", "Raum 3"]
    assert set(office.mailboxes["bernd"].diary()) == {"Planung"}


@pytest.mark.parametrize("before", [True, False], ids=["seen-before", "not-seen"])
def test_D2_a_declined_meeting_does_not_come_back_from_wice(make_office: MakeOffice, before: bool):
    office = make_office("anna", "bernd")
    office.mailboxes["bernd"].put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND, answer="Decline"))
    if before:
        assert office.sync("bernd").status is Status.NOTHING_TO_DO
        office.sync("bernd")
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND))
    office.sync("anna")
    assert counts(office.sync("bernd")) == {"appointments wice delete": 1}
    assert in_wice(office)["participants"] == [office.wice.employee("anna")]
    assert set(office.mailboxes["bernd"].diary()) == {"Planung"}


def test_D2_whom_the_organisers_copy_calls_declined_takes_no_part_either(office: Office):
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", ANNA, BERND, GAST))
    office.sync()
    row = in_wice(office)
    assert (len(row["participants"]), row["additional_participants"]) == (2, "Frau Gast <gast@kunde.example>")
    item = office.outlook._item(copy_of(office, "anna")["id"])
    for attendee in item.required_attendees:
        attendee.response_type = "Decline"
    item.save(update_fields=["required_attendees"])
    office.sync()
    row = in_wice(office)
    assert (row["participants"], row["additional_participants"]) == ([office.wice.employee("anna")], "")


def test_D2_R13_a_date_that_an_attendee_deletes_is_gone_for_him_alone(office: Office):
    xml = meeting("Planung", GAST, ANNA, BERND, more=ZONE, answer="Accept")
    office.outlook.put(Kind.APPOINTMENTS, xml.replace("</CalendarItem>", f"{DAILY}</CalendarItem>"))
    office.sync()
    office.outlook.series(copy_of(office, "anna")["id"], 2).delete()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert (in_wice(office)["exdates"], in_wice(office)["rrule"]) == ([], "FREQ=DAILY;COUNT=5")
    office.wice.edit(f"a:{in_wice(office)['rowid']}", location="Raum 4")
    office.sync()
    (item,) = office.outlook.everything("calendar/Wice")
    assert (item["deleted_occurrences"], item["properties"]["calendar:Location"]) == ([2], "Raum 4")


def test_R15_other_people_at_one_date_of_a_series_are_hinted_with_the_date(office: Office):
    xml = meeting("Planung", ANNA, ANNA, BERND, more=ZONE, answer="Organizer")
    office.outlook.put(Kind.APPOINTMENTS, xml.replace("</CalendarItem>", f"{DAILY}</CalendarItem>"))
    occurrence = office.outlook.series(copy_of(office, "anna")["id"], 3)
    occurrence.refresh()
    occurrence.required_attendees = [*occurrence.required_attendees, GAST[1]]
    occurrence.save(update_fields=["required_attendees"])
    report = office.sync()
    (hint,) = report.kinds[Kind.APPOINTMENTS].hints
    assert (hint.reason.value, hint.detail) == ("occurrence_attendees", "2031-05-14")
    assert sorted(in_wice(office)["participants"]) == sorted(map(office.wice.employee, ("anna", "bernd")))
    assert in_wice(office)["additional_participants"] == ""


def test_R16_two_who_are_invited_to_different_dates_of_one_series_have_two_appointments(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    for user, day in (("anna", "2031-05-13"), ("bernd", "2031-05-14"), ("anna", "2031-05-15"), ("bernd", "2031-05-15")):
        xml = meeting(f"Planung {day}", GAST, ANNA, BERND, answer="Accept").replace(DAY, day)
        xml = xml.replace(f"uid-Planung {day}</UID>", f"uid</UID><RecurrenceId>{day}T08:00:00Z</RecurrenceId>")
        office.mailboxes[user].put(Kind.APPOINTMENTS, xml)
    for user in (*office.users, *office.users):
        office.sync(user)
    rows = office.wice.appointments()
    assert {title[-2:]: row["date_start"][-2:] for title, row in rows.items()} == {
        day: day for day in ("13", "14", "15")
    }
    assert [len(office.mailboxes[user].diary()) for user in office.users] == [3, 3]


def test_D3_R16_accounts_synchronised_at_once_by_several_workers_share_one_appointment(
    any_installation: Settings, make_office: MakeOffice
):
    office = make_office("anna", "bernd", "clara", installation=any_installation)
    office.sync("anna")  # the service account is right: as long as nobody knows, one run alone tries it
    titles = [f"Planung {number}" for number in range(10)]
    for user in office.users:
        answer = "" if user == "anna" else "Accept"
        for title in titles:
            office.mailboxes[user].put(Kind.APPOINTMENTS, meeting(title, ANNA, ANNA, GAST, answer=answer))
    at_once(any_installation, ONLY, *office.users)
    # Whoever had to give way takes part now; that he does is then shown in the copies of those who came before (R15).
    for user in office.users * 2:
        office.sync(user)
    rows = office.wice.appointments()
    everybody = sorted(map(office.wice.employee, office.users))
    assert {title: sorted(row["participants"]) for title, row in rows.items()} == dict.fromkeys(titles, everybody)
    assert [set(office.mailboxes[user].diary()) for user in office.users] == [set(titles)] * 3
