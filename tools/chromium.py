"""Debian's Chromium, driven by Playwright: for the browser tests and the pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

# Nothing but what the portal's pages ask for: no update checks, no protocols beside HTTP. As root there is no sandbox.
_OPTIONS: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING: Final = "Chromium was not found. On Debian or Ubuntu, as root: apt-get install chromium"


def executable() -> str:
    """Raises: FileNotFoundError that says how to install it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        raise FileNotFoundError(MISSING)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()
