"""Every row of the error table, against real servers on loopback."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from app.domain.contact import Contact
from app.domain.sync import Kind
from app.domain.writes import Outcome, Unknown
from app.errors import Halt, HaltCode, HostBusy, Retry
from tests.adapters.wice.servers import Wice, create, filtered, fixed, page, threaded
from tests.fakes.allowance import NotingAllowance
from tests.services.ports import free_port


def _read(wice: Wice) -> None:
    page(wice.crm(), Kind.CONTACTS)


def _creating(wice: Wice) -> tuple[list[Outcome], BaseException]:
    """Outcomes that were yielded, and what was raised, by a creation that meets trouble."""
    outcomes: list[Outcome] = []
    store = wice.crm().store(Kind.CONTACTS)
    with pytest.raises((Retry, Halt)) as caught:
        outcomes.extend(store.write([create(Contact(last_name="Schulz")), create(Contact(last_name="Nie"), "later")]))
    return outcomes, caught.value


@pytest.mark.parametrize("kind", ["busy", "throttled"])
def test_a_busy_server_names_its_delay_and_nothing_was_done(wice: Wice, kind: str) -> None:
    wice.fault(kind, "get_all_persons", retry_after_s=90)
    with pytest.raises(Retry) as caught:
        _read(wice)
    assert caught.value.after == timedelta(seconds=90)
    wice.fault(kind, "insert_contact", retry_after_s=90)
    outcomes, raised = _creating(wice)
    assert (outcomes, wice.rows("p")) == ([], [])
    assert isinstance(raised, Retry)
    assert raised.after == timedelta(seconds=90)


def test_http_401_halts_and_is_not_repeated(wice: Wice) -> None:
    wice.fault("unauthorized", "get_all_persons")
    with pytest.raises(Halt) as caught:
        _read(wice)
    assert caught.value.code is HaltCode.ACCESS_DENIED
    assert wice.counters()["requests"]["get_all_persons"] == 1


@pytest.mark.parametrize("kind", ["error", "garbage"])
def test_a_failing_server_is_tried_later_and_a_write_it_swallowed_is_unknown(wice: Wice, kind: str) -> None:
    wice.fault(kind, "get_all_persons")
    with pytest.raises(Retry):
        _read(wice)
    wice.fault(kind, "insert_contact")
    outcomes, raised = _creating(wice)
    assert outcomes == [Unknown()]
    assert isinstance(raised, Retry)


def test_a_read_over_a_cut_connection_is_repeated_at_once(wice: Wice) -> None:
    wice.fault("cut_before", "get_all_persons")
    wice.fault("cut_after", "get_all_persons")
    _read(wice)
    assert wice.counters()["requests"]["get_all_persons"] == 3


def test_a_read_is_not_repeated_for_ever(wice: Wice) -> None:
    wice.fault("cut_before", "get_all_persons", count=3)
    with pytest.raises(Retry):
        _read(wice)


@pytest.mark.parametrize(("kind", "there"), [("cut_before", 0), ("cut_after", 1)])
def test_R30_a_creation_whose_answer_is_lost_is_unknown_and_never_sent_again(wice: Wice, kind: str, there: int) -> None:
    wice.fault(kind, "insert_contact")
    outcomes, raised = _creating(wice)
    assert outcomes == [Unknown()]
    assert isinstance(raised, Retry)
    assert wice.counters()["requests"]["insert_contact"] == 1
    assert len(wice.rows("p")) == there


@pytest.mark.parametrize("kind", ["busy", "unauthorized", "cut_before", "cut_after", "error"])
@pytest.mark.parametrize("operation", ["set_outlook_sync", "get_person"])
def test_R30_a_creation_that_stops_at_a_later_step_is_unknown(wice: Wice, kind: str, operation: str) -> None:
    wice.fault(
        kind, operation, count=3, skip=1 if operation == "get_person" else 0
    )  # the session begins with one get_person
    outcomes, _ = _creating(wice)
    assert outcomes == [Unknown()]
    assert len(wice.rows("p")) == 1


def test_a_timeout_is_tried_later(wice: Wice) -> None:
    wice.fault("stall", "get_all_persons", seconds=2)
    with pytest.raises(Retry):
        page(wice.crm(request_timeout_s=0.3), Kind.CONTACTS)
    assert wice.counters()["requests"]["get_all_persons"] == 1


def test_a_write_that_times_out_is_unknown(wice: Wice) -> None:
    wice.fault("stall", "insert_contact", seconds=2)
    outcomes: list[Outcome] = []
    with pytest.raises(Retry):
        outcomes.extend(wice.crm(request_timeout_s=0.3).store(Kind.CONTACTS).write([create(Contact(last_name="S"))]))
    assert outcomes == [Unknown()]


def test_a_server_that_is_not_there_is_tried_later_and_no_write_is_unknown(wice: Wice) -> None:
    crm = wice.crm(url=f"http://127.0.0.1:{free_port()}")
    outcomes: list[Outcome] = []
    with pytest.raises(Retry, match="cannot be reached"):
        outcomes.extend(crm.store(Kind.CONTACTS).write([create(Contact(last_name="S"))]))
    assert outcomes == []


@pytest.mark.parametrize(
    ("status", "body", "code", "text"),
    [
        (404, "Not Found", HaltCode.CONFIGURATION, "Check the url"),
        (302, "", HaltCode.CONFIGURATION, "Check the url"),
        (403, "Forbidden", HaltCode.ACCESS_DENIED, "api_key"),
        (200, {"error": "no"}, HaltCode.ACCESS_DENIED, "api_key"),
    ],
)
def test_what_an_administrator_must_mend_halts_with_a_remedy(
    wice: Wice, status: int, body: object, code: HaltCode, text: str
) -> None:
    with threaded(fixed(status, body)) as url, pytest.raises(Halt, match=text) as caught:
        wice.crm(url=url).employee()
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"Retry-After": "999999999999"}, timedelta(hours=1)),
        ({"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}, timedelta(hours=1)),
        ({"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, timedelta()),
        ({"Retry-After": "bald"}, timedelta(seconds=60)),
        ({}, timedelta(seconds=60)),
    ],
)
def test_the_delay_is_the_servers_own_within_reason(wice: Wice, headers: dict[str, str], after: timedelta) -> None:
    with threaded(fixed(503, "", headers)) as url, pytest.raises(Retry) as caught:
        wice.crm(url=url).employee()
    assert caught.value.after == after


def test_a_reply_that_is_json_but_no_object_is_garbage(wice: Wice) -> None:
    with threaded(fixed(200, ["a"])) as url, pytest.raises(Retry, match="not JSON"):
        wice.crm(url=url).employee()


def test_certificates_are_verified_and_an_own_authority_can_be_named(wice: Wice, tmp_path: Path) -> None:
    authority = trustme.CA()
    key, ca_file = tmp_path / "server.pem", tmp_path / "ca.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca_file))
    with threaded(filtered(wice.url), ssl_keyfile=str(key), ssl_certfile=str(key)) as url:
        with pytest.raises(Halt, match="ca_file") as caught:
            wice.crm(url=url).employee()
        assert caught.value.code is HaltCode.CERTIFICATE
        assert wice.crm(url=url, ca_file=str(ca_file)).employee().id == "1001"


def test_an_unreadable_ca_file_is_named(wice: Wice, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("kein Zertifikat")
    for name in ("ca.pem", "fehlt.pem"):
        with pytest.raises(Halt, match=name) as caught:
            wice.crm(ca_file=str(tmp_path / name))
        assert caught.value.code is HaltCode.CERTIFICATE


@pytest.mark.parametrize("status", [503, 429])
def test_the_hosts_budget_hears_what_the_server_said(wice: Wice, status: int) -> None:
    allowance = NotingAllowance()
    with threaded(fixed(status)) as url, pytest.raises(HostBusy):
        wice.crm(url=url, allowance=allowance).employee()
    assert allowance.told == ["spent", "answered", "spent", "busy"], "the login is let through"


def test_silence_is_told_and_a_server_that_is_not_there_is_busy(wice: Wice) -> None:
    allowance = NotingAllowance()
    wice.fault("stall", seconds=1)
    with pytest.raises(Retry):
        wice.crm(allowance=allowance, request_timeout_s=0.2).employee()
    assert allowance.told == ["spent", "silent"]
    with pytest.raises(HostBusy):
        wice.crm(url=f"http://127.0.0.1:{free_port()}", allowance=allowance).employee()
    assert allowance.told[-1] == "busy"


def test_a_budget_that_is_used_up_sends_nothing_and_no_write_is_unknown(wice: Wice) -> None:
    crm = wice.crm(allowance=NotingAllowance(refuses=True))
    outcomes: list[Outcome] = []
    with pytest.raises(HostBusy):
        outcomes.extend(crm.store(Kind.CONTACTS).write([create(Contact(last_name="S"))]))
    assert (outcomes, crm.requests) == ([], 0)
