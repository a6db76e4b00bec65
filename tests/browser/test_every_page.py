"""Every page in a real browser: accessible by axe in both themes, nothing wider than a phone, nothing from elsewhere, nothing the policy forbids."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from app.domain.people import Role
from app.domain.plan import PlanState
from app.main import create_app
from app.settings import Settings
from tests.services import past_runs
from tests.services.portal import RunningPortal, running_portal
from tests.services.routes import declared_routes
from tools.portal_pages import PAGES, addresses, cookie

LANGUAGES = ("de-DE", "en-GB") if int(os.environ.get("PROOF_ROUNDS", "1")) > 1 else ("de-DE",)
"""German words are the longer ones; `make proof` looks at the English pages, too."""
LOOKS: Mapping[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "phone-dark": ({"width": 390, "height": 844}, "dark"),
    "desktop-light": ({"width": 1280, "height": 900}, "light"),
}
"""Each page is loaded once and then looked at so: how it is drawn is up to style sheets alone."""
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
"""All rules; of those that a page keeps to, axe need not tell everything."""
NOTHING_MOVES = (
    "document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime < Infinity && one.finish())"
)
"""A colour on its way to that of the other theme is not what people read."""
NO_PAGES = re.compile(r"/healthz|/readyz|/metrics|.*/export|.*/events|/accounts/samples/.*|/explain/item")
"""Answers that are no pages of their own: files, streams, monitoring; an explained item is the same page as /explain."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with running_portal(Settings(home=tmp_path_factory.mktemp("pages"))) as portal:
        past_runs.prepared(portal.product, "anna", "bernd")
        past_runs.synchronised(portal.product)
        past_runs.failed(portal.product)
        past_runs.analysed(portal.product, PlanState.NEEDS_CONFIRMATION, profile="bernd/bernd")
        past_runs.analysed(portal.product)
        yield portal


class Watched:
    """A page, and what it complained about since it was last asked."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._complaints: list[str] = []
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self._said("error", str(error)))
        page.on("request", lambda request: self._asked(request.url, address))

    def complaints(self) -> list[str]:
        found, self._complaints = self._complaints, []
        return found

    def _said(self, kind: str, text: str) -> None:
        # "verbose" are the browser's hints for authors of forms.
        if kind not in ("debug", "verbose") and "status of 404" not in text:
            self._complaints.append(text)

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:")):
            self._complaints.append(f"asks {url}")

    def violations(self, look: str) -> list[str]:
        """What is wrong with the page that is shown, if it looks so."""
        size, scheme = LOOKS[look]
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(NOTHING_MOVES)
        violations = self.page.evaluate(
            "options => axe.run(options).then(results => results.violations)", ONLY_VIOLATIONS
        )
        found = [f"{look}: {one['id']}: {one['nodes'][0]['html']}" for one in violations]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{look}: wider than the screen")
        return found


@pytest.mark.proof
@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_fits_the_screen_and_keeps_to_the_policy(
    portal: RunningPortal, chrome: Browser, language: str
) -> None:
    axe = Axe().axe_script
    wrong: dict[str, object] = {}
    with chrome.new_context(base_url=portal.address, locale=language) as context:
        context.add_cookies([{**cookie(portal.product, Role.ADMINISTRATOR, language), "url": portal.address}])  # type: ignore[typeddict-item]
        watched = Watched(context.new_page(), portal.address)
        for name, address in addresses(portal.product):
            answer = watched.page.goto(address)
            watched.page.evaluate(axe)
            found = [one for look in LOOKS for one in watched.violations(look)] + watched.complaints()
            if answer is None or answer.status != (404 if name == "missing" else 200):
                found.append(f"answers {answer and answer.status}")
            if found:
                wrong[f"{name} {address}"] = found
    assert not wrong


def test_no_page_is_forgotten(portal: RunningPortal) -> None:
    patterns = {
        re.compile(re.sub(r"{[^}]+}", "[^/]+", route.path))
        for route in declared_routes(create_app(Settings(), portal.product))
        if route.method == "GET" and not route.path.startswith("/api/") and not NO_PAGES.fullmatch(route.path)
    }
    shown = [path.partition("?")[0] for path in PAGES.values()]
    assert {pattern.pattern for pattern in patterns if not any(pattern.fullmatch(path) for path in shown)} == set()
