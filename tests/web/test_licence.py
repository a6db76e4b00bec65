"""Licence and info: how it stands, pasting a key, and the banner on every page (R38, R39)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.bootstrap import demo_key
from app.domain.people import Role
from tests.api.test_overview import set_up
from tests.services.portal import RunningPortal

BANNER = "ws-banner"


def test_R39_the_trial_is_told_with_its_end_and_what_happens_then(portal: RunningPortal) -> None:
    page = portal.browser(Role.AUDITOR).get("/licence").text
    assert "Trial of the basic edition until" in page
    assert "Afterwards nothing is written to Wice or Exchange any more" in page
    assert "of 1 allowed" in page
    assert 'name="key"' not in page, "only administrators activate keys"


def test_R38_a_pasted_key_counts_at_once(portal: RunningPortal) -> None:
    browser = portal.browser()
    shown = browser.submit("/licence", key=f" {demo_key(datetime.now(UTC).date())} ").text
    assert "The licence key is activated." in shown
    assert "Demonstration licence until" in shown
    assert "of 1,000 allowed" in shown


@pytest.mark.parametrize(
    ("language", "text"), [("en", "This is not a licence key"), ("de", "Das ist kein Lizenzschlüssel")]
)
def test_R38_what_is_no_key_stays_in_its_field_with_the_reason(portal: RunningPortal, language: str, text: str) -> None:
    refused = portal.browser(language=language).submit("/licence", key="<b>nonsense")
    assert refused.status_code == 422
    assert f"</svg> {text}" in refused.text
    assert ">&lt;b&gt;nonsense</textarea>" in refused.text


def test_R39_every_page_says_so_when_something_is_not_written(portal: RunningPortal) -> None:
    set_up(portal, profiles=2)
    browser = portal.browser(Role.AUDITOR, "de")
    for path in ("/", "/accounts", "/settings", "/nowhere"):
        page = browser.get(path).text
        assert BANNER in page
        assert "2 Profile sind aktiv" in page
    assert BANNER not in browser.get("/licence").text, "it says so itself"
    assert BANNER not in portal.anybody().get("/sign-in").text


def test_no_banner_while_everything_is_written(portal: RunningPortal) -> None:
    set_up(portal)
    assert BANNER not in portal.browser().get("/accounts").text
