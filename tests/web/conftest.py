"""The portal's frame, a client and a browser for it."""

import shutil

import httpx
import pytest
from playwright.sync_api import sync_playwright
from structlog.testing import capture_logs

from tests.services.serving import served
from tests.web.frame import create_frame

QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def frame():
    with served(create_frame()) as address:
        yield address


@pytest.fixture
def client(frame):
    """Signed in as an administrator."""
    with capture_logs(), httpx.Client(base_url=frame, cookies={"as": "administrator"}) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()
