"""Settings of the whole server in the portal."""

from __future__ import annotations

import os
import re

import pytest

from app.bootstrap import beat
from app.domain.people import Role
from app.domain.process import ProcessKind
from app.web.settings import ENVIRONMENT
from tests.services.portal import Browser, RunningPortal

GOOD = {
    "organisation": "Beispiel <b>GmbH",
    "language": "de",
    "time_zone": "Asia/Tokyo",
    "session_idle_hours": "2",
    "session_days": "3",
}


def version(browser: Browser) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get("/settings").text)
    assert found
    return found[1]


def test_what_is_set_counts_at_once_for_everybody(portal: RunningPortal) -> None:
    browser = portal.browser()
    assert "Saved." in browser.submit("/settings", **GOOD, version=version(browser)).text
    assert 'class="ws-organisation">Beispiel &lt;b&gt;GmbH<' in browser.get("/accounts").text
    stranger = portal.anybody().get("/sign-in", headers={"Accept-Language": "fr"})
    assert '<html lang="de"' in stranger.text
    assert portal.product.options.read().session_idle_hours == 2


def test_what_makes_no_sense_is_told_at_its_field_and_stays_there(portal: RunningPortal) -> None:
    browser = portal.browser(language="de")
    refused = browser.submit("/settings", **(GOOD | {"session_days": "many"}), version=version(browser))
    assert refused.status_code == 422
    assert 'id="session_days-error"' in refused.text
    assert 'value="many"' in refused.text
    assert "whole number" not in refused.text
    assert portal.product.options.read().organisation == ""


def test_nobodys_change_is_overwritten(portal: RunningPortal) -> None:
    browser = portal.browser()
    seen = version(browser)
    browser.submit("/settings", **GOOD, version=seen)
    assert browser.submit("/settings", **GOOD, version=seen).status_code == 412


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_others_read_them_only(portal: RunningPortal, role: Role) -> None:
    browser = portal.browser(role)
    page = browser.get("/settings").text
    assert 'action="/settings"' not in page
    assert "WICE_SYNC_PORTAL_URL" in page
    assert browser.submit("/settings", **GOOD).status_code == 403


def test_the_processes_that_are_alive_are_listed(portal: RunningPortal) -> None:
    assert "No worker is alive" in portal.browser().get("/settings").text
    beat(portal.product, ProcessKind.WORKER)
    page = portal.browser(Role.AUDITOR, "de").get("/settings").text
    assert f"Prozess {os.getpid()}" in page
    assert "Kein Worker" not in page
    assert "Kein Planer" in page
    [process] = portal.api(Role.AUDITOR).get("/processes").json()
    assert (process["kind"], process["pid"]) == ("worker", os.getpid())


def test_every_setting_of_the_installation_is_explained(portal: RunningPortal) -> None:
    page = portal.browser().get("/settings").text
    assert page.count("<code>WICE_SYNC_") == len(ENVIRONMENT)
