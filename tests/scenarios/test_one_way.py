"""Profiles that write one side only: R21, R23."""

from __future__ import annotations

import pytest

from app.domain.account import CompanyData, Direction, TargetChanges
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts, hints

DAY = "2031-05-12"
TO_WICE, TO_EXCHANGE = Direction.TO_WICE, Direction.TO_EXCHANGE
OVERWRITE, KEEP = TargetChanges.OVERWRITE, TargetChanges.KEEP
CHANGES = pytest.mark.parametrize("changes", list(TargetChanges))
DIRECTIONS = pytest.mark.parametrize("direction", [TO_WICE, TO_EXCHANGE])


def both_have(office: Office) -> str:
    """A person on both sides, brought by whichever side may."""
    record = office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com", position="alt")
    office.outlook.contact("Schulz", first="Eva", email="eva@example.com", job="alt")
    assert counts(office.sync()) == {}
    return record


def edit(office: Office, side: str, record: str, job: str) -> None:
    if side == "wice":
        office.wice.edit(record, position=job)
    else:
        office.outlook.change(office.outlook.cards()["Schulz"]["id"], job=job)


def jobs(office: Office, record: str) -> dict[str, str]:
    return {"wice": office.wice.row(record)["position"], "exchange": office.outlook.cards()["Schulz"]["job"]}


def sides(direction: Direction) -> tuple[str, str]:
    """Source and target."""
    return ("exchange", "wice") if direction is TO_WICE else ("wice", "exchange")


@DIRECTIONS
def test_R21_R23_new_items_travel_one_way_and_target_only_ones_stay(make_office: MakeOffice, direction: Direction):
    office = make_office(direction=direction)
    office.wice.person("Wice", "anna")
    office.wice.appointment("Termin W", "anna", day=DAY)
    office.outlook.contact("Outlook", company="Neu AG")
    office.outlook.appointment("Termin E", DAY)
    office.sync()
    in_wice, in_outlook = {"Wice"}, {"Outlook"}
    if direction is TO_WICE:
        in_wice.add("Outlook")
        assert office.wice.companies()["Neu AG"]["flags"] == ["anna"]
    else:
        in_outlook.add("Wice")
    assert (set(office.wice.persons()), set(office.outlook.cards())) == (in_wice, in_outlook)
    source = office.outlook.diary() if direction is TO_EXCHANGE else office.wice.appointments()
    assert set(source) == {"Termin W", "Termin E"}


@CHANGES
@DIRECTIONS
def test_R23_a_change_at_the_target(make_office: MakeOffice, direction: Direction, changes: TargetChanges):
    office = make_office(direction=direction, target_changes=changes)
    record = both_have(office)
    source, target = sides(direction)
    edit(office, target, record, "am Ziel")
    report = office.sync()
    if changes is OVERWRITE:
        assert jobs(office, record) == {source: "alt", target: "alt"}
        return
    assert jobs(office, record) == {source: "alt", target: "am Ziel"}
    assert ("target_kept", "Schulz, Eva") in hints(report)
    edit(office, source, record, "später an der Quelle")
    assert counts(office.sync()) == {}
    assert jobs(office, record)[target] == "am Ziel"


@CHANGES
@DIRECTIONS
def test_R23_a_deletion_at_the_target(make_office: MakeOffice, direction: Direction, changes: TargetChanges):
    office = make_office(direction=direction, target_changes=changes)
    record = both_have(office)
    if direction is TO_EXCHANGE:
        office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    else:
        office.wice.unflag(record, "anna")
    report = office.sync()
    if changes is OVERWRITE:
        assert (office.wice.flagged(), set(office.outlook.cards())) == ({"Schulz"}, {"Schulz"})
    else:
        assert ("target_kept", "Schulz, Eva") in hints(report)
        gone = office.outlook.cards() if direction is TO_EXCHANGE else office.wice.flagged()
        assert not gone
    assert set(office.wice.persons()) == {"Schulz"}


@CHANGES
@DIRECTIONS
def test_R23_a_deletion_at_the_source_follows_also_when_the_target_was_changed(
    make_office: MakeOffice, direction: Direction, changes: TargetChanges
):
    office = make_office(direction=direction, target_changes=changes)
    record = both_have(office)
    source, target = sides(direction)
    edit(office, target, record, "am Ziel")
    if source == "wice":
        office.wice.unflag(record, "anna")
    else:
        office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    office.sync()
    left = office.outlook.cards() if direction is TO_EXCHANGE else office.wice.flagged()
    assert set(left) == ({"Schulz"} if changes is KEEP else set())
    assert office.wice.row(record)["name"] == "Schulz"


@DIRECTIONS
def test_R23_twins_that_differ_take_the_sources_fields_and_the_source_is_never_written(
    make_office: MakeOffice, direction: Direction
):
    office = make_office(direction=direction)
    record = office.wice.person(
        "Schulz", "anna", firstname="Eva", email="eva@example.com", position="Wice", fax="0431 9"
    )
    office.outlook.contact("Schulz", first="Eva", email="eva@example.com", job="Outlook", mobile="0171 2")
    office.sync()
    source, _ = sides(direction)
    assert jobs(office, record) == dict.fromkeys(("wice", "exchange"), "Wice" if source == "wice" else "Outlook")
    card, row = office.outlook.cards()["Schulz"], office.wice.row(record)
    if source == "wice":
        assert (row["mobile_phone"], card["fax"], card["mobile"]) == ("", "0431 9", "0171 2")
    else:
        assert (card.get("fax"), row["fax"], row["mobile_phone"]) == (None, "0431 9", "0171 2")


def test_R10_R21_company_data_edited_where_outlook_is_the_source_stays_there_with_a_hint(make_office: MakeOffice):
    office = make_office(direction=TO_WICE, company_data=CompanyData.RESTORE)
    acme = office.wice.company("Acme GmbH", town="Kiel")
    office.outlook.contact("Schulz", company="Acme GmbH", town="Kiel")
    office.sync()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], town="Wien", job="Chefin")
    report = office.sync()
    assert ("company_data_ignored", "Schulz") in hints(report)
    assert (office.wice.row(acme)["town"], office.outlook.cards()["Schulz"]["town"]) == ("Kiel", "Wien")
    assert office.wice.persons()["Schulz"]["position"] == "Chefin"


@DIRECTIONS
def test_R23_appointments_restored_at_the_target_never_touch_the_source(make_office: MakeOffice, direction: Direction):
    office = make_office(direction=direction)
    record = office.wice.appointment("Messe", "anna", day=DAY)
    office.outlook.appointment("Messe", DAY)
    office.sync()
    item = office.outlook.diary()["Messe"]["id"]
    if direction is TO_EXCHANGE:
        office.outlook.change(item, place="Ziel")
    else:
        office.wice.edit(record, location="Ziel")
    before = office.wice.row(record) if direction is TO_EXCHANGE else office.outlook.everything("calendar/Wice")
    office.sync()
    assert not office.outlook.diary()["Messe"].get("place")
    assert not office.wice.row(record)["location"]
    assert before == (
        office.wice.row(record) if direction is TO_EXCHANGE else office.outlook.everything("calendar/Wice")
    )


def test_R21_turned_round_and_opened_later_nothing_is_doubled(make_office: MakeOffice):
    office = make_office(direction=TO_EXCHANGE)
    office.wice.person("Wice", "anna")
    office.outlook.contact("Outlook")
    office.sync()
    office.configure(direction=Direction.BOTH)
    assert counts(office.sync(), Kind.CONTACTS) == {"wice add": 1}
    office.configure(direction=TO_WICE)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert set(office.wice.persons()) == set(office.outlook.cards()) == {"Wice", "Outlook"}
