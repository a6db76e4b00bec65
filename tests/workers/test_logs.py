"""Whatever happens to people's data, no log line tells of it: whole runs with nasty names, at DEBUG, by real processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import httpx
import pytest

from app.domain.people import Role
from app.settings import Settings
from tests.scenarios.office import Office
from tests.services.portal import RunningPortal
from tests.services.ports import free_port
from tests.services.sandbox import Sandbox
from tests.services.workers import Crew, until
from tests.workers.conftest import Watched

MARKS: Final = ("xqzj", "vwkb", "pfgy", "anna")
"""In every name, address and text of these people, and in nothing else."""
OF_NO_RUN: Final = frozenset({"request", "dispatched", "library_message"})
NAMES: Final = (
    'Xqzj "{brumft}" %s %(x)s',
    "Xqzj\r\nERROR forged line",
    "<b>Xqzj</b> \u202eXQZJ",
    "Xqzj'; DROP TABLE links; --",
)


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    url = f"http://127.0.0.1:{free_port()}"
    return Settings(home=tmp_path / "home", request_timeout_s=5, log_level="DEBUG", portal_url=url)


def test_no_name_and_no_address_comes_into_any_log(sandbox: Sandbox, installation: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as stream, Watched(sandbox, installation) as office:
        crew = Crew(installation, stream)
        try:
            _people(office)
            crew.start_broker()
            crew.start_portal()
            crew.start_worker()
            crew.start_scheduler()
            first = office.ask()
            assert office.status(first) == "done"
            _trouble(office)
            second = office.ask()
            office.over(second)
            _refused_and_taken_over(office, crew)
            _visit(office, installation)
            until(office.product.measures.read, "the first sums for monitoring")
            office.settle_by_request()
        finally:
            crew.close()
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    assert [line for line in log.read_text("utf-8").splitlines() if not line.startswith("{")] == []
    told = log.read_text("utf-8").casefold()
    assert [mark for mark in MARKS if mark in told] == []
    finished = [line for line in lines if line["event"] == "run_finished"]
    assert {first.id, second.id} <= {line["run"] for line in finished}
    assert {"done", "nothing_to_do", "failed"} <= {line["status"] for line in finished}
    assert {"request", "run_gives_way", "host_backs_off"} <= {line["event"] for line in lines}
    assert all(line.get("request") for line in lines if line["event"] == "request")
    assert {line["event"] for line in lines if "run" not in line} <= OF_NO_RUN
    ids = {(line["profile"], line["account"]) for line in lines if "run" in line}
    assert ids == {(2, 1)}


def _people(office: Office) -> None:
    office.product.registry.remove(office.product.registry.profile("anna/anna")[0])
    office.configure()  # anew: ids of account and profile differ
    for number, name in enumerate(NAMES):
        office.wice.person(name, "anna", firstname=f"Vwkb{number}", email=f"pfgy{number}@xqzj.example")
    office.wice.appointment("Xqzj: Vwkb", "anna", day="2027-01-12")
    office.outlook.contact("Xqzj von Outlook", email_addresses=[])


def _trouble(office: Office) -> None:
    """Servers that fail, refuse and break off while names travel."""
    for number in range(3):
        office.wice.person(f"Xqzj again {number}", "anna")
    office.sandbox.fault("ews", "cut_after", operation="CreateItem")
    office.sandbox.fault("wice", "error", operation="insert_contact")


def _refused_and_taken_over(office: Watched, crew: Crew) -> None:
    """A refused login, a busy server, a run that finds another one at work, and one whose worker is killed."""
    office.sandbox.fault("wice", "unauthorized")
    assert office.status(office.ask()) == "failed"
    office.sandbox.fault("ews", "busy", retry_after_s=0.5)
    office.over(office.ask())
    until(office._at_rest, "the end of what was asked for")
    with office.product.books.open(office.product.registry.profile("anna/anna")[0].id, "sync"):
        gives_way = office.ask()
        until(lambda: office.request(gives_way).not_before, "its giving way")
    office.status(gives_way)
    for number in range(3):
        office.wice.person(f"Xqzj once more {number}", "anna")
    office.sandbox.fault("ews", "stall", operation="CreateItem", seconds=4)
    killed = office.ask()
    until(lambda: not office.sandbox.control("ews", "GET", "faults")["pending"], "the first write")
    crew.kill("worker")
    crew.start_worker()
    assert "died" in office.over(killed).message


def _visit(office: Office, installation: Settings) -> None:
    """Somebody searches for people in the portal, and asks the API."""
    portal = RunningPortal(installation.portal_url, office.product)
    try:
        until(lambda: _answers(installation), "the portal's start")
        browser = portal.browser(Role.OPERATOR)
        for path in ("/explain?q=Xqzj", "/accounts?q=anna", "/accounts/anna", "/no-such-page/Xqzj"):
            browser.get(path)
        portal.api().get("/accounts/Xqzj")
    finally:
        portal.close()


def _answers(installation: Settings) -> bool:
    try:
        return httpx.get(f"{installation.portal_url}/healthz").is_success
    except httpx.TransportError:
        return False
