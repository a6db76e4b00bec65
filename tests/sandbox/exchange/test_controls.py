"""Each fault kind once, and the counters."""

import time

import httpx
import pytest
from exchangelib import Account, Contact
from exchangelib.errors import ErrorServerBusy, EWSError
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import Exchange, impersonating

GET_FOLDER = (
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
    '<t:DistinguishedFolderId Id="contacts"/></m:FolderIds></m:GetFolder>'
)
CREATE = '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Contact><t:DisplayName>Eva</t:DisplayName></t:Contact></m:Items></m:CreateItem>'
ANNA = impersonating("anna@example.com")


def test_busy_is_a_soap_fault_with_its_back_off(exchange: Exchange, anna: Account) -> None:
    exchange.fault("busy", "GetFolder", retry_after_s=90)
    with pytest.raises(ErrorServerBusy) as caught:
        _ = anna.contacts
    assert caught.value.back_off == 90
    assert anna.contacts.name == "Kontakte"


@pytest.mark.parametrize(("kind", "status"), [("throttled", 429), ("unauthorized", 401), ("error", 500)])
def test_http_errors(exchange: Exchange, kind: str, status: int) -> None:
    exchange.fault(kind)
    assert exchange.soap(GET_FOLDER, ANNA).status_code == status
    assert exchange.soap(GET_FOLDER, ANNA).status_code == 200


def test_garbage_is_neither_xml_nor_json(exchange: Exchange, anna: Account) -> None:
    exchange.fault("garbage")
    with pytest.raises(EWSError):
        _ = anna.contacts


@pytest.mark.parametrize(("kind", "stored"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_connection_before_or_after_the_write_R30(exchange: Exchange, kind: str, stored: int) -> None:
    exchange.fault(kind, "CreateItem")
    with pytest.raises(httpx.TransportError):
        exchange.soap(CREATE, ANNA)
    assert len(exchange.items("contacts")) == stored


def test_a_late_create_takes_effect_after_the_connection_is_gone_R30(exchange: Exchange) -> None:
    exchange.fault("late_create", "CreateItem", seconds=0.5)
    began = time.monotonic()
    with pytest.raises(httpx.TransportError):
        exchange.soap(CREATE, ANNA)
    # On a machine that was busy elsewhere it may be there by now.
    assert exchange.items("contacts") == [] or time.monotonic() - began > 0.5
    for _ in range(100):
        if exchange.items("contacts"):
            break
        time.sleep(0.1)
    assert len(exchange.items("contacts")) == 1


def test_a_stalled_answer_comes_after_the_work_is_done(exchange: Exchange) -> None:
    exchange.fault("stall", "CreateItem", seconds=0.2)
    assert "NoError" in exchange.soap(CREATE, ANNA).text
    assert len(exchange.items("contacts")) == 1


def test_an_item_error_names_its_code_and_item(exchange: Exchange) -> None:
    exchange.fault("item_error", "GetFolder", code="ErrorInternalServerTransientError", index=0)
    assert "ErrorInternalServerTransientError" in exchange.soap(GET_FOLDER, ANNA).text


def test_a_fault_waits_for_its_operation_and_lets_others_pass(exchange: Exchange) -> None:
    exchange.fault("error", "CreateItem", skip=1)
    statuses = [exchange.soap(body, ANNA).status_code for body in (GET_FOLDER, CREATE, GET_FOLDER, CREATE, CREATE)]
    assert statuses == [200, 200, 200, 500, 200]


def test_counters_tell_requests_writes_and_nothing_after_a_clear(exchange: Exchange, contacts: BaseFolder) -> None:
    Contact(folder=contacts, display_name="Eva").save().delete()
    counters = exchange.counters
    assert counters["requests"]["CreateItem"] == counters["requests"]["DeleteItem"] == 1
    assert (counters["writes"], counters["mails"], counters["rejected_by_schema"]) == (2, 0, 0)
    exchange.http.delete(f"{exchange.url}/_sandbox/counters").raise_for_status()
    assert exchange.counters["requests"] == {"total": 0}
    assert exchange.counters["failed_logins"] == {}


def test_an_unknown_fault_is_refused_with_a_text(exchange: Exchange) -> None:
    answer = exchange.http.post(f"{exchange.url}/_sandbox/faults", json={"kind": "earthquake"})
    assert answer.status_code == 422
    assert "late_create" in answer.json()["error"]
