"""People who work while a run is under way: R31, also at a server that does not check change keys."""

from __future__ import annotations

import pytest

from app.domain.account import Conflict
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Meanwhile, Office

DAY = "2031-05-12"
PLANNED = "gather_appointments_wice"
"""When a run comes to the appointments, the contacts are planned and not written yet."""

either = pytest.mark.parametrize("conflict", list(Conflict))
careless = pytest.mark.parametrize("careless", [False, True], ids=["checks keys", "ignores keys"])


def prepared(make_office: MakeOffice, conflict: Conflict, *, careless: bool) -> tuple[Office, str]:
    office = make_office(conflict=conflict)
    record = office.wice.person("Schulz", "anna", position="alt", mobile_phone="0171 1")
    office.sync()
    if careless:
        for operation in ("UpdateItem", "DeleteItem"):
            office.sandbox.fault("ews", "ignore_change_key", operation=operation, count=9)
    return office, record


@either
@careless
def test_R31_edited_in_outlook_between_plan_and_write(make_office: MakeOffice, conflict: Conflict, careless: bool):
    office, record = prepared(make_office, conflict, careless=careless)
    office.wice.edit(record, position="Wice")
    card = office.outlook.cards()["Schulz"]["id"]
    office.sync(meanwhile={PLANNED: lambda: office.outlook.change(card, job="Outlook", mobile="0171 2")})
    row, seen = office.wice.row(record), office.outlook.cards()["Schulz"]
    expected = ("Wice", "0171 1") if conflict is Conflict.WICE else ("Outlook", "0171 2")
    assert (row["position"], row["mobile_phone"]) == (seen["job"], seen["mobile"]) == expected


@either
def test_R31_edited_in_wice_between_plan_and_write(make_office: MakeOffice, conflict: Conflict):
    office, record = prepared(make_office, conflict, careless=False)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="Outlook")
    office.sync(meanwhile={PLANNED: lambda: office.wice.edit(record, position="Wice")})
    winner = "Wice" if conflict is Conflict.WICE else "Outlook"
    assert office.wice.row(record)["position"] == office.outlook.cards()["Schulz"]["job"] == winner


@careless
def test_R31_a_card_edited_while_its_deletion_is_planned_is_looked_at_again(make_office: MakeOffice, careless: bool):
    office, record = prepared(make_office, Conflict.EXCHANGE, careless=careless)
    office.wice.unflag(record, "anna")
    card = office.outlook.cards()["Schulz"]["id"]
    office.sync(meanwhile={PLANNED: lambda: office.outlook.change(card, job="noch gebraucht")})
    assert office.outlook.cards()["Schulz"]["job"] == "noch gebraucht"
    assert (office.wice.row(record)["flags"], office.wice.row(record)["position"]) == (["anna"], "noch gebraucht")


def test_R31_an_edited_record_is_not_unflagged_for_a_card_deleted_before(make_office: MakeOffice):
    office, record = prepared(make_office, Conflict.WICE, careless=False)
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    office.sync(meanwhile={PLANNED: lambda: office.wice.edit(record, position="neu")})
    assert office.wice.row(record)["flags"] == ["anna"]
    assert office.outlook.cards()["Schulz"]["job"] == "neu"


@pytest.mark.parametrize("where", ["wice", "outlook"])
def test_R31_gone_between_plan_and_write(make_office: MakeOffice, where: str):
    office, record = prepared(make_office, Conflict.WICE, careless=False)
    card = office.outlook.cards()["Schulz"]["id"]
    if where == "outlook":
        office.wice.edit(record, position="neu")
        office.sync(meanwhile={PLANNED: lambda: office.outlook.delete(card)})
        assert office.outlook.cards()["Schulz"]["job"] == "neu", "R22: Wice wins over the deletion"
    else:
        office.outlook.change(card, job="neu")
        office.sync(meanwhile={PLANNED: lambda: office.wice.unflag(record, "anna")})
        assert office.outlook.cards() == {}, "R22: Wice wins with its absence"


@either
def test_R31_an_appointment_edited_on_both_sides_during_the_run(make_office: MakeOffice, conflict: Conflict):
    office = make_office(conflict=conflict)
    record = office.wice.appointment("Runde", "anna", day=DAY)
    office.sync()
    office.wice.person("Bringt den Fortschritt", "anna")
    office.wice.edit(record, location="Wice")
    item = office.outlook.diary()["Runde"]["id"]
    cue: Meanwhile = {"apply_contacts": lambda: office.outlook.change(item, place="Outlook")}
    assert office.sync(meanwhile=cue).status is Status.DONE
    winner = "Wice" if conflict is Conflict.WICE else "Outlook"
    assert office.wice.row(record)["location"] == office.outlook.diary()["Runde"]["place"] == winner


def test_R31_a_company_edited_in_wice_while_a_card_is_written_to_it(make_office: MakeOffice):
    office = make_office(company_data="write")
    acme = office.wice.company("Acme GmbH", town="Kiel")
    office.wice.person("Schulz", "anna", company=acme)
    office.sync()
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], town="Wien")
    office.sync(meanwhile={PLANNED: lambda: office.wice.edit(acme, town="Bonn")})
    assert office.wice.row(acme)["town"] == office.outlook.cards()["Schulz"]["town"] == "Bonn"
