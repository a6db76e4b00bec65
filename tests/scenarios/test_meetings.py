"""Meetings and the people in them: R15, R16, R19. Organisers and attendees never hear of us."""

from __future__ import annotations

import pytest

from app.domain.account import Conflict
from app.domain.sync import Kind
from app.services.desk import Step
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.APPOINTMENTS

DAY = "2031-05-12"
BERND = ("Bernd", "bernd@example.com")
GAST = ("Frau Gast", "gast@kunde.example")


def mailbox(person: tuple[str, str]) -> str:
    return f"<Mailbox><Name>{person[0]}</Name><EmailAddress>{person[1]}</EmailAddress></Mailbox>"


def meeting(
    title: str, organizer: tuple[str, str], *attendees: tuple[str, str], more: str = "", answer: str = ""
) -> str:
    """A meeting as it lies in the calendar of one who organises it or was invited; `more` are elements before the times."""
    invited = "".join(f"<Attendee>{mailbox(person)}</Attendee>" for person in attendees)
    return (
        f"<CalendarItem><Subject>{title}</Subject>{more}<UID>uid-{title}</UID><Start>{DAY}T08:00:00Z</Start>"
        f"<End>{DAY}T09:00:00Z</End><IsMeeting>true</IsMeeting>"
        f"{f'<MyResponseType>{answer}</MyResponseType>' if answer else ''}<Organizer>{mailbox(organizer)}</Organizer>"
        f"<RequiredAttendees>{invited}</RequiredAttendees></CalendarItem>"
    )


ANNA = ("Anna", "anna@example.com")


def stored_people(office: Office) -> list[str]:
    """Organiser and attendees as the server keeps them."""
    (item,) = office.outlook.everything("calendar/Wice")
    return [item["properties"].get(f"calendar:{name}", "") for name in ("Organizer", "RequiredAttendees")]


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R15_attendees_become_participants_by_address_and_others_additional_ones(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND, GAST))
    before = stored_people(office)
    office.sync()
    row = office.wice.appointments()["Planung"]
    assert sorted(row["participants"]) == sorted(map(office.wice.employee, ("anna", "bernd")))
    assert row["additional_participants"] == "Frau Gast <gast@kunde.example>"
    assert stored_people(office) == before
    assert "Teilnehmer laut Wice" not in office.outlook.diary()["Planung"].get("text", "")


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R15_wices_participants_stand_in_a_block_that_never_travels_back(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    record = office.wice.appointment("Planung", "anna", "bernd", day=DAY, description="Thema")
    office.wice.edit(record, additional_participants="Frau Gast <gast@kunde.example>\nHerr Ohne Adresse")
    office.sync()
    text = office.outlook.diary()["Planung"]["text"]
    assert all(word in text for word in ("Thema", "bernd@example.com", "Frau Gast", "Herr Ohne Adresse"))
    before = office.wice.row(record)
    office.outlook.change(office.outlook.diary()["Planung"]["id"], text=f"Neues Thema\n{text.partition('Thema')[2]}")
    office.sync()
    after = office.wice.row(record)
    assert after["description"] == "Neues Thema"
    assert after["participants"] == before["participants"]
    assert after["additional_participants"] == before["additional_participants"]


def test_R15_who_joins_or_leaves_in_wice_is_shown_and_the_text_around_stays(office: Office):
    record = office.wice.appointment("Planung", "anna", day=DAY)
    office.sync()
    office.outlook.change(office.outlook.diary()["Planung"]["id"], text="Meine Notiz")
    office.sync()
    office.wice.join(record, "bernd")
    office.sync()
    assert "bernd@example.com" in office.outlook.diary()["Planung"]["text"]
    office.wice.leave(record, "bernd")
    office.sync()
    assert office.outlook.diary()["Planung"]["text"].strip() == "Meine Notiz"
    assert office.wice.row(record)["description"] == "Meine Notiz"


@pytest.mark.parametrize("organizer", [ANNA, BERND], ids=["organised", "invited"])
def test_R15_a_meeting_changed_moved_and_left_in_wice_mails_nobody(office: Office, organizer: tuple[str, str]):
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", organizer, ANNA, GAST, answer="Accept"))
    office.sync()
    before = stored_people(office)
    (row,) = office.wice.appointments().values()
    record = f"a:{row['rowid']}"
    office.wice.edit(record, time_start="09:00", time_end="09:45", location="Raum 2")
    assert counts(office.sync()) == {"appointments exchange change": 1}
    assert (office.outlook.diary()["Planung"]["start"], stored_people(office)) == (f"{DAY}T07:00:00Z", before)
    office.nobody_was_mailed()
    office.wice.leave(record, "anna")
    assert counts(office.sync()) == {"appointments exchange delete": 1}
    assert office.outlook.binned() == {"Planung"}


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R16_a_meeting_in_two_calendars_is_one_appointment_that_both_have(make_office: MakeOffice, conflict):
    office = make_office("anna", "bernd", conflict=conflict)
    for user in office.users:
        office.mailboxes[user].put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, GAST))
    for user in (*office.users, *office.users):
        office.sync(user)
    (row,) = office.wice.appointments().values()
    assert sorted(row["participants"]) == sorted(map(office.wice.employee, office.users))
    office.wice.edit(f"a:{row['rowid']}", location="Raum 7")
    for user in office.users:
        office.sync(user)
        assert office.mailboxes[user].diary()["Planung"]["place"] == "Raum 7"
    office.mailboxes["bernd"].delete(office.mailboxes["bernd"].diary()["Planung"]["id"])
    office.sync("bernd")
    office.sync("anna")
    (row,) = office.wice.appointments().values()
    assert row["participants"] == [office.wice.employee("anna")]
    assert set(office.outlook.diary()) == {"Planung"}


def test_R16_brought_by_wice_to_one_and_by_invitation_to_the_other_it_stays_one(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND))
    office.sync("anna")
    office.mailboxes["bernd"].put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND, answer="Accept"))
    office.sync("bernd")
    office.sync("anna")
    assert set(office.wice.appointments()) == {"Planung"}
    assert set(office.mailboxes["bernd"].diary()) == {"Planung"}


def test_R16_brought_with_bernd_in_it_while_bernds_run_works_it_stays_one(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    for user, answer in (("anna", ""), ("bernd", "Accept")):
        office.mailboxes[user].put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, BERND, answer=answer))
    office.sync("bernd", meanwhile={Step.APPLY_APPOINTMENTS: lambda: office.sync("anna")})
    (row,) = office.wice.appointments().values()
    assert sorted(row["participants"]) == sorted(map(office.wice.employee, office.users))


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R19_somebody_elses_private_meeting_never_reaches_wice(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    private = "<Sensitivity>Private</Sensitivity>"
    office.outlook.put(Kind.APPOINTMENTS, meeting("Kündigung", BERND, ANNA, more=private, answer="Accept"))
    report = office.sync()
    assert office.wice.appointments() == {}
    assert {reason for reason, _ in hints(report)} == {"foreign_private"}
    assert "Kündigung" not in str(report.json())


def test_R19_an_invitation_that_turns_private_rests_and_tells_nothing(office: Office):
    item = office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", BERND, ANNA, answer="Accept"))
    office.sync()
    office.outlook.change(item, private="Private", title="Kündigung")
    office.sync()
    assert set(office.wice.appointments()) == {"Planung"}
    assert set(office.outlook.diary()) == {"Kündigung"}


def test_R13_an_invitation_deleted_in_outlook_leaves_organiser_and_appointment_alone(office: Office):
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", BERND, ANNA, BERND, answer="Accept"))
    office.sync()
    office.outlook.delete(office.outlook.diary()["Planung"]["id"])
    assert office.sync().status is Status.DONE
    (row,) = office.wice.appointments().values()
    assert row["participants"] == [office.wice.employee("bernd")]


def test_R24_a_copy_of_a_meeting_is_a_new_appointment(office: Office):
    office.outlook.put(Kind.APPOINTMENTS, meeting("Planung", ANNA, ANNA, GAST))
    office.sync()
    copy = office.outlook.copy(office.outlook.diary()["Planung"]["id"], office.outlook.wice_folder(Kind.APPOINTMENTS))
    office.outlook.change(copy, title="Planung zwei")
    office.sync()
    assert set(office.wice.appointments()) == {"Planung", "Planung zwei"}
