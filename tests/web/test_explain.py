"""The page that says why an item is synchronised, or not (R41)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from app.domain.people import Role
from app.domain.sync import Absence, Obstacle, Side
from app.http import cookies
from app.rules.causes import Cause, Fact, FactName, State, Verdict
from app.services.explaining_words import ADVICE
from app.services.explanations import Explanation
from app.settings import Settings
from app.web import explain_words
from tests.adapters.db.world import CONTACTS, MAIN
from tests.scenarios.office import Office
from tests.services import explained, past_runs
from tests.services.accounts import NOBODY_LISTENS, add_accounts
from tests.services.portal import RunningPortal, running_portal
from tests.services.sandbox import Sandbox

ITEM = f"/explain/item?profile={past_runs.PROFILE}&kind=contacts&key={explained.KEY}"


@pytest.fixture
def books(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_R41_a_search_across_all_accounts_leads_to_the_explanation_and_back(books: RunningPortal) -> None:
    run = explained.written(books.product)
    browser = books.browser(Role.AUDITOR)
    hits = browser.get("/explain", params={"q": "schulz"}).text
    address = re.search(r'href="(/explain/item[^"]+)"', hits)
    assert address
    page = browser.get(unescape(address[1])).text
    for told in ("Schulz, Anna", "It stands on both sides with the same content.", "Rule R3", f"/runs/{run}"):
        assert told in page
    assert "/explain?q=schulz" in page, "back to the hits"
    assert "+49 30 9876" in page, "fields before and after"


def test_R41_names_are_shown_and_never_run(books: RunningPortal) -> None:
    explained.written(books.product, past_runs.SCRIPT)
    for path in ("/explain?q=script", f"/explain?q=script&profile={past_runs.PROFILE}", ITEM, "/explain?q=<script>"):
        assert past_runs.SCRIPT not in books.browser().get(path).text


def test_R41_R19_a_private_matter_has_no_name(books: RunningPortal) -> None:
    explained.written(books.product)
    explained.became_private(books.product)
    browser = books.browser()
    for path in ("/explain?q=schulz", f"/explain?q=schulz&profile={past_runs.PROFILE}", ITEM):
        page = browser.get(path).text
        assert "name not shown" in page
        assert "Schulz" not in page
        assert "+49 30" not in page


def test_R41_in_german_nothing_english_is_left(books: RunningPortal) -> None:
    explained.written(books.product)
    page = books.browser(language="de").get(f"/explain?q=schulz&profile={past_runs.PROFILE}").text
    for told in ("Der Eintrag steht auf beiden Seiten mit demselben Inhalt.", "Regel R3", "synchronisiert"):
        assert told in page
    assert "It stands" not in page


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"q": "x"}, "q"), ({"q": "schulz", "live": "1"}, "profile"), ({"q": "schulz", "profile": "nobody"}, "profile")],
)
def test_what_cannot_be_asked_is_said_at_its_field_and_stays_typed(
    books: RunningPortal, asked: dict[str, str], field: str
) -> None:
    page = books.browser().get("/explain", params=asked)
    assert page.status_code == 200
    assert f'id="{field}-error"' in page.text
    assert f'value="{asked["q"]}"' in page.text


def test_of_an_account_with_one_profile_its_name_is_enough(books: RunningPortal) -> None:
    explained.written(books.product)
    page = books.browser().get("/explain", params={"q": "schulz", "profile": "anna"}).text
    assert 'value="anna/anna"' in page
    assert "Rule R3" in page


def test_R41_nothing_found_says_where_was_looked_and_what_to_try(books: RunningPortal) -> None:
    page = books.browser().get("/explain", params={"q": "niemand"}).text
    assert "The books of no account know “niemand”" in page
    assert "Try another spelling" in page
    assert "in this profile" in books.browser().get(f"/explain?q=niemand&profile={past_runs.PROFILE}").text.lower()


def test_an_item_that_nobody_knows_is_not_found(books: RunningPortal) -> None:
    assert books.browser().get(ITEM).status_code == 404
    assert books.browser().get("/explain/item?profile=no/body&kind=contacts&key=1").status_code == 404
    assert books.browser().get(f"/explain/item?profile={past_runs.PROFILE}&kind=cars&key=1").status_code == 422


def test_R41_servers_that_do_not_answer_do_not_hide_what_the_books_know(portal: RunningPortal) -> None:
    add_accounts(portal.product, "anna")
    portal.product.registry.save(replace(MAIN, url=NOBODY_LISTENS, dialect={}))
    page = portal.browser().get("/explain?q=schulz&profile=anna&live=1").text
    assert "Wice could not be asked" in page
    assert "Exchange could not be asked" in page


def test_R41_a_server_that_is_set_up_wrongly_is_no_fault_of_the_question(portal: RunningPortal) -> None:
    add_accounts(portal.product, "anna")
    page = portal.browser().get("/explain?q=schulz&profile=anna&live=1").text
    assert "This could not be looked at" in page
    assert "q-error" not in page


def test_R33_whoever_may_run_undoes_a_write_from_its_timeline(books: RunningPortal) -> None:
    run = explained.written(books.product)
    assert "/undo" not in books.browser(Role.AUDITOR).get(ITEM).text
    assert f'action="/runs/{run}/undo"' in books.browser(Role.OPERATOR).get(ITEM).text


def test_R33_a_write_that_was_undone_leads_to_the_run_that_did_it_and_back(books: RunningPortal) -> None:
    run = explained.written(books.product)
    back = explained.undone(books.product)
    page = books.browser().get(ITEM).text
    assert f'action="/runs/{run}/undo"' not in page
    assert f'<a href="/runs/{back}">to the run that undid it</a>' in page
    assert f'<a href="/runs/{run}">to the run that it undoes</a>' in page


def test_R41_who_was_never_synchronised_is_found_at_the_server(sandbox: Sandbox, tmp_path) -> None:
    settings = Settings(home=tmp_path / "home")
    with running_portal(settings) as portal, Office(sandbox, settings) as office:
        office.wice.person("Schulz", firstname="Eva")
        page = portal.browser().get("/explain?q=schulz&profile=anna&live=1").text
    assert "It does not carry this account&#39;s Outlook sync flag in Wice." in page
    assert "Set the flag in Wice, signed in as this user." in page
    assert "Rule R4" in page


@pytest.mark.parametrize("cause", Cause)
def test_R41_every_cause_has_its_button_or_none(cause: Cause) -> None:
    facts = (Fact(FactName.PLAN, "run"), *(Fact(name, "x", "y") for name in FactName))
    item = Explanation(kind=CONTACTS, key="k", label="l", verdict=Verdict(cause, facts))
    step = explain_words.step(item, "anna/wice sync")
    assert step is None or (step.href.startswith("/") and " " not in step.href and cause in ADVICE)
    assert all(text for text in explain_words.facts(item))


def test_R41_every_code_has_its_look() -> None:
    assert all(explain_words.look(state).text for state in State)
    assert set(explain_words.ABSENCES) == set(Absence)
    assert set(explain_words.OBSTACLES) == set(Obstacle)
    assert set(explain_words.SERVERS) == set(Side)


@pytest.fixture
def page(chrome: Browser) -> Iterator[Page]:
    context = chrome.new_context()
    yield context.new_page()
    context.close()


def test_R41_asking_both_servers_shows_that_it_goes_on_and_stays_on_the_page(
    page: Page, sandbox: Sandbox, tmp_path: Path
) -> None:
    def held(route: Route) -> None:
        """The answer comes when the page has told that it waits for it."""
        expect(page.locator("#asking")).to_be_visible()
        route.continue_()

    settings = Settings(home=tmp_path / "home")
    with running_portal(settings) as portal, Office(sandbox, settings) as office:
        office.wice.person("Schulz", firstname="Eva")
        cookie = portal.browser().cookies[cookies.SESSION]
        page.context.add_cookies([{"name": cookies.SESSION, "value": cookie, "url": portal.address}])
        page.goto(f"{portal.address}/explain")
        page.evaluate("window.stayed = true")
        expect(page.locator("#asking")).not_to_be_visible()
        page.fill("#q", "schulz")
        page.fill("#profile", "anna")
        page.check("#live")
        page.route("**/explain?**", held)
        page.click("#ask")
        expect(page.locator(".ws-explained")).to_contain_text("Rule R4")
        assert page.evaluate("window.stayed")
        assert page.evaluate("document.activeElement.id") == "ask"
        assert "live=1" in page.url
