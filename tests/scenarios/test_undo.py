"""Undoing over the real protocols: R33. At the end of each scenario another run must find nothing to do: what was undone is left alone."""

from __future__ import annotations

from app.services.report import Status
from tests.scenarios.office import Office, counts, hints

DAY = "2031-05-12"
FULL = {
    "firstname": "Eva",
    "email": "eva@example.com",
    "mobile_phone": "+49 171 39200-11",
    "phone": "0431 39200 12",
    "position": "Einkauf",
    "title": "Dr.",
    "birthday": "1980-02-03",
}


def test_R33_a_change_in_exchange_is_taken_back_and_all_else_stays(office: Office):
    record = office.wice.person("Schulz", "anna", **FULL)
    office.sync()
    card = office.outlook.cards()["Schulz"]["id"]
    office.outlook.change(card, categories=["Familie"])
    office.wice.edit(record, mobile_phone="0171 39200 99", position="Leitung", phone="")
    run = office.sync()
    assert counts(office.undo(run)) == {"contacts exchange change": 1}
    card = office.outlook.cards()["Schulz"]
    assert (card["mobile"], card["job"], card["phone"]) == ("+49 171 39200-11", "Einkauf", "0431 39200 12")
    assert "Familie" in card["categories"]
    assert office.wice.row(record)["position"] == "Leitung"
    assert hints(office.sync()) == {("undone", "Schulz, Eva")}
    office.outlook.change(card["id"], job="Verkauf")
    assert counts(office.sync()) == {"contacts wice change": 1}
    assert hints(office.sync()) == set()


def test_R33_a_change_in_wice_is_taken_back(office: Office):
    record = office.wice.person("Schulz", "anna", **FULL)
    office.sync()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], mobile="0171 39200 99", job="Leitung")
    run = office.sync()
    assert counts(office.undo(run)) == {"contacts wice change": 1}
    row = office.wice.row(record)
    assert (row["mobile_phone"], row["position"]) == ("+49 171 39200-11", "Einkauf")
    assert office.outlook.cards()["Schulz"]["job"] == "Leitung"


def test_R8_R9_R33_what_came_goes_and_comes_again(office: Office):
    office.wice.person("Schulz", "anna", **FULL)
    office.sync()
    office.outlook.contact(
        "Weber", first="Uwe", company="Muster GmbH", job="Lager", text="Notiz, die nur Outlook kennt"
    )
    office.wice.person("Voss", "anna", firstname="Ina")
    run = office.sync()
    assert office.wice.flagged() == {"Schulz", "Voss", "Weber", "Muster GmbH"}
    undone = office.undo(run)
    assert hints(undone) == set()
    assert office.wice.flagged() == {"Schulz", "Voss"}
    assert set(office.outlook.cards()) == {"Schulz", "Weber"}
    assert office.sync().status is Status.NOTHING_TO_DO
    assert hints(office.undo(undone)) == set()
    assert office.wice.flagged() == {"Schulz", "Voss", "Weber", "Muster GmbH"}
    assert {"Schulz", "Voss", "Weber"} <= set(office.outlook.cards())
    assert len(office.wice.persons()) == 3


def test_R8_R9_R33_what_went_comes_back(office: Office):
    gone = office.wice.person("Schulz", "anna", **FULL)
    office.wice.person("Weber", "anna", firstname="Uwe")
    office.sync()
    office.wice.unflag(gone, "anna")
    office.outlook.delete(office.outlook.cards()["Weber"]["id"])
    run = office.sync()
    assert (set(office.outlook.cards()), office.wice.flagged()) == (set(), set())
    assert counts(office.undo(run)) == {"contacts exchange add": 1, "contacts wice add": 1}
    assert (set(office.outlook.cards()), office.wice.flagged()) == ({"Schulz"}, {"Weber"})
    assert office.outlook.cards()["Schulz"]["mobile"] == "+49 171 39200-11"
    assert office.sync().status is Status.NOTHING_TO_DO
    office.wice.flag(gone, "anna")
    assert office.sync().status is Status.DONE
    assert set(office.outlook.cards()) == {"Schulz"}


def test_R13_R14_R15_R33_appointments_with_their_participants_are_undone(office: Office):
    changed = office.wice.appointment("Jour fixe", "anna", day=DAY)
    left = office.wice.appointment("Abnahme", "anna", "bernd", day=DAY)
    office.sync()
    shown = office.outlook.diary()["Jour fixe"].get("text", "")
    office.wice.join(changed, "bernd")
    office.wice.edit(changed, location="Raum 3")
    office.outlook.delete(office.outlook.diary()["Abnahme"]["id"])
    office.outlook.appointment("Zahnarzt", DAY)
    run = office.sync()
    assert "Bernd" in office.outlook.diary()["Jour fixe"]["text"]
    undone = office.undo(run)
    assert hints(undone) == set()
    entry = office.outlook.diary()["Jour fixe"]
    assert (entry.get("place", ""), entry.get("text", "")) == ("", shown)
    assert office.wice.employee("anna") in str(office.wice.row(left))
    assert "Abnahme" not in office.outlook.diary()
    assert "Zahnarzt" in office.outlook.diary()
    assert office.sync().status is Status.NOTHING_TO_DO
    assert hints(office.undo(undone)) == set()
    assert office.outlook.diary()["Jour fixe"]["place"] == "Raum 3"


def test_R33_what_a_person_changed_since_is_not_touched(office: Office):
    record = office.wice.person("Schulz", "anna", **FULL)
    office.wice.person("Weber", "anna", firstname="Uwe")
    run = office.sync()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="Leitung")
    undone = office.undo(run)
    assert hints(undone) == {("undo_changed_since", "Schulz, Eva")}
    assert set(office.outlook.cards()) == {"Schulz"}
    office.sync()
    assert office.wice.row(record)["position"] == "Leitung"
