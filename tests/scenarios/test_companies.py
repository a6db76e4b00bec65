"""Companies and their persons: R5, R6, R10."""

from __future__ import annotations

import pytest

from app.domain.account import CompanyData, Conflict
from app.domain.sync import Kind
from app.services.desk import Step
from app.services.report import Status
from app.settings import Settings
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, at_once, counts, hints

ONLY = Kind.CONTACTS

ACME = {"street": "Kai", "street_number": "7", "zip_code": "24103", "town": "Kiel", "phone": "0431 111"}


def test_R6_two_new_contacts_of_one_unknown_company_found_it_once_and_everything_is_flagged(office: Office):
    for name in ("Eins", "Zwei"):
        office.outlook.contact(name, company="Neu & Söhne KG", town="Plön", zip="24306")
    office.sync()
    (company,) = office.wice.companies().values()
    assert (company["name"], company["town"], company["zip_code"]) == ("Neu & Söhne KG", "Plön", "24306")
    assert {row["for_rowid"] for row in office.wice.persons().values()} == {company["rowid"]}
    assert office.wice.flagged() == {"Neu & Söhne KG", "Eins", "Zwei"}
    assert set(office.outlook.cards()) == {"Neu & Söhne KG", "Eins", "Zwei"}


def test_R6_a_third_contact_of_a_company_brought_earlier_joins_it(office: Office):
    office.outlook.contact("Eins", company="Neu KG")
    office.sync()
    office.outlook.contact("Zwei", company="NEU KG.")
    office.sync()
    assert [row["name"] for row in office.wice.companies().values()] == ["Neu KG"]
    assert len({row["for_rowid"] for row in office.wice.persons().values()}) == 1


def test_R6_an_existing_company_is_used_as_it_stands_and_not_flagged(office: Office):
    acme = office.wice.company("Acme GmbH", **ACME, turnover="17")
    before = office.wice.row(acme)
    office.outlook.contact("Schulz", company="ACME GmbH", town="Kiel")
    office.sync()
    assert office.wice.persons()["Schulz"]["for_rowid"] == acme[2:]
    assert office.wice.row(acme) == before
    assert office.outlook.cards()["Schulz"]["street"] == "Kai 7"


def test_R6_the_same_name_in_another_town_is_another_company(office: Office):
    acme = office.wice.company("Acme GmbH", town="Kiel", zip_code="24103")
    office.outlook.contact("Schulz", company="Acme GmbH", town="Wien", zip="1010")
    office.sync()
    assert office.wice.persons()["Schulz"]["for_rowid"] not in {"0", acme[2:]}
    assert sorted(row["town"] for row in office.wice._rows("companies")) == ["Kiel", "Wien"]


def test_R6_two_candidates_are_a_hint_and_no_guess(office: Office):
    for town in ("Kiel", "Wien"):
        office.wice.company("Acme GmbH", town=town)
    card = office.outlook.contact("Schulz", company="Acme GmbH")
    report = office.sync()
    assert hints(report) == {("ambiguous_company", "Schulz")}
    assert office.wice.persons() == {}
    office.outlook.change(card, town="Wien")
    office.sync()
    towns = {row["rowid"]: row["town"] for row in office.wice._rows("companies")}
    assert towns[office.wice.persons()["Schulz"]["for_rowid"]] == "Wien"


def test_R6_a_company_card_from_outlook_becomes_a_company(office: Office):
    office.outlook.contact(company="Allein AG", phone="0431 5", text="Lieferant")
    office.sync()
    (company,) = office.wice.companies().values()
    assert (company["name"], company["phone"], company["remarks"]) == ("Allein AG", "0431 5", "Lieferant")
    assert office.wice.persons() == {}


def test_R5_a_company_renamed_in_wice_renames_on_all_its_cards(office: Office):
    acme = office.wice.company("Acme GmbH", town="Kiel")
    for name in ("Eins", "Zwei"):
        office.wice.person(name, company=acme)
    office.wice.flag(acme, "anna")
    lonely = office.wice.company("Einzel GmbH")
    office.wice.person("Drei", "anna", company=lonely)
    office.sync()
    office.wice.edit(acme, name="Acme SE", town="Bonn")
    office.wice.edit(lonely, name="Einzel SE")
    assert counts(office.sync()) == {"contacts exchange change": 4}
    cards = office.outlook.cards()
    assert {name: card["company"] for name, card in cards.items()} == {
        "Acme SE": "Acme SE",
        "Eins": "Acme SE",
        "Zwei": "Acme SE",
        "Drei": "Einzel SE",
    }
    assert cards["Zwei"]["town"] == "Bonn"


def test_R5_a_person_who_moves_to_another_company_takes_over_its_address(office: Office):
    old, new = office.wice.company("Alt AG", **ACME), office.wice.company("Neu AG", town="Bonn")
    record = office.wice.person("Schulz", "anna", company=old)
    office.sync()
    office.wice.edit(record, for_rowid=new[2:])
    office.sync()
    card = office.outlook.cards()["Schulz"]
    assert (card["company"], card["town"]) == ("Neu AG", "Bonn")
    assert not {"street", "zip", "company_phone"} & set(card)
    office.wice.edit(record, for_rowid="0")
    office.sync()
    assert not {"company", "town"} & set(office.outlook.cards()["Schulz"])


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R10_company_data_edited_on_a_card_is_restored_with_a_hint(make_office: MakeOffice, conflict: Conflict):
    office = make_office(conflict=conflict)
    acme = office.wice.company("Acme GmbH", **ACME)
    office.wice.person("Schulz", "anna", company=acme)
    office.sync()
    before = office.wice.row(acme)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], town="Wien", company="Falsch", mobile="0171 39200 1")
    assert ("company_data_restored", "Schulz") in hints(office.sync())
    card = office.outlook.cards()["Schulz"]
    assert (card["company"], card["town"], card["mobile"]) == ("Acme GmbH", "Kiel", "0171 39200 1")
    assert office.wice.row(acme) == before
    assert office.wice.persons()["Schulz"]["mobile_phone"] == "0171 39200 1"


def test_R10_written_to_the_company_it_reaches_all_colleagues_in_the_same_run(make_office: MakeOffice):
    office = make_office(company_data=CompanyData.WRITE)
    acme = office.wice.company("Acme GmbH", **ACME, remarks="bleibt", turnover="17")
    for name in ("Schulz", "Kollege"):
        office.wice.person(name, "anna", company=acme)
    office.wice.flag(acme, "anna")
    office.sync()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], town="Wien", company="Acme SE")
    office.sync()
    row = office.wice.row(acme)
    assert (row["name"], row["town"], row["street"], row["remarks"], row["turnover"]) == (
        "Acme SE",
        "Wien",
        "Kai",
        "bleibt",
        "17",
    )
    assert {card["town"] for card in office.outlook.cards().values()} == {"Wien"}


def test_R10_R6_a_card_without_a_company_that_gets_one_joins_it(office: Office):
    acme = office.wice.company("Acme GmbH", **ACME)
    office.wice.person("Schulz", "anna")
    office.wice.person("Lehmann", "anna")
    office.sync()
    cards = office.outlook.cards()
    office.outlook.change(cards["Schulz"]["id"], company="Acme GmbH")
    office.outlook.change(cards["Lehmann"]["id"], company="Ganz Neu eG", town="Plön")
    office.sync()
    persons, companies = office.wice.persons(), office.wice.companies()
    assert persons["Schulz"]["for_rowid"] == acme[2:]
    assert office.outlook.cards()["Schulz"]["street"] == "Kai 7"
    assert persons["Lehmann"]["for_rowid"] == companies["Ganz Neu eG"]["rowid"]
    assert companies["Ganz Neu eG"]["flags"] == ["anna"]


def test_R5_R9_a_company_unflagged_takes_its_card_away_and_leaves_flagged_persons(office: Office):
    acme = office.wice.company("Acme GmbH")
    office.wice.person("Eins", company=acme)
    office.wice.flag(acme, "anna")
    office.sync()
    office.wice.unflag(acme, "anna")
    assert counts(office.sync()) == {"contacts exchange delete": 1}
    assert set(office.outlook.cards()) == {"Eins"}


def test_R5_a_colleague_hired_into_a_flagged_company_and_flagged_arrives(office: Office):
    acme = office.wice.company("Acme GmbH", "anna")
    office.sync()
    office.wice.person("Neuling", "anna", company=acme)
    assert counts(office.sync()) == {"contacts exchange add": 1}
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R6_new_contacts_of_namesakes_in_two_towns_found_two_companies(office: Office):
    office.outlook.contact("Kieler", company="Acme GmbH", town="Kiel", street="Kai 7")
    office.outlook.contact("Wiener", company="Acme GmbH", town="Wien", street="Ring 1")
    office.sync()
    towns = {row["rowid"]: row["town"] for row in office.wice._rows("companies")}
    assert sorted(towns.values()) == ["Kiel", "Wien"]
    persons = office.wice.persons()
    assert towns[persons["Wiener"]["for_rowid"]] == "Wien"
    streets = {
        one["properties"].get("contacts:PhysicalAddress:Street[Business]", {})
        for one in office.outlook.everything("contacts/Wice")
    }
    assert streets == {"Kai 7", "Ring 1"}


def test_R6_a_new_company_card_and_a_new_person_of_it_come_in_one_run(office: Office):
    office.outlook.contact("Schulz", company="Acme GmbH")
    office.outlook.contact(company="Acme GmbH", town="Kiel", phone="0431 1")
    office.sync()
    (company,) = office.wice.companies().values()
    assert office.wice.persons()["Schulz"]["for_rowid"] == company["rowid"]
    assert office.outlook.cards()["Schulz"]["town"] == "Kiel"
    assert len(office.outlook.cards()) == 2


@pytest.mark.parametrize("known", [False, True])
def test_R24_R6_a_twin_without_company_in_wice_joins_the_one_that_its_card_names(office: Office, known: bool):
    office.wice.person("Schulz", "anna", firstname="Eva", email="eva@example.com")
    if known:
        office.wice.company("Acme GmbH", **ACME)
    office.outlook.contact("Schulz", first="Eva", email="eva@example.com", company="Acme GmbH", town="Kiel")
    office.sync()
    (company,) = office.wice.companies().values()
    assert office.wice.persons()["Schulz"]["for_rowid"] == company["rowid"]
    assert office.outlook.cards()["Schulz"].get("street") == ("Kai 7" if known else None)


def test_R22_R6_a_person_destroyed_in_wice_whose_edited_card_wins_comes_back_with_its_company(make_office: MakeOffice):
    office = make_office(conflict=Conflict.EXCHANGE)
    acme = office.wice.company("Acme GmbH", **ACME)
    record = office.wice.person("Schulz", "anna", company=acme)
    office.sync()
    office.wice.destroy(record)
    office.wice.destroy(acme)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], mobile="0171 39200 1")
    office.sync()
    (company,) = office.wice.companies().values()
    assert (company["name"], company["town"]) == ("Acme GmbH", "Kiel")
    assert office.wice.persons()["Schulz"]["for_rowid"] == company["rowid"]


def test_D3_R6_accounts_that_bring_the_same_new_company_at_once_found_it_once(
    any_installation: Settings, make_office: MakeOffice
):
    office = make_office("anna", "bernd", "clara", installation=any_installation)
    office.sync("anna")  # the service account is right: as long as nobody knows, one run alone tries it
    companies = [f"Neu {number} AG" for number in range(5)]
    for user in office.users:
        for company in companies:
            office.mailboxes[user].contact(f"{user} {company}", company=company)
    at_once(any_installation, ONLY, *office.users)
    for user in office.users * 2:
        office.sync(user)
    rowids = {row["name"]: row["rowid"] for row in office.wice.companies().values()}
    assert sorted(row["name"] for row in office.wice._rows("companies")) == companies
    assert {name: row["for_rowid"] for name, row in office.wice.persons().items()} == {
        f"{user} {company}": rowids[company] for user in office.users for company in companies
    }


@pytest.mark.parametrize("approved", [False, True])
def test_R6_a_company_that_somebody_founds_after_the_plan_was_made_is_used(make_office: MakeOffice, approved: bool):
    office = make_office("anna")
    for name in ("Eins", "Zwei"):
        office.outlook.contact(name, company="Neu AG")
    office.outlook.contact("", company="Neu AG", town="Kiel")
    if approved:
        office.analyse()
    report = office.sync(meanwhile={Step.APPLY_CONTACTS: lambda: office.wice.company("Neu AG", town="Kiel")})
    (company,) = office.wice._rows("companies")
    assert {row["for_rowid"] for row in office.wice.persons().values()} == {company["rowid"]}
    assert report.status is Status.DONE
