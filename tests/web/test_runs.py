"""Pages about runs: what is planned and written, what is left out, who may decide, and how a run is followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.ids import RunId
from app.domain.people import SYSTEM, Actor, Role, Via
from app.domain.plan import Op, PlannedWrite, PlanState, Reason
from app.domain.run import Verb
from app.domain.sync import Side
from app.services import perform, requests
from app.web import run_words
from app.web.current import speaking
from tests.services import past_runs
from tests.services.portal import RunningPortal

BOSS = Actor(name="boss", role=Role.ADMINISTRATOR, via=Via.PORTAL)


@pytest.fixture
def portal(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_an_analysis_shows_the_table_the_hints_and_every_item_with_its_fields(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product)
    page = portal.browser(Role.AUDITOR, "de").get(f"/runs/{run}").text
    for text in (
        "1.234",
        "Kontakte: Hinweise",
        "Mobiltelefon",
        "+49 30 9876",
        "Der Stand von Wice gewinnt",
        "ganztägig",
    ):
        assert text in page
    assert past_runs.UNSEEN.label not in unescape(page)
    assert "Synchronise:" not in page


def test_names_are_never_markup(portal: RunningPortal) -> None:
    browser = portal.browser()
    for run in (past_runs.analysed(portal.product), past_runs.synchronised(portal.product)):
        assert past_runs.SCRIPT not in browser.get(f"/runs/{run}").text


def test_the_button_says_exactly_what_is_written(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product)
    browser = portal.browser(Role.OPERATOR)
    assert "Synchronise: 3 changes in Exchange, 2 in Wice" in browser.get(f"/runs/{run}").text
    keys = [past_runs.CHANGED.key, past_runs.GONE.key]
    browser.submit(f"/runs/{run}/left-out", shown=keys, take=[past_runs.GONE.key])
    page = browser.get(f"/runs/{run}").text
    assert "Synchronise: 2 changes in Exchange, 2 in Wice" in page
    assert "1 item is left out this time." in page
    browser.submit(f"/runs/{run}/left-out", shown=keys, was_out=[past_runs.CHANGED.key], take=keys)
    assert "Synchronise: 3 changes in Exchange, 2 in Wice" in browser.get(f"/runs/{run}").text


def test_a_box_is_saved_at_once_and_all_boxes_come_back(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product)
    browser = portal.browser(Role.OPERATOR)
    browser.headers["HX-Request"] = "true"
    keys = [past_runs.CHANGED.key, past_runs.ADDED.key]
    part = browser.submit(f"/runs/{run}/left-out", shown=keys, take=[past_runs.ADDED.key]).text
    assert "<html" not in part
    assert part.count('hx-swap-oob="true"') == 2
    assert f'name="was_out" value="{past_runs.CHANGED.key}"' in part
    assert f'name="was_out" value="{past_runs.ADDED.key}"' not in part


def test_items_are_filtered_and_the_last_page_is_reached(portal: RunningPortal) -> None:
    write = PlannedWrite(side=Side.EXCHANGE, op=Op.DELETE, before=past_runs.OLD)
    actions = [past_runs.action(f"wice:{n}", Reason.GONE_IN_WICE, f"Person {n:03}", write) for n in range(120)]
    run = past_runs.analysed(portal.product, actions=actions)
    browser = portal.browser()
    address = f"/runs/{run}?kind=contacts"
    seen: list[str] = []
    while address:
        page = browser.get(address).text
        seen += re.findall(r'ws-change-name">(Person \d+)', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else ""
    assert seen == [action.label for action in actions]
    assert "Nothing fits" in browser.get(f"/runs/{run}?q=nobody").text
    assert "Person 007" in browser.get(f"/runs/{run}?q=007&op=delete&side=exchange&only=chosen").text
    assert browser.get(f"/runs/{run}?kind=nonsense&op=nonsense").status_code == 200
    assert browser.get(f"/runs/{run}?after=nonsense").status_code == 422


def test_a_plan_that_waits_says_why_and_is_executed_or_discarded_after_a_question(portal: RunningPortal) -> None:
    waits = PlanState.NEEDS_CONFIRMATION
    run = past_runs.analysed(portal.product, waits, alarms=past_runs.MANY)
    browser = portal.browser(Role.OPERATOR)
    page = browser.get(f"/runs/{run}").text
    assert "300 of 1,220 linked items would be deleted in Exchange." in page
    assert "Exchange: 1 added, 2 changed" in browser.get(f"/runs/{run}/execute").text
    started = browser.submit(f"/runs/{run}/execute")
    assert "Execution of a plan" in started.text
    assert "Nothing is written." in browser.get(f"/runs/{run}/discard").text
    browser.submit(f"/runs/{run}/discard")
    asked = portal.product.requests.unfinished(portal.product.registry.profile(past_runs.PROFILE)[0].id)
    assert [(one.verb, one.subject) for one in asked] == [(Verb.CONFIRM, run), (Verb.DISCARD, run)]
    first = past_runs.analysed(portal.product, waits)
    assert "It is the first one of this profile." in browser.get(f"/runs/{first}").text


def test_only_the_plan_on_the_page_is_executed(portal: RunningPortal) -> None:
    old = past_runs.analysed(portal.product)
    past_runs.analysed(portal.product)
    browser = portal.browser(Role.OPERATOR)
    assert "A later run has made a new plan" in browser.get(f"/runs/{old}").text
    assert browser.submit(f"/runs/{old}/execute").status_code == 409


def test_an_auditor_sees_no_buttons_and_is_refused(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product, PlanState.NEEDS_CONFIRMATION)
    browser = portal.browser(Role.AUDITOR)
    page = browser.get(f"/runs/{run}").text
    assert 'type="checkbox"' not in page
    assert "Discard" not in page
    for act in ("execute", "discard", "cancel", "left-out"):
        assert browser.submit(f"/runs/{run}/{act}").status_code == 403


def test_a_queued_run_shows_its_progress_and_can_be_stopped(portal: RunningPortal) -> None:
    browser = portal.browser(Role.OPERATOR)
    page = browser.submit("/runs", profile=past_runs.PROFILE, verb="analyse")
    run = RunId(page.url.path.rpartition("/")[2])
    for text in ("Waiting for a free worker", "The workers cannot be reached", f'sse-connect="/runs/{run}/events"'):
        assert text in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    portal.product.work.claim(run)
    portal.product.work.advance(run, "gather_contacts_wice", 120, 900)
    page = browser.get(f"/runs/{run}")
    assert "reading contacts in Wice" in page.text
    assert "120 of 900" in page.text
    assert "Stopping" in browser.submit(f"/runs/{run}/cancel").text


def test_the_stream_sends_the_part_of_the_page_and_ends_with_the_run(portal: RunningPortal) -> None:
    run = past_runs.queued(portal.product)
    browser = portal.browser(Role.AUDITOR, "de")
    requests.cancel(portal.product, run, SYSTEM)
    told = browser.get(f"/runs/{run}/events").text
    assert told.startswith("event: ended\ndata: ")
    assert told.endswith("\n\n")


def test_a_synchronisation_shows_what_it_wrote_and_what_was_refused(portal: RunningPortal) -> None:
    run = past_runs.synchronised(portal.product)
    page = portal.browser(Role.AUDITOR, "de").get(f"/runs/{run}").text
    for text in (
        "Was getan wurde",
        "vom Server abgelehnt",
        "the address is not valid",
        "nach Zeitplan",
        "abgelehnt</span>",
    ):
        assert text in page


def test_a_failed_run_says_why(portal: RunningPortal) -> None:
    run = past_runs.failed(portal.product)
    assert "wice.example refuses the login." in portal.browser().get(f"/runs/{run}").text


def test_lists_show_what_is_under_way_and_past_and_find_it(portal: RunningPortal) -> None:
    browser = portal.browser(Role.AUDITOR)
    assert "No runs yet" in browser.get("/runs").text
    analysis, broken = past_runs.analysed(portal.product), past_runs.failed(portal.product)
    waiting = past_runs.queued(portal.product)
    page = browser.get("/runs").text
    assert all(run in page for run in (analysis, broken, waiting))
    page = browser.get("/runs", params={"status": "failed", "q": past_runs.PROFILE}).text
    assert broken in page
    assert analysis not in page
    assert waiting not in page
    assert analysis in browser.get("/runs?what=analyse&since=2020-01-01").text
    assert "Nothing fits" in browser.get("/runs?until=2020-01-01&what=sync").text
    assert browser.get("/runs?status=nonsense&since=nonsense").status_code == 200


def test_failed_items_are_tried_again_one_by_one_or_all_of_a_profile(portal: RunningPortal) -> None:
    past_runs.synchronised(portal.product)
    browser = portal.browser(Role.OPERATOR)
    page = browser.get("/failures", params={"q": past_runs.PROFILE}).text
    chosen = re.search(r'name="item" value="([^"]+)"', page)
    assert chosen
    started = browser.submit("/failures/retry", item=[unescape(chosen[1])])
    assert "New attempt" in started.text
    request = portal.product.requests.request(RunId(started.url.path.rpartition("/")[2]))
    assert request
    assert request.items == (past_runs.ADDED.key,)
    browser.submit("/failures/retry", everything=past_runs.PROFILE)
    assert browser.submit("/failures/retry").status_code == 422
    assert portal.browser(Role.AUDITOR).submit("/failures/retry", everything=past_runs.PROFILE).status_code == 403


@pytest.fixture
def tab(portal: RunningPortal, chrome: Browser) -> Iterator[Page]:
    """An operator's browser with scripts."""
    session = portal.browser(Role.OPERATOR)
    context = chrome.new_context(base_url=portal.address)
    context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": portal.address} for one in session.cookies.jar]
    )
    yield context.new_page()
    context.close()


def test_unticking_counts_at_once_without_a_reload(portal: RunningPortal, tab: Page) -> None:
    run = past_runs.analysed(portal.product)
    tab.goto(f"/runs/{run}")
    box = tab.get_by_label("Execute: Schulz, Anna")
    box.uncheck()
    expect(tab.get_by_role("button", name="Synchronise: 2 changes in Exchange, 2 in Wice")).to_be_visible()
    expect(box).not_to_be_checked()
    expect(box).to_be_focused()
    box.check()
    expect(tab.get_by_role("button", name="Synchronise: 3 changes in Exchange, 2 in Wice")).to_be_visible()
    plan = portal.product.history.plan_of(run)
    assert plan
    assert plan.left_out == frozenset()


def test_progress_comes_by_itself_and_so_does_the_result(portal: RunningPortal, tab: Page) -> None:
    run = past_runs.queued(portal.product)
    tab.goto(f"/runs/{run}")
    expect(tab.get_by_text("Waiting for a free worker")).to_be_visible()
    portal.product.work.claim(run)
    portal.product.work.advance(run, "gather_contacts_wice", 120, 900)
    expect(tab.get_by_text("120 of 900")).to_be_visible()
    portal.product.work.end(run, perform.BROKEN)
    expect(tab.get_by_text("the server's log tells more")).to_be_visible()
    expect(tab.get_by_role("button", name="Analyse again")).to_be_visible()
    assert tab.locator("h1").count() == 1


@pytest.mark.parametrize("path", ["/runs/nobody", "/runs/nobody/events"])
def test_a_run_that_does_not_exist_has_no_page(portal: RunningPortal, path: str) -> None:
    assert portal.browser().get(path).status_code == 404


def test_what_runs_say_by_themselves_is_translated() -> None:
    said = {perform.STOPPED, perform.INTERRUPTED, perform.BROKEN, requests.WAITS}
    with speaking("de"):
        assert [text for text in said if run_words.message(text) == text] == []


def test_R37_the_page_of_a_run_that_went_with_its_profile_says_who_removed_it(portal: RunningPortal) -> None:
    registry = portal.product.registry
    run = requests.ask(portal.product, past_runs.PROFILE, Verb.REMOVE, BOSS).id
    account, _, name = past_runs.PROFILE.partition("/")
    registry.remove(registry.profile_of(account, name), BOSS, told={"contacts_removed": 12, "contacts_left": 0})
    page = portal.browser(Role.AUDITOR, "de").get(f"/runs/{run}")
    assert page.status_code == 200
    for text in ("Dieser Lauf wurde mit seinem Profil entfernt", past_runs.PROFILE, "boss", "12", "Gelöschte Elemente"):
        assert text in page.text
    assert "&lt;" not in page.text
    told = portal.api(Role.AUDITOR).get(f"/runs/{run}")
    assert told.status_code == 404
    assert f"The profile {past_runs.PROFILE} was removed on" in told.json()["detail"]
    assert "the audit log tells" in portal.api(Role.AUDITOR).get("/runs/nobody/actions").json()["detail"]
