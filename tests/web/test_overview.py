"""The first page: is everything fine, what needs a person, what a new installation lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app.adapters.db.session import open_engine
from app.adapters.db.tables import profiles, runs, sightings
from app.domain.account import Profile
from app.domain.people import Role
from app.domain.process import ProcessKind
from app.domain.run import RunStatus
from app.domain.sync import Kind, Side
from app.domain.views import RunSummary
from app.settings import Settings
from bench.seed import seed
from tests.adapters.db.world import account
from tests.api.test_overview import set_up
from tests.services.portal import RunningPortal, running_portal

ACCOUNTS = 300


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """With accounts of every state."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("busy")))
    with running_portal(settings) as portal:
        engine = open_engine(settings)
        seed(engine, ACCOUNTS)
        engine.dispose()
        yield portal


def test_a_new_installation_is_led_to_its_next_step(portal: RunningPortal) -> None:
    browser = portal.browser()
    page = browser.get("/").text
    assert "Getting started" in page
    assert re.findall(r'class="is-(\w+)', page) == ["done", "next", "open", "open", "open", "open"]
    assert 'href="/wice-servers/new"' in page
    assert "Add a Wice server" not in portal.browser(Role.AUDITOR).get("/").text
    set_up(portal, profiles=0)
    assert 'href="/profiles/new"' in browser.get("/").text


def test_it_says_in_one_sentence_what_is_the_matter_and_leads_to_each_case(busy: RunningPortal) -> None:
    page = busy.browser().get("/").text
    assert re.search(r"<h1>\d+ things need you</h1>", page)
    for link in (
        r"/runs/0000003run0000000020",
        r"/runs/0000202run",
        r"/failures\?resting=1&amp;q=",
        r"/profiles\?state=",
    ):
        assert re.search(link, page), link
    assert "9 profiles fail" in page
    assert "No worker is running: nothing is synchronised" in page
    busy.product.processes.beat(ProcessKind.WORKER, "1", pid=2)
    page = busy.browser().get("/").text
    assert "No worker is running" not in page
    assert "No scheduler is running: schedules start nothing" in page


def test_every_state_is_counted_and_leads_to_its_accounts(busy: RunningPortal) -> None:
    page = busy.browser().get("/").text
    for state, count in (("failing", 9), ("inactive", 3), ("needs_confirmation", 6), ("attention", 9)):
        tile = page.partition(f'href="/accounts?state={state}"')[2].partition("</a>")[0]
        assert f'<span class="ws-stat-value">{count}</span>' in tile


def test_charts_have_their_numbers_as_tables(busy: RunningPortal) -> None:
    page = busy.browser().get("/").text
    assert page.count('class="ws-chart"') == 4
    assert page.count('<details class="ws-chart-table">') == 4


def test_it_renews_itself_as_one_part(busy: RunningPortal) -> None:
    page = busy.browser().get("/").text
    assert 'id="overview" data-renews hx-get="/" hx-trigger="every 30s" hx-select="#overview"' in page


def test_german_readers_find_no_english_on_it(busy: RunningPortal) -> None:
    page = busy.browser(Role.AUDITOR, "de").get("/").text
    assert re.search(r"<h1>\d+ Punkte warten auf Sie</h1>", page)
    assert not [word for word in ("Runs of", "Changes of", "Licence", ">healthy<", "Show") if word in page]


def test_names_are_text_and_nothing_else(portal: RunningPortal, tmp_path: Path) -> None:
    set_up(portal, profiles=0)
    name = "<script>alert(1)<"
    portal.product.registry.save(account(name))
    portal.product.registry.save(Profile(account=name, name="default"))
    engine = open_engine(Settings(home=tmp_path / "home"))
    with engine.begin() as connection:
        seen = {"side": Side.WICE, "kind": Kind.CONTACTS, "item_id": "1", "at": datetime.now(UTC)}
        wanted = select(profiles.c.id).scalar_subquery()
        connection.execute(insert(sightings).values(profile_id=wanted, **seen))
        connection.execute(
            insert(runs).values(
                id="r",
                profile_id=wanted,
                number=1,
                status=RunStatus.DONE,
                started=datetime.now(UTC),
                report={},
                summary=RunSummary(),
            )
        )
    engine.dispose()
    page = portal.browser().get("/").text
    assert "&lt;script&gt;alert(1)&lt;/default" in page
    assert "<script>alert" not in page
