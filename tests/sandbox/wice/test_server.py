"""Sessions, faults, counters and reset of the Wice server, each over HTTP."""

import json

import httpx
import pytest

from tests.sandbox.wice.conftest import PLUGIN, Wice


def test_busy_and_throttled_say_when_to_come_back(wice: Wice) -> None:
    wice.fault("busy", retry_after_s=90)
    wice.fault("throttled", retry_after_s=7)
    replies = [_get_persons(wice) for _ in range(3)]
    assert [(reply.status_code, reply.headers.get("retry-after")) for reply in replies] == [
        (503, "90"),
        (429, "7"),
        (200, None),
    ]


@pytest.mark.parametrize(("kind", "status"), [("unauthorized", 401), ("error", 500)])
def test_http_errors(wice: Wice, kind: str, status: int) -> None:
    wice.fault(kind)
    assert _get_persons(wice).status_code == status
    assert _get_persons(wice).status_code == 200


def test_a_connection_cut_before_the_work_changed_nothing(wice: Wice) -> None:
    wice.fault("cut_before", operation="insert_contact")
    with pytest.raises(httpx.RemoteProtocolError):
        wice.person()
    assert wice.records("persons") == []


def test_a_connection_cut_after_the_work_did_it_once(wice: Wice) -> None:
    wice.fault("cut_after", operation="insert_contact")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        wice.person()
    assert len(wice.records("persons")) == 1


def test_a_stalled_answer_comes_late_but_the_work_is_done_at_once(wice: Wice) -> None:
    wice.fault("stall", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        wice.http.post(PLUGIN, data=_insert_form(wice), timeout=httpx.Timeout(30, read=0.3))
    assert any(len(wice.records("persons")) == 1 for _ in range(1000)), "long before the answer"


def test_garbage_is_neither_json_nor_an_http_error(wice: Wice) -> None:
    wice.fault("garbage")
    reply = _get_persons(wice)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_truncated_page_lacks_its_second_half_and_an_empty_list_everything(wice: Wice) -> None:
    for name in ("A", "B", "C", "D"):
        wice.person(name=name)
    wice.fault("truncated_page")
    wice.fault("empty_list")
    assert [row["name"] for row in _get_persons(wice).json()["loop_addresses"]] == ["A", "B"]
    assert _get_persons(wice).json() == {}


def test_a_forgotten_session_stays_forgotten_until_the_next_login(wice: Wice) -> None:
    wice.fault("session_expired")
    assert "error" in _get_persons(wice).json()
    assert "error" in _get_persons(wice).json()
    wice.login()
    assert _get_persons(wice).json() == {}


def test_denied_leaves_the_session_alive(wice: Wice) -> None:
    wice.fault("denied", operation="login")
    assert wice.login() == {"error": "Denied"}
    wice.login()
    wice.fault("denied")
    assert _get_persons(wice).json() == {"error": "Denied"}
    assert _get_persons(wice).json() == {}


def test_a_fault_waits_for_its_operation_and_lets_some_pass(wice: Wice) -> None:
    wice.fault("error", operation="get_all_persons", count=2, skip=1)
    assert wice.call("get_current_user")["rowid"] == "1001"
    assert [_get_persons(wice).status_code for _ in range(4)] == [200, 500, 500, 200]
    assert wice.http.get("/_sandbox/faults").json() == {"pending": []}


def test_pending_faults_are_listed_and_cleared(wice: Wice) -> None:
    wice.fault("stall", seconds=3, operation="login")
    expected = {"kind": "stall", "operation": "login", "count": 1, "skip": 0, "seconds": 3.0}
    assert wice.http.get("/_sandbox/faults").json() == {"pending": [expected]}
    assert wice.http.delete("/_sandbox/faults").json() == {"pending": []}


def test_counters_count_requests_by_operation_and_writes(wice: Wice) -> None:
    wice.http.delete("/_sandbox/counters")
    rowid = wice.person()
    wice.call("get_person", pkey=rowid)
    wice.call("get_person", pkey=rowid)
    wice.call("update_contact", {"rowid": "999"})
    assert wice.http.get("/_sandbox/counters").json() == {
        "requests": {"total": 4, "insert_contact": 1, "get_person": 2, "update_contact": 1},
        "most_at_once": 1,
        "mails": 0,
        "writes": 1,
        "rejected_by_schema": 0,
    }


def test_latency_delays_every_answer(wice: Wice) -> None:
    wice.control("latency", {"ms": 30_000})
    with pytest.raises(httpx.ReadTimeout):
        wice.http.post(PLUGIN, data=_insert_form(wice), timeout=httpx.Timeout(30, read=0.2))
    assert wice.records("persons") == []
    assert wice.control("latency", {"ms": 0}) == {"ms": 0.0}


def test_reset_forgets_records_sessions_faults_counters_and_settings(wice: Wice) -> None:
    wice.person()
    wice.fault("error", count=9)
    wice.settings(wrap_objects=True)
    assert wice.control("reset", {"seed": "empty", "people": 5}) == {"seed": "empty", "people": 5}
    assert wice.records("persons") == []
    assert wice.http.get("/_sandbox/counters").json()["requests"] == {"total": 0}
    assert wice.http.get("/_sandbox/settings").json()["wrap_objects"] is False
    assert _get_persons(wice).json() == {"error": "Session expired"}
    assert "cookie" in wice.login("eva")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"kind": "flood"}),
        ("faults", {}),
        ("faults", {"kind": "stall", "seconds": "long"}),
        ("faults", {"kind": "error", "seconds": 1}),
        ("faults", {"kind": "error", "count": 0}),
        ("faults", {"kind": "error", "skip": -1}),
        ("faults", {"kind": "error", "operation": 5}),
        ("latency", {"ms": -1}),
        ("latency", {"ms": True}),
        ("latency", {}),
        ("reset", {"seed": "christmas"}),
        ("reset", {"people": 0}),
    ],
)
def test_nonsense_control_input_is_refused_with_a_text(wice: Wice, path: str, body: dict[str, object]) -> None:
    reply = wice.http.post(f"/_sandbox/{path}", json=body)
    assert reply.status_code == 422
    assert reply.json()["error"]


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b"7"])
def test_a_control_body_that_is_no_json_object_is_refused(wice: Wice, raw: bytes) -> None:
    assert wice.http.post("/_sandbox/faults", content=raw).status_code == 422


def _get_persons(wice: Wice) -> httpx.Response:
    return wice.http.post(PLUGIN, data={"method": "get_all_persons", "full_list": "1", "cookie": wice.cookie})


def _insert_form(wice: Wice) -> dict[str, str]:
    return {"method": "insert_contact", "cookie": wice.cookie, "data": '{"name": "Spät"}'}
