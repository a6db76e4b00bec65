"""The real portal over a database of its own: pages and API behind a real HTTP server, with browsers and API clients of each role.

def test_...(portal):
    page = portal.browser(Role.OPERATOR).get("/accounts")
    reply = portal.api(Role.AUDITOR).get("/accounts")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from app.adapters.trust import trusted
from app.bootstrap import Application, opened
from app.domain.people import SYSTEM, Role
from app.http import cookies
from app.main import create_app
from app.services.sign_in import Client
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.entrance import PASSWORD, cheap_passwords
from tests.services.serving import served

_NOBODY = Client("", "")
_PATIENCE_S = 60.0


class Browser(httpx.Client):
    """A signed-in browser: follows redirects, keeps cookies, sends the page's token with every form."""

    csrf: str = ""

    def submit(self, path: str, **fields: object) -> httpx.Response:
        """Send a form; a field that is a list is sent several times."""
        return self.post(path, data={"csrf": self.csrf, **fields})


class RunningPortal:
    """`address` of the portal, and `product`, the same as the portal's: what a test prepares or looks up behind its back."""

    def __init__(self, address: str, product: Application) -> None:
        self.address = address
        self.product = product
        self._clients: list[httpx.Client] = []

    def browser(self, role: Role = Role.ADMINISTRATOR, language: str = "en") -> Browser:
        """Signed in as a user named like the role."""
        browser = Browser(
            timeout=_PATIENCE_S,
            verify=trusted(""),
            base_url=self.address,
            follow_redirects=True,
            headers={"Accept-Language": language},
        )
        self._clients.append(browser)
        entered = self.product.sign_in.enter(self._user(role), PASSWORD, _NOBODY)
        browser.cookies.set(cookies.SESSION, entered.cookie)
        browser.csrf = entered.session.csrf
        return browser

    def api(self, role: Role = Role.ADMINISTRATOR) -> httpx.Client:
        """A client with a token of that role; paths begin below /api/v1."""
        name = self._user(role)
        _token, text = self.product.api_tokens.make(name, f"test {len(self._clients)}", role, None, SYSTEM)
        client = httpx.Client(
            timeout=_PATIENCE_S,
            verify=trusted(""),
            base_url=f"{self.address}/api/v1",
            headers={"Authorization": f"Bearer {text}"},
        )
        self._clients.append(client)
        return client

    def anybody(self) -> httpx.Client:
        """Somebody who is not signed in."""
        client = httpx.Client(timeout=_PATIENCE_S, verify=trusted(""), base_url=self.address)
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _user(self, role: Role) -> str:
        if role.value not in {user.name for user in self.product.people.users()}:
            _user, link = self.product.people.add(role.value, role, SYSTEM)
            self.product.sign_in.welcome(link.rpartition("/")[2], "", PASSWORD, _NOBODY)
        return role.value


@contextmanager
def running_portal(settings: Settings) -> Iterator[RunningPortal]:
    """The portal in a thread of this process, with these settings; it hashes passwords the cheap way."""
    with ExitStack() as open_:
        product = open_.enter_context(opened(migrated(settings), passwords=cheap_passwords()))
        address = open_.enter_context(served(create_app(settings, product)))
        portal = RunningPortal(address, product)
        try:
            yield portal
        finally:
            portal.close()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """Empty, on SQLite."""
    with running_portal(Settings(home=tmp_path / "home")) as portal:
        yield portal
