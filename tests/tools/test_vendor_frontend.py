"""The vendored front-end files are those that the manifest names."""

import hashlib
import json

from app.web.static_files import icon_names
from tools.vendor_frontend import ICON_PACKAGE, ICONS, PACKAGES, VENDOR, sprite

MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def test_every_file_is_named_with_its_hash_and_nothing_else_lies_there():
    named = {path: digest for package in MANIFEST for path, digest in package["files"].items()}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == named


def test_every_package_has_the_version_that_the_tool_fetches_and_brings_its_licence():
    pinned = {package.name: package.version for package in [*PACKAGES, ICON_PACKAGE]}
    assert {package["name"]: package["version"] for package in MANIFEST} == pinned
    for package in MANIFEST:
        assert package["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert any(path.endswith("/LICENSE") for path in package["files"])


def test_the_sprite_holds_exactly_the_icons_that_were_asked_for():
    assert icon_names() == set(ICONS.read_text(encoding="utf-8").split())


def test_an_icons_file_becomes_a_symbol_without_its_background(tmp_path, monkeypatch):
    listing = tmp_path / "icons.txt"
    listing.write_text("dot\n")
    monkeypatch.setattr("tools.vendor_frontend.ICONS", listing)
    (tmp_path / "dot.svg").write_text(
        '<svg\n  width="24"\n>\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M1 1h2" />\n</svg>'
    )
    assert '<symbol id="dot" viewBox="0 0 24 24"><path d="M1 1h2"/></symbol>' in sprite(tmp_path)
