"""What tests do as "somebody in Wice's web page", and who can sign in where."""

import pytest

from tests.sandbox.wice.conftest import Wice


def test_people_have_exactly_the_contracts_keys(wice: Wice) -> None:
    told = wice.http.get("/_sandbox/people").json()
    assert set(told) == {"mandant", "time_zone", "api_key", "people", "service"}
    assert (told["mandant"], told["time_zone"], told["api_key"]) == ("example", "Europe/Berlin", None)
    assert set(told["service"]) == {"username", "password"}
    assert len(told["people"]) == 3
    for person in told["people"]:
        assert set(person) == {"username", "password", "email", "mailbox", "mailbox_password"}
        assert "cookie" in wice.login(person["username"], person["password"])
        assert wice.call("get_current_user")["email"] == person["email"]


def test_a_silent_edit_does_not_move_last_update_and_a_plain_one_does(wice: Wice) -> None:
    wice.control("reset", {"seed": "demo"})
    person = wice.records("persons")[0]
    edit = {"table": "persons", "rowid": person["rowid"], "values": {"phone": "1"}}
    assert wice.control("edit", {**edit, "silent": True})["last_update"] == person["last_update"]
    assert wice.control("edit", edit)["last_update"] > person["last_update"]


def test_an_edit_creates_flags_bins_restores_and_removes(wice: Wice) -> None:
    created = wice.control("edit", {"table": "persons", "values": {"name": "Neu"}, "flags": {"bernd": True}})
    assert created["flags"] == ["bernd"]
    target = {"table": "persons", "rowid": created["rowid"]}
    assert wice.control("edit", {**target, "binned": True})["mandant"] == "-17"
    assert wice.call("get_all_persons", full_list=1) == {}
    assert wice.call("get_person", pkey=created["rowid"])["mandant"] == "-17"
    wice.settings(list_binned=True)
    assert wice.call("get_all_persons", full_list=1)["loop_addresses"][0]["mandant"] == "-17"
    assert wice.control("edit", {**target, "binned": False, "flags": {"bernd": False}})["flags"] == []
    wice.control("edit", {**target, "removed": True})
    assert wice.call("get_person", pkey=created["rowid"]) == {}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"table": "nothing"},
        {"table": "persons", "rowid": "5"},
        {"table": "persons", "values": []},
        {"table": "persons", "values": {"name": "X"}, "flags": {"nobody": True}},
        {"table": "persons", "colour": "red"},
    ],
)
def test_a_nonsense_edit_is_refused_with_a_text(wice: Wice, body: dict[str, object]) -> None:
    reply = wice.http.post("/_sandbox/edit", json=body)
    assert reply.status_code == 422
    assert reply.json()["error"]


def test_records_of_an_unknown_table_are_not_found(wice: Wice) -> None:
    assert wice.http.get("/_sandbox/records/tickets").status_code == 404
