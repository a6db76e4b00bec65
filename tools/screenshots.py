"""Pictures of every page of the portal with the demo company: `python -m tools.screenshots FOLDER`.

In German and English, on a desktop and on a phone, light; in English dark as well. The README's pictures are made anew with --readme.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from app.bootstrap import Application, opened
from app.domain.people import Role
from app.settings import Settings
from tools.chromium import chromium
from tools.demo import showing
from tools.portal_pages import addresses, cookie

IMAGES: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}
LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    "en-desktop": {"viewport": DESKTOP, "locale": "en-GB"},
    "de-desktop": {"viewport": DESKTOP, "locale": "de-DE"},
    "en-phone": {"viewport": PHONE, "locale": "en-GB"},
    "de-phone": {"viewport": PHONE, "locale": "de-DE"},
    "en-desktop-dark": {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "dark"},
}
README: Final[Mapping[str, tuple[str, str]]] = {
    "portal-overview.png": ("en-desktop", "overview"),
    "portal-plan.png": ("en-desktop", "run-stopped"),
    "portal-explain.png": ("en-desktop-dark", "explain-item"),
    "portal-phone.png": ("de-phone", "overview"),
}


def main() -> int:
    """Exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true", help="also make the README's pictures anew")
    given = parser.parse_args()
    with showing(once=True) as demo, opened(Settings(home=demo.home)) as product, chromium() as browser:
        take(browser, product, demo.portal, given.folder)
        if given.readme:
            take_for_readme(browser, product, demo.portal)
    return 0


def take(browser: Browser, product: Application, portal: str, folder: Path) -> None:
    """Every page in every look, whole: `folder`/look/page.png."""
    pages = list(addresses(product))
    for look, options in LOOKS.items():
        (folder / look).mkdir(parents=True, exist_ok=True)
        for name, address in pages:
            _picture(browser, product, portal + address, folder / look / f"{name}.png", options, whole=True)
        print(f"  {folder / look}: {len(pages)} pictures", flush=True)


def take_for_readme(browser: Browser, product: Application, portal: str) -> None:
    """What fits one screen."""
    pages = dict(addresses(product))
    for file, (look, name) in README.items():
        _picture(browser, product, portal + pages[name], IMAGES / file, LOOKS[look], whole=False)


def _picture(
    browser: Browser, product: Application, address: str, file: Path, options: Mapping[str, Any], *, whole: bool
) -> None:
    with browser.new_context(**options) as context:
        context.add_cookies([{**cookie(product, Role.ADMINISTRATOR, "demo"), "url": address}])  # type: ignore[typeddict-item]
        page = context.new_page()
        page.goto(address)
        page.screenshot(path=file, full_page=whole)


if __name__ == "__main__":
    sys.exit(main())
