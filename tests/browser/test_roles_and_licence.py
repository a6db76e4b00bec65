"""What the other roles see, and what everybody sees when the licence has ended: in Chromium, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Browser, expect

from app.domain.people import Role
from tests.browser.installation import Person
from tests.services import past_runs
from tests.services.portal import RunningPortal
from tools.portal_pages import cookie

SET_UP = ["/accounts/new", "/accounts/import", "/wice-servers/new", "/exchange-servers/new", "/templates/new"]


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def signed_in(chrome: Browser, portal: RunningPortal, role: Role, language: str) -> Iterator[Person]:
    with closing(Person(chrome, portal.address, language)) as person:
        person.page.context.add_cookies([{**cookie(portal.product, role, language), "url": portal.address}])  # type: ignore[typeddict-item]
        yield person


def test_an_auditor_reads_all_and_finds_nothing_to_press(portal: RunningPortal, chrome: Browser, language: str) -> None:
    past_runs.prepared(portal.product)
    run = past_runs.analysed(portal.product)
    with signed_in(chrome, portal, Role.AUDITOR, language) as person:
        person.opens("/")
        person.goes_to("Accounts")
        person.sees_as_it_is("anna")
        expect(person.page.get_by_role("link", name=person.says("Add an account"))).to_have_count(0)
        expect(person.page.get_by_role("link", name=person.says("Users"), exact=True)).to_have_count(0)
        person.opens(f"/runs/{run}")
        person.sees("What is to be done")
        # Nothing but the filters' own button, which browsers without scripts need.
        expect(person.page.locator("#main form[method=post]")).to_have_count(0)
        for address in [*SET_UP, "/users"]:
            person.opens(address)
            expect(person.page.locator("#main form[method=post]")).to_have_count(0)


def test_an_operator_runs_and_sets_nothing_up(portal: RunningPortal, chrome: Browser, language: str) -> None:
    past_runs.prepared(portal.product)
    run = past_runs.analysed(portal.product)
    with signed_in(chrome, portal, Role.OPERATOR, language) as person:
        person.opens(f"/runs/{run}")
        expect(person.page.get_by_role("checkbox").first).to_be_visible()
        synchronise = person.says("Synchronise: %(what)s", what="").strip()
        expect(person.page.get_by_role("button", name=synchronise)).to_be_visible()
        for address in [*SET_UP, "/users"]:
            person.opens(address)
            expect(person.page.locator("#main form[method=post]")).to_have_count(0)


def test_R39_after_the_trial_every_page_says_that_nothing_is_written(
    portal: RunningPortal, chrome: Browser, language: str
) -> None:
    past_runs.prepared(portal.product)
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=40)),
        signed_in(chrome, portal, Role.ADMINISTRATOR, language) as person,
    ):
        for address in ("/", "/accounts", "/servers", "/settings"):
            person.opens(address)
            expect(person.page.locator(".ws-banner")).to_be_visible()
        person.page.locator(".ws-banner").get_by_role("link").click()
        person.sees("Activate a licence key")
        expect(person.page.locator("#main .ws-verdict.ws-bad")).to_be_visible()
