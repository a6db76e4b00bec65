"""A fresh installation as its administrator meets it: `wice-sync up` in processes of its own, and people at a browser."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from app.bootstrap import end_with_parent
from app.web.current import speaking
from app.web.i18n import _
from tests.services.command import Command
from tests.services.ports import free_port

PATIENCE_MS = 30_000
_LINK = re.compile(r"(http\S+/welcome/\S+)")


class Installation:
    """`address` of the portal; `first_link`: what the first start has printed; `command`: the command line on this machine."""

    def __init__(self, command: Command, address: str, first_link: str) -> None:
        self.command = command
        self.address = address
        self.first_link = first_link


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """Broker, portal, worker and scheduler of an empty installation; nothing of it outlives the block, or this process."""
    address = f"http://127.0.0.1:{free_port()}"
    command = Command(home, WICE_SYNC_PORTAL_URL=address)
    me = os.getpid()
    log = home.parent / "up.log"
    with (
        log.open("w") as said,
        command.start("up", stderr=said, preexec_fn=lambda: end_with_parent(me, signal.SIGKILL)) as process,
    ):
        try:
            assert process.stdout
            assert "The portal is at" in process.stdout.readline(), log.read_text()
            link = _LINK.findall(log.read_text())[-1]
            yield Installation(command, address, link)
        finally:
            process.terminate()
            process.wait(PATIENCE_MS / 1000)


class Person:
    """Somebody at the portal, who reads `language`. All texts are given in English and looked for as the page says them."""

    def __init__(self, browser: Browser, address: str, language: str) -> None:
        self.language = language
        self._context = browser.new_context(base_url=address, locale={"de": "de-DE", "en": "en-GB"}[language])
        self._context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self._context.new_page()

    def close(self) -> None:
        self._context.close()

    def says(self, text: str, **values: object) -> str:
        """`text` in this person's language."""
        with speaking(self.language):
            return _(text, **values)

    def opens(self, address: str) -> None:
        self.page.goto(address)

    def goes_to(self, entry: str) -> None:
        """By the navigation."""
        self.page.get_by_role("navigation").get_by_role("link", name=self.says(entry), exact=True).first.click()

    def follows(self, text: str, **values: object) -> None:
        self.page.locator("#main").get_by_role("link", name=self.says(text, **values), exact=True).first.click()

    def presses(self, text: str, **values: object) -> None:
        """The button that begins so: what exactly it does, it may say after that. One that asks first is a link to the question."""
        name = re.compile(rf"^\s*{re.escape(self.says(text, **values).strip())}")
        main = self.page.locator("#main")
        both = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        both.and_(self.page.locator(":visible")).first.click()

    def fills(self, **fields: str) -> None:
        """Fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"#main [name={name}]:visible").first.fill(value)

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(self.says(label), exact=False).first

    def sees(self, text: str, **values: object) -> None:
        """On this page, soon."""
        expect(self.page.locator("#main")).to_contain_text(self.says(text, **values), timeout=PATIENCE_MS)

    def sees_as_it_is(self, text: str | re.Pattern[str]) -> None:
        """A name, or a number: the same in every language."""
        expect(self.page.locator("#main")).to_contain_text(text, timeout=PATIENCE_MS)

    def sees_nothing_of(self, text: str) -> None:
        expect(self.page.locator("#main")).not_to_contain_text(text)

    def has_no_button(self, text: str) -> None:
        expect(self.page.locator("#main").get_by_role("button", name=self.says(text), exact=True)).to_have_count(0)

    def runs(self, text: str, *, sure: str = "", **values: object) -> None:
        """Press a button that starts a run, say `sure` in its dialog, and wait on the run's page, which shows the end by itself."""
        before = self.page.url
        self.presses(text, **values)
        if sure:
            self.page.get_by_role("dialog").get_by_role("button", name=self.says(sure), exact=True).click()
        self.page.wait_for_url(lambda url: url != before and "/runs/" in url)
        expect(self.page.locator(".ws-run-progress")).to_have_count(0, timeout=PATIENCE_MS)
