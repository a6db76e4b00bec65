"""Both sides changed, or both had it before: R22, R24. Every scenario with a winner runs for both."""

from __future__ import annotations

import pytest

from app.domain.account import Conflict
from app.domain.sync import Kind, Side
from app.services.report import RunReport
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

POLICIES = pytest.mark.parametrize("conflict", list(Conflict))
DAY = "2031-05-12"


def conflicts(report: RunReport) -> int:
    return sum(kind.conflicts for kind in report.kinds.values())


def values_in_history(office: Office, report: RunReport, field: str) -> set[str]:
    """What a run's before and after images hold in a field."""
    return {getattr(image, field) for _, *images in office.history(report) for image in images if image is not None}


@POLICIES
def test_R22_R1_edited_on_both_sides_the_winners_whole_record_stands_and_both_are_kept(
    make_office: MakeOffice, conflict
):
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna", position="alt", mobile_phone="0171 1")
    office.sync()
    office.wice.edit(record, position="aus Wice")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], mobile="0171 2")
    report = office.sync()
    assert conflicts(report) == 1
    row, card = office.wice.row(record), office.outlook.cards()["Schulz"]
    expected = ("aus Wice", "0171 1") if conflict is Conflict.WICE else ("alt", "0171 2")
    assert (row["position"], row["mobile_phone"]) == (card["job"], card["mobile"]) == expected
    assert values_in_history(office, report, "mobile_phone") >= {"0171 1", "0171 2"}
    assert values_in_history(office, report, "position") >= {"aus Wice", "alt"}


@POLICIES
def test_R22_an_appointment_edited_on_both_sides(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    record = office.wice.appointment("Jour fixe", "anna", day=DAY)
    office.sync()
    office.wice.edit(record, time_start="08:00")
    office.outlook.change(office.outlook.diary()["Jour fixe"]["id"], place="Raum 7")
    assert conflicts(office.sync()) == 1
    row, item = office.wice.row(record), office.outlook.diary()["Jour fixe"]
    if conflict is Conflict.WICE:
        assert (row["time_start"], row["location"], item["start"], item.get("place")) == (
            "08:00",
            "",
            f"{DAY}T06:00:00Z",
            None,
        )
    else:
        assert (row["time_start"], row["location"], item["start"]) == ("10:00", "Raum 7", f"{DAY}T08:00:00Z")


@POLICIES
def test_R22_edited_in_wice_and_deleted_in_outlook(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna")
    office.sync()
    office.wice.edit(record, position="neu")
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    assert conflicts(office.sync()) == 1
    if conflict is Conflict.WICE:
        assert office.outlook.cards()["Schulz"]["job"] == "neu"
        assert office.wice.row(record)["flags"] == ["anna"]
    else:
        assert office.outlook.cards() == {}
        assert (office.wice.row(record)["flags"], office.wice.row(record)["position"]) == ([], "neu")


@POLICIES
@pytest.mark.parametrize("how", ["unflag", "destroy"])
def test_R22_gone_in_wice_and_edited_in_outlook(make_office: MakeOffice, conflict, how: str):
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna", picture_url="eva.jpg")
    office.sync()
    office.wice.unflag(record, "anna") if how == "unflag" else office.wice.destroy(record)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="neu")
    report = office.sync()
    assert conflicts(report) == 1
    if conflict is Conflict.WICE:
        assert office.outlook.cards() == {}
        assert office.outlook.binned() == {"Schulz"}
        assert "neu" in values_in_history(office, report, "position")
    else:
        row = office.wice.persons()["Schulz"]
        assert (row["flags"], row["position"]) == (["anna"], "neu")
        assert (row["picture_url"] == "eva.jpg") == (how == "unflag"), (
            "an unflagged record is brought back, not made again"
        )


@POLICIES
def test_R22_the_same_change_on_both_sides_is_no_conflict(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna", position="alt")
    office.sync()
    office.wice.edit(record, position="neu", mobile_phone="+49 171 39200 11")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="neu ", mobile="0049 171 39200-11")
    report = office.sync()
    assert (counts(report), conflicts(report)) == ({}, 0)


def test_R22_gone_on_both_sides_is_forgotten(office: Office):
    record = office.wice.person("Schulz", "anna")
    office.sync()
    office.wice.unflag(record, "anna")
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    assert counts(office.sync()) == {}


@POLICIES
def test_R24_twins_that_differ_are_linked_the_winner_wins_and_gaps_are_filled(make_office: MakeOffice, conflict):
    office = make_office(conflict=conflict)
    office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com", position="Chefin", fax="0431 9")
    office.outlook.contact("Schulz", first="Eva", email="EVA@example.com", job="Leitung", mobile="0171 2")
    analysis = office.analyse()
    assert analysis.kinds[Kind.CONTACTS].twins == 1
    report = office.sync()
    (row,), (card,) = office.wice.persons().values(), office.outlook.cards().values()
    job = "Chefin" if conflict is Conflict.WICE else "Leitung"
    assert (row["position"], row["fax"], row["mobile_phone"]) == (job, "0431 9", "0171 2")
    assert (card["job"], card["fax"], card["mobile"]) == (job, "0431 9", "0171 2")
    assert values_in_history(office, report, "position") >= {"Chefin", "Leitung"}


def test_R24_equal_twins_are_linked_without_a_write_and_go_on_as_one(office: Office):
    record = office.wice.person("Schulz", "anna", firstname="Eva", phone="0049 (0)431 7")
    office.wice.appointment("Messe", "anna", day=DAY)
    office.outlook.contact("Schulz", first="Eva", phone="+49 431 7", email="")
    office.outlook.appointment("Messe", DAY)
    report = office.sync()
    assert counts(report, Kind.APPOINTMENTS) == {}
    assert set(office.wice.persons()) == set(office.outlook.cards()) == {"Schulz"}
    assert set(office.wice.appointments()) == set(office.outlook.diary()) == {"Messe"}
    office.wice.edit(record, position="neu")
    office.sync()
    assert office.outlook.cards()["Schulz"]["job"] == "neu"


def test_R24_several_candidates_are_a_hint_and_all_stay_untouched(office: Office):
    office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com", position="eins")
    for job in ("zwei", "drei"):
        office.outlook.put(Kind.CONTACTS, twin(job))
    report = office.sync()
    assert [reason for reason, _ in sorted(hints(report))] == ["ambiguous_twin"]
    assert counts(report) == {}
    assert [row["position"] for row in office.wice.persons().values()] == ["eins"]


def twin(job: str) -> str:
    return (
        "<Contact><DisplayName>Eva Schulz</DisplayName><GivenName>Eva</GivenName><EmailAddresses>"
        f'<Entry Key="EmailAddress1">eva@example.com</Entry></EmailAddresses><JobTitle>{job}</JobTitle>'
        "<Surname>Schulz</Surname></Contact>"
    )


def test_R24_the_same_name_alone_is_not_the_same_human(office: Office):
    office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com")
    office.outlook.contact("Schulz", first="Eva", email="andere@example.com")
    office.sync()
    assert len(office.wice._rows("persons")) == len(office.outlook.everything("contacts/Wice")) == 2


@pytest.mark.parametrize("edited", [False, True])
def test_R24_a_copy_of_a_synced_contact_is_a_new_one(office: Office, edited: bool):
    office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com")
    office.sync()
    copy = office.outlook.copy(office.outlook.cards()["Schulz"]["id"], office.outlook.wice_folder(Kind.CONTACTS))
    if edited:
        office.outlook.change(copy, last="Schmidt", email="schmidt@example.com")
    assert counts(office.sync()) == {"contacts wice add": 1}
    assert len(office.wice._rows("persons")) == 2
    assert {side for side, *_ in office.history(office.sync())} <= {Side.WICE}
