"""What a Wice server can be told to be: without a capability, older, newer, with an API key."""

from datetime import UTC, datetime

import pytest

from tests.sandbox.wice.conftest import PLUGIN, Wice


@pytest.mark.parametrize(
    ("capability", "method"),
    [
        ("whoami", "get_current_user"),
        ("flags.write", "set_outlook_sync"),
        ("appointments.read", "get_all_appointments"),
        ("appointments.read", "get_appointment"),
        ("appointments.write", "insert_appointment"),
        ("appointments.write", "update_appointment"),
        ("appointments.leave", "remove_appointment_participant"),
        ("employees", "get_all_employees"),
    ],
)
def test_without_a_capability_the_method_is_unknown(wice: Wice, capability: str, method: str) -> None:
    wice.settings(capabilities={capability: False})
    assert wice.call(method, {}) == {"error": "Unknown method"}


@pytest.mark.parametrize(
    ("capability", "fields"),
    [
        ("delta", {"full_list": 1, "last_update_from": "2099-01-01 00:00:00"}),
        ("ids", {"full_list": 1, "only_rowids": 1}),
        ("import_key", {"ext_search_do": 1, "import_key": "nothing-like-it"}),
        ("flags.read", {"ext_search_do": 1, "outlook_sync": 1}),
    ],
)
def test_without_a_capability_the_parameter_is_ignored(wice: Wice, capability: str, fields: dict[str, object]) -> None:
    wice.person(import_key="key-1")
    wice.settings(capabilities={capability: False})
    (row,) = wice.call("get_all_persons", **fields)["loop_addresses"]
    assert row["name"] == "Müller"
    assert ("outlook_sync" in row) == (capability != "flags.read")
    assert ("import_key" in row) == (capability != "import_key")


def test_a_newer_server_wraps_single_objects(wice: Wice) -> None:
    rowid = wice.person()
    wice.settings(wrap_objects=True)
    assert list(wice.call("get_person", pkey=rowid)) == ["address_object"]
    assert wice.call("get_person", pkey="999") == {}
    assert wice.call("insert_contact", {"name": "X"})["name"] == "X"


def test_an_older_server_counts_seconds_and_writes_german_birthdays(wice: Wice) -> None:
    rowid = wice.person(birthday="1980-02-29")
    wice.settings(epoch_last_update=True, german_birthdays=True)
    row = wice.call("get_person", pkey=rowid)
    assert abs(int(row["last_update"]) - datetime.now(UTC).timestamp()) < 3600
    assert row["birthday"] == "29.02.1980"
    wice.call("update_contact", {"rowid": rowid, "birthday": "1.3.1981"})
    wice.settings(german_birthdays=False)
    assert wice.call("get_person", pkey=rowid)["birthday"] == "1981-03-01"
    assert wice.call("get_all_persons", full_list=1, last_update_from=row["last_update"])


def test_no_birthday_is_written_as_zeros(wice: Wice) -> None:
    assert wice.call("get_person", pkey=wice.person())["birthday"] == "0000-00-00"


@pytest.mark.parametrize("birthday", ["0000-02-29", "1604-02-29", "1899-12-31"])
def test_unusual_birthdays_are_kept(wice: Wice, birthday: str) -> None:
    assert wice.call("get_person", pkey=wice.person(birthday=birthday))["birthday"] == birthday


def test_an_api_key_is_asked_for_on_the_plugins_path(wice: Wice) -> None:
    wice.settings(api_key="geheim")
    assert "error" in wice.call("get_all_persons", full_list=1)
    assert wice.http.get("/_sandbox/people").json()["api_key"] == "geheim"
    form = {"method": "get_current_user", "cookie": wice.cookie}
    assert wice.http.post(PLUGIN, data=form, headers={"X-API-KEY": "geheim"}).json()["rowid"] == "1001"
    assert "cookie" in wice.login()


def test_a_session_expires(wice: Wice) -> None:
    wice.settings(session_s=0)
    assert wice.call("get_all_persons", full_list=1) == {"error": "Session expired"}


def test_a_search_may_find_parts_of_words_but_never_of_keys(wice: Wice) -> None:
    wice.person(import_key="key-10")
    wice.settings(search_contains=True)
    assert wice.call("get_all_persons", ext_search_do=1, name="ülle")["loop_addresses"]
    assert wice.call("get_all_persons", ext_search_do=1, import_key="key-1") == {}


@pytest.mark.parametrize("moves", [True, False])
def test_whether_a_flag_moves_last_update_can_be_chosen(wice: Wice, moves: bool) -> None:
    wice.control("reset", {"seed": "demo"})
    wice.login()
    wice.settings(flag_moves_last_update=moves)
    person = next(row for row in wice.records("persons") if "anna" not in row["flags"])
    flag = {"table": "address_contactperson", "rowid": person["rowid"], "outlook_sync": "1"}
    wice.call("set_outlook_sync", flag)
    assert (wice.call("get_person", pkey=person["rowid"])["last_update"] != person["last_update"]) == moves


@pytest.mark.parametrize(
    "body",
    [
        {"nonsense": 1},
        {"capabilities": {"fly": True}},
        {"capabilities": {"delta": "no"}},
        {"capabilities": []},
        {"wrap_objects": "yes"},
        {"session_s": -1},
        {"api_key": 7},
    ],
)
def test_nonsense_settings_are_refused_with_a_text(wice: Wice, body: dict[str, object]) -> None:
    reply = wice.http.post("/_sandbox/settings", json=body)
    assert reply.status_code == 422
    assert reply.json()["error"]
