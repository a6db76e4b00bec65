"""Undo in the portal: chosen, planned, shown, confirmed, and told ever after (R33)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.ids import RunId
from app.domain.people import Role
from app.domain.run import Verb
from app.services.perform import perform
from app.settings import Settings
from tests.scenarios.office import Office
from tests.services import explained, past_runs
from tests.services.portal import Browser, RunningPortal, running_portal
from tests.services.sandbox import Sandbox


@pytest.fixture
def books(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def asked(browser: Browser, path: str, **fields: object) -> RunId:
    """The run that a form leads to."""
    return RunId(str(browser.submit(path, **fields).url).rpartition("/")[2])


def test_R33_one_write_or_the_whole_run_is_asked_for_and_nothing_is_written_yet(books: RunningPortal) -> None:
    run, browser = explained.written(books.product), books.browser(Role.OPERATOR)
    one = books.product.requests.request(asked(browser, f"/runs/{run}/undo", items=[explained.ATTEMPT]))
    every = books.product.requests.request(asked(browser, f"/runs/{run}/undo", scope="all"))
    assert one
    assert every
    assert (one.verb, one.subject, one.items) == (Verb.UNDO, run, (explained.ATTEMPT,))
    assert (every.verb, every.subject, every.items) == (Verb.UNDO, run, ())


def test_nothing_ticked_is_nothing_asked_for(books: RunningPortal) -> None:
    run = explained.written(books.product)
    page = books.browser().submit(f"/runs/{run}/undo")
    assert "Tick what is to be undone." in page.text
    assert str(page.url).endswith(f"/runs/{run}/undo")


def test_R33_every_write_can_be_ticked_and_only_what_was_done(books: RunningPortal) -> None:
    run = past_runs.synchronised(books.product)
    page = books.browser().get(f"/runs/{run}/undo").text
    assert re.findall(r'name="items" value="([^"]+)"', page) == [f"{run}-0"], "the other write was refused"
    assert "2 of 2" in page
    assert "Schulz" not in books.browser().get(f"/runs/{run}/undo?q=nobody").text


def test_R33_what_was_undone_says_so_wherever_it_is_listed(books: RunningPortal) -> None:
    run = explained.written(books.product)
    back = explained.undone(books.product)
    for path in (f"/runs/{run}", f"/runs/{run}/undo"):
        page = books.browser().get(path).text
        assert f'href="/runs/{back}"' in page
        assert "undone" in page
    assert 'name="items"' not in books.browser().get(f"/runs/{run}/undo").text


def test_a_run_that_wrote_nothing_offers_nothing(books: RunningPortal) -> None:
    run = past_runs.failed(books.product)
    assert "This run wrote nothing" in books.browser().get(f"/runs/{run}/undo").text
    assert f"/runs/{run}/undo" not in books.browser().get(f"/runs/{run}").text
    assert books.browser().submit(f"/runs/{run}/undo", scope="all").status_code == 422
    assert books.browser().get("/runs/unknown/undo").status_code == 404


def test_an_auditor_looks_and_undoes_nothing(books: RunningPortal) -> None:
    run, auditor = explained.written(books.product), books.browser(Role.AUDITOR)
    page = auditor.get(f"/runs/{run}/undo").text
    assert "Schulz, Anna" in page
    assert 'name="items"' not in page
    assert 'value="all"' not in page
    assert auditor.submit(f"/runs/{run}/undo", scope="all").status_code == 403


def test_names_are_shown_and_never_run(books: RunningPortal) -> None:
    run = explained.written(books.product, past_runs.SCRIPT)
    assert past_runs.SCRIPT not in books.browser().get(f"/runs/{run}/undo").text


def test_R33_a_run_is_undone_from_its_page_to_the_result(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with running_portal(settings) as portal, Office(sandbox, settings) as office:
        office.wice.person("Schulz", "anna")
        run, browser = office.sync().run, portal.browser(Role.OPERATOR)
        assert f"/runs/{run}/undo" in browser.get(f"/runs/{run}").text
        proposed = asked(browser, f"/runs/{run}/undo", scope="all")
        perform(portal.product, proposed)
        plan = browser.get(f"/runs/{proposed}").text
        assert "This is what undoing takes." in plan
        assert "Schulz" in plan
        assert f'href="/runs/{run}"' in plan
        assert "Schulz" in office.outlook.cards()
        done = asked(browser, f"/runs/{proposed}/execute")
        perform(portal.product, done)
        assert office.outlook.cards() == {}
        assert f'href="/runs/{done}"' in browser.get(f"/runs/{run}").text
        assert "What was synchronised was undone" in browser.get("/explain?q=schulz&profile=anna").text
