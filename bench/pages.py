"""How long the portal's pages take on a large installation; fails if one takes too long.

    python -m bench.pages DATABASE_URL [LIMIT_MS]

The database is one that `bench.seed` filled; it gets an administrator `bench`. The time is the server's own (`Server-Timing`): from the request's
arrival to the first byte of its answer. Of several, the best counts: what else the machine does meanwhile is not the page's.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Final
from urllib.parse import quote

import httpx
import structlog
from pydantic import SecretStr

from app.bootstrap import Application, opened
from app.domain.people import SYSTEM, Role
from app.http import cookies
from app.main import create_app
from app.services.sign_in import Client
from app.settings import Settings
from bench.portal import KNOWN
from bench.seed import RUNS, name_of, run_id
from tests.services.serving import served

LIMIT_MS: Final = 100.0
_ROUNDS: Final = 5
_NAME: Final = "bench"
_PASSWORD: Final = "correct horse battery"
_NEXT: Final = re.compile(r'rel="next" href="([^"]+)"')
_FAR: Final = 10

PLAIN: Final = (
    "/",
    "/accounts",
    "/accounts?sort=-state",
    "/accounts?sort=synced_at",
    "/accounts?q=m%C3%BCller+anna",
    "/accounts?q=nobody",
    "/accounts?state=failing",
    "/accounts?state=healthy&wice_server=wice2",
    "/accounts/new",
    "/accounts/import",
    "/profiles",
    "/profiles?state=needs_confirmation",
    "/runs",
    "/runs?status=failed",
    "/failures",
    "/failures?resting=1",
    "/servers",
    "/wice-servers/wice2",
    "/exchange-servers/mail2",
    "/templates",
    "/templates/template2",
    "/explain",
    "/explain?q=m%C3%BCller",
    "/licence",
    "/settings",
    "/users",
    "/tokens",
    "/audit",
    "/me",
)
"""Pages whose address is the same on every installation that `bench.seed` filled."""


def pages(browser: httpx.Client) -> Iterator[str]:
    """Addresses of pages of every kind; far into the long lists, too."""
    yield from PLAIN
    for path in ("/accounts", "/profiles", "/runs", "/failures"):
        yield _far(browser, path)
    account = f"/accounts/{quote(name_of(KNOWN), safe='')}"
    profile = f"{account}/profiles/default"
    yield from (account, f"{account}/edit", profile, f"{profile}/edit")
    yield f"/runs?q={quote(name_of(KNOWN))}"
    yield f"/runs/{run_id(KNOWN, RUNS)}"


def measured(browser: httpx.Client, address: str, rounds: int = _ROUNDS) -> float:
    """Milliseconds, the best of some. Raises: HTTPStatusError for a page that is none."""
    return min(_once(browser, address) for _ in range(rounds))


@contextmanager
def browser_of(product: Application, settings: Settings) -> Iterator[httpx.Client]:
    """Signed in as the administrator `bench`, at a portal in a thread of this process."""
    known = _NAME in {user.name for user in product.people.users()}
    link = product.people.new_link(_NAME, SYSTEM) if known else product.people.add(_NAME, Role.ADMINISTRATOR, SYSTEM)[1]
    entered = product.sign_in.welcome(link.rpartition("/")[2], "", _PASSWORD, Client("", ""))
    with served(create_app(settings, product)) as address, httpx.Client(base_url=address, timeout=60) as browser:
        browser.cookies.set(cookies.SESSION, entered.cookie)
        yield browser


def _once(browser: httpx.Client, address: str) -> float:
    answer = browser.get(address)
    answer.raise_for_status()
    return float(answer.headers["server-timing"].partition("dur=")[2])


def _far(browser: httpx.Client, path: str) -> str:
    for _ in range(_FAR):
        following = _NEXT.search(browser.get(path).text)
        path = unescape(following[1]) if following else path
    return path


def main() -> None:
    """Measure, print, and exit with 1 if a page takes longer than the limit."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else LIMIT_MS
    settings, slow = Settings(database_url=SecretStr(sys.argv[1])), []
    with opened(settings) as product, browser_of(product, settings) as browser:
        for address in pages(browser):
            taken = measured(browser, address)
            if taken > limit:
                slow.append(address)
            print(f"{taken:8.1f} ms  {address[:100]}")
    if slow:
        sys.exit(f"longer than {limit:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
