"""Several accounts on the same records: what one changes in Outlook reaches the other, and all come to rest (R3, R4, R8, R28)."""

from __future__ import annotations

import pytest

from app.domain.account import Conflict
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts

DAY = "2031-05-12"


def everybody(office: Office, rounds: int = 2) -> None:
    for user in office.users * rounds:
        office.sync(user)


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R1_R3_an_edit_in_annas_outlook_reaches_bernds_and_nothing_bounces(make_office: MakeOffice, conflict: Conflict):
    office = make_office("anna", "bernd", conflict=conflict)
    acme = office.wice.company("Acme GmbH", "anna", "bernd", town="Kiel")
    office.wice.person("Schulz", "anna", "bernd", company=acme, position="alt")
    office.wice.appointment("Runde", "anna", "bernd", day=DAY)
    everybody(office)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="neu")
    office.outlook.change(office.outlook.diary()["Runde"]["id"], place="Raum 7")
    everybody(office)
    bernd = office.mailboxes["bernd"]
    assert (bernd.cards()["Schulz"]["job"], bernd.diary()["Runde"]["place"]) == ("neu", "Raum 7")
    for user in office.users:
        assert office.sync(user).status is Status.NOTHING_TO_DO


def test_R8_R4_what_one_deletes_stays_with_the_other(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    record = office.wice.person("Schulz", "anna", "bernd")
    everybody(office)
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    everybody(office)
    assert office.wice.row(record)["flags"] == ["bernd"]
    assert set(office.mailboxes["bernd"].cards()) == {"Schulz"}


def test_R6_both_bring_the_same_new_company_and_it_is_founded_once(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    office.outlook.contact("Eins", company="Neu AG")
    office.mailboxes["bernd"].contact("Zwei", company="Neu AG")
    everybody(office)
    (company,) = office.wice.companies().values()
    assert {row["for_rowid"] for row in office.wice.persons().values()} == {company["rowid"]}
    assert set(office.outlook.cards()) == {"Neu AG", "Eins"}


def test_R10_an_address_restored_for_one_is_not_an_edit_for_the_other(make_office: MakeOffice):
    office = make_office("anna", "bernd")
    acme = office.wice.company("Acme GmbH", "anna", "bernd", town="Kiel")
    for name in ("Eins", "Zwei"):
        office.wice.person(name, "anna", "bernd", company=acme)
    everybody(office)
    office.outlook.change(office.outlook.cards()["Eins"]["id"], town="Wien")
    assert counts(office.sync("anna")) == {"contacts exchange change": 1}
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    assert office.wice.row(acme)["town"] == "Kiel"
