"""Which folders: R25, R26, R43."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.account import Profile
from app.domain.sync import Kind
from app.services.report import Status
from app.settings import Settings
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts

DAY = "2031-05-12"


def test_R25_the_first_analysis_creates_both_folders_and_nothing_else(office: Office):
    office.wice.person("Schulz", "anna")
    before = set(office.outlook.folders())
    office.analyse()
    assert set(office.outlook.folders()) - before == {"contacts/Wice", "calendar/Wice"}
    assert office.outlook.cards() == {}
    office.sync()


def test_R25_a_folder_wice_that_the_owner_has_already_is_used(office: Office):
    office.outlook.contact("Schulz")
    office.sync()
    assert [path for path in office.outlook.folders() if path.endswith("Wice")] == ["contacts/Wice", "calendar/Wice"]
    assert set(office.wice.persons()) == {"Schulz"}


def test_R25_the_standard_folder_and_a_path_can_be_chosen(make_office: MakeOffice):
    office = make_office(contacts_folder="default", calendar_folder="Calendar/Kunden")
    calendar = office.outlook.add_folder(Kind.APPOINTMENTS, "Kunden")
    standard = office.outlook.folders()["contacts"]["id"]
    office.outlook.contact("Schulz", folder=standard)
    office.outlook.appointment("Besuch", DAY, folder=calendar)
    office.wice.person("Wice", "anna")
    office.sync()
    assert set(office.wice.persons()) == {"Schulz", "Wice"}
    assert set(office.wice.appointments()) == {"Besuch"}
    assert set(office.outlook.cards("contacts")) == {"Schulz", "Wice"}
    assert "contacts/Wice" not in office.outlook.folders()


def test_R25_a_path_that_does_not_exist_stops_that_kind_with_its_name(make_office: MakeOffice):
    office = make_office(calendar_folder="Calendar/Kunden")
    office.wice.person("Schulz", "anna")
    report = office.sync()
    assert report.status is Status.FAILED
    assert "Calendar/Kunden" in report.kinds[Kind.APPOINTMENTS].error
    assert set(office.outlook.cards()) == {"Schulz"}
    office.rests = Status.FAILED


def test_R26_a_renamed_or_moved_folder_stays_the_same(office: Office):
    office.wice.person("Schulz", "anna")
    office.sync()
    folder = office.outlook.folders()["contacts/Wice"]["id"]
    office.outlook.rename_folder(folder, "Kunden")
    assert office.sync().status is Status.NOTHING_TO_DO
    office.wice.person("Lehmann", "anna")
    office.sync()
    assert set(office.outlook.cards("contacts/Kunden")) == {"Schulz", "Lehmann"}
    assert "contacts/Wice" not in office.outlook.folders()


@pytest.mark.parametrize("how", ["bin", "destroy"])
def test_R26_a_vanished_folder_stops_its_kind_and_is_never_read_as_everything_deleted(office: Office, how: str):
    record = office.wice.person("Schulz", "anna")
    office.sync()
    vanish = office.outlook.bin_folder if how == "bin" else office.outlook.destroy_folder
    vanish(office.outlook.folders()["contacts/Wice"]["id"])
    office.wice.appointment("Geht weiter", "anna", day=DAY)
    report = office.sync()
    assert report.status is Status.FAILED
    assert "anna@example.com" in report.message
    assert office.wice.row(record)["flags"] == ["anna"]
    assert set(office.outlook.diary()) == {"Geht weiter"}
    office.rests = Status.FAILED


def test_R26_restored_from_deleted_items_it_goes_on_as_if_nothing_had_been(office: Office):
    office.wice.person("Schulz", "anna")
    office.sync()
    folders = office.outlook.folders()
    folder = folders["contacts/Wice"]["id"]
    office.outlook.bin_folder(folder)
    assert office.sync().status is Status.FAILED
    office.outlook.move_folder(folder, str(folders["contacts"]["id"]))
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R43_a_second_installation_stops_at_the_first_ones_marker(make_office: MakeOffice, tmp_path: Path):
    office = make_office()
    office.wice.person("Schulz", "anna")
    office.sync()
    second = make_office(installation=Settings(home=tmp_path / "second"))
    before = second.written()
    report = second.sync()
    assert report.status is Status.FAILED
    assert "another installation" in report.message
    assert second.written() == before
    second.rests = Status.FAILED


def test_R43_a_second_profile_on_the_same_folder_stops_until_the_first_is_deleted(office: Office):
    office.wice.person("Schulz", "anna")
    office.sync()
    registry = office.product.registry
    registry.save(Profile(account="anna", name="zweites", **office.settings))  # type: ignore[arg-type] # settings of Profile
    report = office.sync("anna/zweites")
    assert report.status is Status.FAILED
    assert "another profile" in report.message
    registry.remove(registry.profile("anna/anna")[0])
    office.forget("anna")
    assert counts(office.sync("anna/zweites")) == {}
    assert set(office.wice.persons()) == set(office.outlook.cards()) == {"Schulz"}
