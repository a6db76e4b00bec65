"""No page prints a secret, or a name as markup: names that are markup in every kind of thing, and every page parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from app.domain.account import Profile, Template
from app.domain.people import Role
from app.domain.plan import PlanState
from app.settings import Settings
from tests.adapters.db.world import MAIL, MAIN, account
from tests.services import past_runs
from tests.services.portal import RunningPortal, running_portal
from tools.portal_pages import addresses

TEMPLATES = Path(__file__).parents[1] / "templates"
EVIL = "<img src=x onerror=alert(1)>\"'&"
SECRET = "hunter2-not-to-be-seen"
FORBIDDEN = re.compile(r"\|\s*safe\b|\bstyle=|\son[a-z]+=|hx-on|javascript:|autoescape\s+false", re.IGNORECASE)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with running_portal(Settings(home=tmp_path_factory.mktemp("templates"))) as portal:
        save = portal.product.registry.save
        save(replace(MAIN, name=f"main {EVIL}", mandant=EVIL, api_key=SECRET))
        save(replace(MAIL, name=f"mail {EVIL}", username=EVIL, password=SECRET))
        save(Template(name=f"office {EVIL}"))
        evil = replace(
            account("anna"),
            name=f"anna {EVIL}",
            wice_server=f"main {EVIL}",
            exchange_server=f"mail {EVIL}",
            wice_username=EVIL,
            wice_password=SECRET,
            exchange_password=SECRET,
        )
        save(evil)
        save(Profile(account=evil.name, name=f"Wice {EVIL}", contacts_folder=f"Ordner {EVIL}"))
        actions = [past_runs.action("wice:1", past_runs.CHANGED.reason, EVIL, *past_runs.CHANGED.writes)]
        for state in (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION):
            past_runs.analysed(portal.product, state, actions=actions, profile=f"{evil.name}/Wice {EVIL}")
        past_runs.synchronised(portal.product, f"{evil.name}/Wice {EVIL}")
        yield portal


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_page_takes_a_name_for_markup_or_prints_a_secret(portal: RunningPortal, language: str) -> None:
    browser = portal.browser(Role.ADMINISTRATOR, language)
    wrong: dict[str, list[str]] = {}
    shown = 0
    for name, address in addresses(portal.product):
        text = browser.get(address).text
        page: Any = html.fromstring(text)
        found = [html.tostring(image, encoding="unicode") for image in page.iter("img")]
        found += [f"{name} {key}" for key in page.xpath("//@*[starts-with(name(), 'on')]")]
        found += [f"script: {script.text}" for script in page.iter("script") if script.text]
        found += [SECRET] if SECRET in text else []
        shown += EVIL in page.text_content()
        if found:
            wrong[name] = found
    assert not wrong
    assert shown > 20, "or nothing is proven"


def test_no_template_does_what_the_policy_forbids_or_switches_escaping_off() -> None:
    wrong = {
        f"{file.relative_to(TEMPLATES)}:{number}": line.strip()
        for file in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    }
    assert not wrong
