"""The Client API of wice-api.md: documented part and default dialect."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.wice.conftest import BASE, PLUGIN, Wice


def test_login_gives_a_cookie_of_32_characters(wice: Wice) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", wice.cookie)


@pytest.mark.parametrize(
    "fields",
    [
        {"mandant_name": "example", "username": "anna", "password": "wrong"},
        {"mandant_name": "other", "username": "anna", "password": "wice-anna"},
        {"mandant_name": "example", "username": "nobody", "password": "wice-anna"},
        {},
    ],
)
def test_a_wrong_login_is_denied_with_http_200(wice: Wice, fields: dict[str, str]) -> None:
    reply = wice.http.post(BASE, data={"method": "login", **fields})
    assert (reply.status_code, reply.json()) == (200, {"error": "Denied"})


def test_a_deactivated_employee_cannot_sign_in(wice: Wice) -> None:
    wice.control("edit", {"table": "employees", "rowid": "1002", "values": {"deactivated": "1"}})
    assert wice.login("bernd") == {"error": "Denied"}


def test_get_with_a_query_string_answers_like_post(wice: Wice) -> None:
    rowid = wice.person()
    query = {"method": "get_person", "cookie": wice.cookie, "pkey": rowid}
    assert wice.http.get(PLUGIN, params=query).json() == wice.call("get_person", pkey=rowid)


def test_the_second_generation_takes_method_and_cookie_from_the_query_string(wice: Wice) -> None:
    query = {"method": "insert_contact", "cookie": wice.cookie}
    created = wice.http.post(PLUGIN, params=query, data={"data": '{"name": "Lüders"}'}).json()
    query = {"method": "get_contact", "cookie": wice.cookie, "rowid": created["rowid"]}
    assert wice.http.get(PLUGIN, params=query).json()["name"] == "Lüders"


def test_all_values_are_strings_and_rows_carry_the_web_pages_columns(wice: Wice) -> None:
    company = wice.company(town="Köln", number_of_employees=12)
    wice.person(for_rowid=company, birthday="1980-02-29")
    (row,) = wice.call("get_all_persons", full_list=1)["loop_addresses"]
    assert all(isinstance(value, str) for value in row.values())
    assert row["company_town"] == "Köln"
    assert row["company_number_of_employees"] == "12"
    assert len([name for name in row if name.startswith("tablink_") or name.endswith("_link")]) > 15
    assert len(row) > 130


def test_a_list_without_a_hit_leaves_its_key_out(wice: Wice) -> None:
    for method in ("get_all_persons", "get_all_companies", "get_all_appointments"):
        assert wice.call(method, full_list=1) == {}
    wice.person()
    assert wice.call("get_all_persons", ext_search_do=1, name="Niemand") == {}


def test_an_unknown_rowid_is_an_empty_object_when_read_and_an_error_when_written(wice: Wice) -> None:
    assert wice.call("get_person", pkey="999") == {}
    assert "error" in wice.call("update_contact", {"rowid": "999", "name": "X"})


def test_an_update_keeps_the_columns_it_leaves_out_and_those_wice_does_not_know(wice: Wice) -> None:
    rowid = wice.person(firstname="Ina", address_category_1="7", my_column="mine", import_key="key-1")
    before = wice.call("get_person", pkey=rowid)
    assert wice.call("update_contact", {"rowid": rowid, "phone": "030 23125 001"}) == {"rowid": rowid}
    after = wice.call("get_person", pkey=rowid)
    kept = ("firstname", "address_category_1", "my_column", "import_key", "name")
    assert [after[column] for column in kept] == [before[column] for column in kept]
    assert after["phone"] == "030 23125 001"


def test_a_caller_cannot_set_system_columns_nor_the_companys(wice: Wice) -> None:
    company = wice.company()
    rowid = wice.person(for_rowid=company, mandant="-17", last_update="2001-01-01 00:00:00", company_name="Andere")
    row = wice.call("get_person", pkey=rowid)
    assert (row["mandant"], row["company_name"]) == ("17", "Nordlicht GmbH")
    assert row["last_update"] > "2026"


def test_delete_deactivates(wice: Wice) -> None:
    person, company = wice.person(), wice.company()
    assert wice.call("delete_person", {"rowid": person}) == {"rowid": person}
    assert wice.call("delete_company", {"rowid": company}) == {"rowid": company}
    assert wice.call("get_person", pkey=person)["deactivated"] == "1"
    assert wice.call("get_company", pkey=company)["deactivated"] == "1"


def test_same_contactperson_auto_finds_the_human_in_another_company(wice: Wice) -> None:
    first = wice.person(firstname="Ina", for_rowid=wice.company())
    second = wice.person(firstname="ina", for_rowid=wice.company(name="Zweite"), same_contactperson="auto")
    assert wice.call("get_person", pkey=second)["same_contactperson"] == first


def test_flags_are_per_employee(wice: Wice) -> None:
    rowid = wice.person()
    flag = {"table": "address_contactperson", "rowid": rowid, "outlook_sync": "1"}
    assert wice.call("set_outlook_sync", flag) == {"rowid": rowid, "outlook_sync": "1"}
    assert wice.call("get_all_persons", ext_search_do=1, outlook_sync=1)["loop_addresses"][0]["rowid"] == rowid
    wice.login("bernd")
    assert wice.call("get_person", pkey=rowid)["outlook_sync"] == "0"
    assert wice.call("get_all_persons", ext_search_do=1, outlook_sync=1) == {}


def test_R5_flagging_a_company_takes_its_persons_along_removing_its_flag_does_not(wice: Wice) -> None:
    company = wice.company()
    wice.person(for_rowid=company)
    for value, flags in (("1", ["anna"]), ("0", [])):
        wice.call("set_outlook_sync", {"table": "address_company", "rowid": company, "outlook_sync": value})
        assert [row["flags"] for row in (*wice.records("companies"), *wice.records("persons"))] == [flags, ["anna"]]


def test_delta_is_inclusive_and_ids_are_short(wice: Wice) -> None:
    rowid = wice.person()
    stamp = wice.call("get_person", pkey=rowid)["last_update"]
    ids = wice.call("get_all_persons", full_list=1, only_rowids=1, last_update_from=stamp)
    assert ids == {"loop_addresses": [{"rowid": rowid, "last_update": stamp}]}
    assert wice.call("get_all_persons", full_list=1, last_update_from="2099-01-01 00:00:00") == {}


def test_a_created_record_is_found_by_its_import_key(wice: Wice) -> None:
    wice.person()
    rowid = wice.person(import_key="ws:1:abc")
    assert [
        row["rowid"] for row in wice.call("get_all_persons", ext_search_do=1, import_key="ws:1:abc")["loop_addresses"]
    ] == [rowid]
    appointment = wice.appointment(import_key="ws:1:def", uid="uid-1")
    for search in ({"import_key": "ws:1:def"}, {"uid": "uid-1"}):
        found = wice.call("get_all_appointments", ext_search_do=1, **search)["loop_appointments"]
        assert [row["rowid"] for row in found] == [appointment]


def test_employees_and_the_sessions_own(wice: Wice) -> None:
    employees = wice.call("get_all_employees")["loop_employees"]
    assert [employee["email"] for employee in employees] == [
        "anna@example.com",
        "bernd@example.com",
        "clara@example.com",
    ]
    assert wice.call("get_current_user")["rowid"] == "1001"


def test_appointments_of_a_participant_in_a_window(wice: Wice) -> None:
    own = wice.appointment()
    wice.appointment(participants=["1002"])
    assert _rowids(wice, participant="1001", date_from="2026-12-01", date_to="2026-12-01") == [own]
    assert _rowids(wice, participant="1001", date_from="2026-12-02") == []
    assert _rowids(wice, participant="1001", date_to="2026-11-30") == []


def test_R19_somebody_elses_private_appointment_is_not_shown(wice: Wice) -> None:
    rowid = wice.appointment(private="1", participants=["1002"])
    assert _rowids(wice) == []
    assert wice.call("get_appointment", pkey=rowid) == {}


def test_R13_leaving_takes_out_one_participant_and_keeps_the_appointment(wice: Wice) -> None:
    rowid = wice.appointment(participants=["1001", "1002"])
    leave = {"rowid": rowid, "employee": "1001"}
    assert wice.call("remove_appointment_participant", leave) == {"rowid": rowid}
    assert wice.call("remove_appointment_participant", leave) == {"rowid": rowid}
    assert wice.call("get_appointment", pkey=rowid)["participants"] == ["1002"]


def test_R17_a_fulltime_appointment_runs_from_7_to_23(wice: Wice) -> None:
    rowid = wice.appointment(fulltime="1", time_start="", time_end="", date_end="2026-12-02")
    row = wice.call("get_appointment", pkey=rowid)
    assert [row[column] for column in ("date_start", "time_start", "date_end", "time_end")] == [
        "2026-12-01",
        "07:00",
        "2026-12-02",
        "23:00",
    ]


def test_R18_series_columns_come_back_as_given(wice: Wice) -> None:
    series: dict[str, Any] = {
        "rrule": "FREQ=WEEKLY;COUNT=4;BYDAY=TU",
        "exdates": ["2026-12-08"],
        "overrides": [{"recurrence_id": "2026-12-15 09:00", "date_start": "2026-12-16", "time_start": "10:00"}],
    }
    row = wice.call("get_appointment", pkey=wice.appointment(**series))
    assert {column: row[column] for column in series} == series


@pytest.mark.parametrize(
    ("method", "data"),
    [
        ("insert_contact", "{"),
        ("insert_contact", "[1]"),
        ("insert_contact", '{"name": "\\ud800"}'),
        ("insert_contact", "[" * 100_000),
        ("insert_contact", ""),
        ("insert_contact", "{}"),
        ("insert_company", '{"town": "Köln"}'),
        ("insert_contact", '{"name": "X", "for_rowid": "77"}'),
        ("insert_contact", '{"name": "X", "birthday": "gestern"}'),
        ("update_contact", '{"name": "X"}'),
        ("update_contact", '{"rowid": {"a": 1}}'),
        ("insert_appointment", '{"title": "X"}'),
        ("insert_appointment", '{"date_start": "2026-02-30"}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "time_start": "25:00"}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "date_end": "2026-02-01"}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "participants": ["9"]}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "participants": "1001"}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "rrule": "FREQ=SOMETIMES"}'),
        ("insert_appointment", '{"date_start": "2026-02-03", "overrides": [{"date_start": "x"}]}'),
        ("remove_appointment_participant", '{"rowid": "1"}'),
        ("set_outlook_sync", '{"table": "employees", "rowid": "1", "outlook_sync": "1"}'),
        ("set_outlook_sync", '{"table": "address_company", "rowid": "1", "outlook_sync": "yes"}'),
        ("set_outlook_sync", '{"table": ["address_company"]}'),
        ("no_such_method", "{}"),
        ("", "{}"),
    ],
)
def test_bad_input_is_an_error_reply_and_changes_nothing(wice: Wice, method: str, data: str) -> None:
    reply = wice.http.post(PLUGIN, data={"method": method, "cookie": wice.cookie, "data": data})
    assert reply.status_code == 200
    assert list(reply.json()) == ["error"]
    assert wice.records("persons") == wice.records("companies") == wice.records("appointments") == []


def test_a_body_that_is_no_form_is_an_error_reply(wice: Wice) -> None:
    reply = wice.http.post(PLUGIN, content=b"\xff\xfe\x00", headers={"Content-Type": "image/png"})
    assert (reply.status_code, list(reply.json())) == (200, ["error"])


def test_json_pages_take_the_session_from_the_http_cookie(wice: Wice) -> None:
    rowid = wice.person(name="Ahrens")
    url = str(wice.http.base_url)
    with httpx.Client(base_url=url, headers={"Cookie": f"wice_cookie={wice.cookie}"}) as browser:
        listed = browser.get("/pserv/base/json_backend/contactperson/mainview").json()
        single = browser.get(f"/pserv/base/json_backend/contactperson/detailview/{rowid}").json()
        tickets = browser.get("/pserv/base/json_backend/ticket/mainview").json()
    assert (listed["loop_addresses"][0]["name"], single["name"], tickets) == ("Ahrens", "Ahrens", {"loop_tickets": []})
    assert "error" in wice.http.get("/pserv/base/json_backend/company/mainview").json()


def _rowids(wice: Wice, **fields: str) -> list[str]:
    reply = wice.call("get_all_appointments", full_list=1, **fields)
    return [row["rowid"] for row in reply.get("loop_appointments", [])]
