"""A Wice server that offers less than yesterday, or refuses the login: said in plain words, nothing guessed, nothing deleted (wice-api.md)."""

from __future__ import annotations

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.office import Office, counts, hints

DAY = "2031-05-12"


def both_kinds(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.wice.appointment("Runde", "anna", day=DAY)
    assert counts(office.sync()) == {"contacts exchange add": 1, "appointments exchange add": 1}


def take_away(office: Office, *capabilities: str) -> None:
    body = {"capabilities": dict.fromkeys(capabilities, False)}
    office.sandbox.control("wice", "POST", "settings", body)


@pytest.mark.parametrize("missing", ["appointments.read", "whoami"])
def test_appointments_no_longer_offered_are_a_hint_and_contacts_go_on(office: Office, missing: str):
    both_kinds(office)
    take_away(office, missing)
    office.wice.person("Neu", "anna")
    report = office.sync()
    assert counts(report) == {"contacts exchange add": 1}
    assert ("capability_missing", "Wice") in hints(report)
    assert set(office.outlook.diary()) == {"Runde"}


def test_flags_no_longer_offered_stop_the_contacts_and_delete_none(office: Office):
    both_kinds(office)
    office.wice.person("Fremd")  # in every list of a server that knows no flags
    take_away(office, "flags.read")
    office.wice.edit(f"a:{office.wice.appointments()['Runde']['rowid']}", location="Raum 7")
    report = office.sync()
    assert report.status is Status.FAILED
    assert report.kinds[Kind.CONTACTS].error
    assert set(office.outlook.cards()) == {"Schulz"}
    assert office.outlook.diary()["Runde"]["place"] == "Raum 7"
    office.rests = Status.FAILED


@pytest.mark.parametrize("missing", [("delta", "ids"), ("import_key",), ("employees",)], ids="-".join)
def test_R42_a_server_that_can_do_less_is_synchronised_just_the_same(office: Office, missing: tuple[str, ...]):
    take_away(office, *missing)
    both_kinds(office)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="neu")
    office.outlook.contact("Neu", company="Neu AG")
    office.outlook.delete(office.outlook.diary()["Runde"]["id"])
    office.sync()
    assert office.wice.persons()["Schulz"]["position"] == "neu"
    assert office.wice.flagged() == {"Schulz", "Neu", "Neu AG"}
    assert office.wice.appointments()["Runde"]["participants"] == []
    assert {name: card.get("job") for name, card in office.outlook.cards().items()}["Schulz"] == "neu"


def test_a_refused_login_at_wice_fails_once_and_deletes_nothing(office: Office):
    both_kinds(office)
    office.sandbox.fault("wice", "session_expired", operation="get_all_persons")
    office.sandbox.fault("wice", "denied", operation="login", count=9)
    before = office.sandbox.counters("wice")["requests"]["login"]
    report = office.sync()
    assert report.status is Status.FAILED
    assert "wice" in report.message.casefold()
    assert office.sandbox.counters("wice")["requests"]["login"] - before <= 2
    assert (set(office.outlook.cards()), set(office.outlook.diary())) == ({"Schulz"}, {"Runde"})
