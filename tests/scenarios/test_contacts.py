"""Contacts in general: R1-R5, R7-R9. Companies have a file of their own."""

from __future__ import annotations

import pytest
from exchangelib import HTMLBody

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.office import Office, counts, hints

ONLY = Kind.CONTACTS

SCHULZ = {"firstname": "Eva", "email": "eva@example.com", "mobile_phone": "0171 39200 11", "position": "Einkauf"}
EVA = {"first": "Eva", "email": "eva@example.com", "mobile": "0171 39200 11", "job": "Einkauf"}


def synced(office: Office) -> str:
    """One person, flagged in Wice, that both sides have."""
    record = office.wice.person("Schulz", "anna", **SCHULZ)
    assert counts(office.sync()) == {"contacts exchange add": 1}
    return record


def test_R1_R2_a_number_changed_in_outlook_travels_and_columns_unknown_to_outlook_stay(office: Office):
    record = synced(office)
    unmapped = {
        "address_category_1": "7",
        "xing_url": "https://example.com/eva",
        "picture_url": "eva.jpg",
        "phone9": "x",
    }
    office.wice.edit(record, **unmapped)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], mobile="0171 39200 99", job="Leitung")
    assert counts(office.sync()) == {"contacts wice change": 1}
    row = office.wice.row(record)
    assert (row["mobile_phone"], row["position"], row["email"]) == ("0171 39200 99", "Leitung", "eva@example.com")
    assert {name: row[name] for name in unmapped} == unmapped


def test_R2_categories_photo_files_notes_in_colour_and_other_numbers_survive_a_change_from_wice(office: Office):
    record = synced(office)
    card = office.outlook.cards()["Schulz"]["id"]
    office.outlook.change(card, categories=["Familie", "Golf"], car="0171 39200 55", importance="High")
    office.outlook.change(
        card, text=HTMLBody("<html><body><p>Mag <b>rote</b> Rosen</p></body></html>"), email3="dritte@example.com"
    )
    office.outlook.attach(card, "vertrag.pdf")
    office.outlook.attach(card, "eva.jpg", photo=True)
    assert office.sync().status is Status.NOTHING_TO_DO
    before = office.outlook.cards()["Schulz"]
    office.wice.edit(record, mobile_phone="0171 39200 22", position="")
    assert counts(office.sync()) == {"contacts exchange change": 1}
    after = office.outlook.cards()["Schulz"]
    assert after.pop("mobile") == "0171 39200 22"
    assert after == {name: value for name, value in before.items() if name not in {"mobile", "job"}}
    assert "<b>rote</b>" in after["text"]


def test_R2_what_is_emptied_on_one_side_is_emptied_on_the_other(office: Office):
    record = synced(office)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], mobile="", job="")
    office.sync()
    row = office.wice.row(record)
    assert (row["mobile_phone"], row["position"], row["email"]) == ("", "", "eva@example.com")
    office.wice.edit(record, email="", firstname="")
    office.sync()
    card = office.outlook.cards()["Schulz"]
    assert "email" not in card
    assert "first" not in card


def test_R3_other_spellings_of_the_same_are_no_change(office: Office):
    record = office.wice.person(
        "Müller",
        "anna",
        firstname=" Zoé\u00a0 ",
        phone="+49 (0)40 66969-123",
        email="Zoe@Example.COM",
        private_street="Am\tMarkt",
        birthday="29.02.1904",
    )
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    card = office.outlook.cards()["Müller"]["id"]
    office.outlook.change(card, phone="0049 40 66969 123", email="zoe@example.com", first="Zoe\u0301 ")
    office.wice.edit(record, name="Mu\u0308ller")
    office.outlook.touch(card)
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R4_only_the_accounts_own_flag_counts_and_neither_the_bin_nor_the_retired(office: Office):
    office.wice.person("Meine", "anna")
    office.wice.person("Bernds", "bernd")
    office.wice.person("Niemands")
    office.wice.bin(office.wice.person("Weg", "anna"))
    office.wice.person("Ruhe", "anna", deactivated="1")
    office.wice.bin(office.wice.company("Wegwerf AG", "anna"))
    office.sync()
    assert set(office.outlook.cards()) == {"Meine"}


def test_R5_a_flagged_company_brings_itself_and_all_its_persons(office: Office):
    acme = office.wice.company("Acme GmbH", town="Kiel", email="info@example.com")
    for name in ("Eins", "Zwei"):
        office.wice.person(name, company=acme)
    office.wice.flag(acme, "anna")
    assert counts(office.sync()) == {"contacts exchange add": 3}
    cards = office.outlook.cards()
    assert set(cards) == {"Acme GmbH", "Eins", "Zwei"}
    assert cards["Acme GmbH"]["email"] == "info@example.com"
    assert cards["Eins"]["company"] == "Acme GmbH"


def test_R5_a_flagged_person_of_an_unflagged_company_carries_its_address_and_brings_nobody_else(office: Office):
    address = {"street": "Kai", "street_number": "7a", "zip_code": "24103", "town": "Kiel", "phone": "0431 111"}
    acme = office.wice.company("Acme GmbH", **address, fax="0431 112", url="https://example.com")
    office.wice.person("Schulz", "anna", company=acme, phone="0431 113")
    office.wice.person("Kollege", company=acme)
    office.sync()
    (card,) = office.outlook.cards().values()
    known = {name: card[name] for name in ("company", "street", "zip", "town", "company_phone", "phone")}
    assert known == {
        "company": "Acme GmbH",
        "street": "Kai 7a",
        "zip": "24103",
        "town": "Kiel",
        "company_phone": "0431 111",
        "phone": "0431 113",
    }


def test_R7_lists_and_nameless_cards_stay_in_outlook_with_a_hint_and_a_healed_one_travels(office: Office):
    office.outlook.add_list(office.outlook.wice_folder(Kind.CONTACTS))
    nameless = office.outlook.put(Kind.CONTACTS, "<Contact><JobTitle>Einkauf</JobTitle></Contact>")
    office.outlook.contact("Gut")
    report = office.sync()
    assert set(office.wice.persons()) == {"Gut"}
    assert {reason for reason, _ in hints(report)} == {"not_a_contact", "no_name"}
    assert {reason for reason, _ in hints(office.sync())} == {"not_a_contact", "no_name"}
    office.outlook.change(nameless, last="Geheilt")
    office.sync()
    assert set(office.wice.persons()) == {"Gut", "Geheilt"}


@pytest.mark.parametrize("how", ["delete", "purge", "move away"])
def test_R8_a_contact_gone_from_outlook_loses_its_flag_and_nothing_else(office: Office, how: str):
    record = synced(office)
    office.wice.flag(record, "bernd")
    before = office.wice.row(record)
    card = office.outlook.cards()["Schulz"]["id"]
    if how == "delete":
        office.outlook.delete(card)
    elif how == "purge":
        office.outlook.purge(card)
    else:
        office.outlook.move(card, office.outlook.add_folder(Kind.CONTACTS, "Privat"))
    assert counts(office.sync()) == {"contacts wice delete": 1}
    after = office.wice.row(record)
    assert after["flags"] == ["bernd"]
    ignored = ("flags", "last_update")
    assert all(after[name] == value for name, value in before.items() if name not in ignored)


def test_R8_a_company_contact_deleted_in_outlook_leaves_its_persons_in_the_synchronisation(office: Office):
    acme = office.wice.company("Acme GmbH")
    office.wice.person("Eins", company=acme)
    office.wice.flag(acme, "anna")
    office.sync()
    office.outlook.delete(office.outlook.cards()["Acme GmbH"]["id"])
    assert counts(office.sync()) == {"contacts wice delete": 1}
    assert office.wice.flagged() == {"Eins"}
    assert office.outlook.cards()["Eins"]["company"] == "Acme GmbH"


@pytest.mark.parametrize("how", ["unflag", "bin", "destroy", "retire"])
def test_R9_what_leaves_the_scope_in_wice_goes_to_deleted_items(office: Office, how: str):
    record = synced(office)
    office.wice.person("Bleibt", "anna")
    office.sync()
    {
        "unflag": lambda: office.wice.unflag(record, "anna"),
        "bin": lambda: office.wice.bin(record),
        "destroy": lambda: office.wice.destroy(record),
        "retire": lambda: office.wice.edit(record, deactivated="1"),
    }[how]()
    assert counts(office.sync()) == {"contacts exchange delete": 1}
    assert set(office.outlook.cards()) == {"Bleibt"}
    assert office.outlook.binned() == {"Schulz"}


def test_R8_R24_moved_away_and_back_between_two_runs_is_the_same_contact(office: Office):
    record = synced(office)
    away = office.outlook.move(
        office.outlook.cards()["Schulz"]["id"], office.outlook.add_folder(Kind.CONTACTS, "Privat")
    )
    office.outlook.restore(away, Kind.CONTACTS)
    assert office.sync().status is Status.NOTHING_TO_DO
    assert set(office.wice.persons()) == {"Schulz"}
    office.wice.edit(record, position="Chefin")
    office.sync()
    assert office.outlook.cards()["Schulz"]["job"] == "Chefin"


def test_R8_R24_restored_from_deleted_items_the_flag_comes_back_and_no_second_person(office: Office):
    record = synced(office)
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    office.sync()
    (binned,) = office.outlook.everything("deleteditems")
    office.outlook.change(office.outlook.restore(binned["id"], Kind.CONTACTS), job="Chefin")
    office.sync()
    assert set(office.wice.persons()) == {"Schulz"}
    assert (office.wice.row(record)["flags"], office.wice.row(record)["position"]) == (["anna"], "Chefin")


def test_R9_R4_flagged_again_after_unflagging_it_comes_back_once(office: Office):
    record = synced(office)
    office.wice.unflag(record, "anna")
    office.sync()
    office.wice.flag(record, "anna")
    assert counts(office.sync()) == {"contacts exchange add": 1}
    assert set(office.outlook.cards()) == {"Schulz"}
