"""Fetch the portal's front-end files from their npm packages (`make vendor`) and write down what they are.

The files are committed: nobody needs npm to run, build or test the product. To add an icon, name it in vendor_icons.txt and run this again.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "app/web/static/vendor"

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True)
class Package:
    """`files`: path in the package -> our name. `licence_text` where the package brings the licence's name only."""

    name: str
    version: str
    licence: str
    folder: str
    files: dict[str, str]
    licence_text: str = ""


PACKAGES = [
    # The kit's own JavaScript is left out: menus are <details>, dialogs are <dialog>, both work without any.
    Package(
        "@tabler/core",
        "1.6.1",
        "MIT",
        "tabler",
        {"dist/css/tabler.min.css": "tabler.min.css"},
        "MIT License\n\nCopyright 2018-2026 The Tabler Authors\nCopyright 2018-2026 codecalm.net Paweł Kuna\n"
        f"Copyright 2011-2026 The Bootstrap Authors (contained)\n\n{MIT}",
    ),
    Package("htmx.org", "2.0.11", "0BSD", "htmx", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package("htmx-ext-sse", "2.2.4", "0BSD", "htmx-sse", {"dist/sse.min.js": "sse.min.js", "LICENSE": "LICENSE"}),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        "inter",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
            "LICENSE": "LICENSE",
        },
    ),
]
ICON_PACKAGE = Package("@tabler/icons", "3.52.0", "MIT", "icons", {"LICENSE": "LICENSE"})
SPRITE = "sprite.svg"
ICONS = Path(__file__).with_name("vendor_icons.txt")


def fetch(package: Package, scratch: Path) -> tuple[Path, dict[str, str]]:
    """Unpack it below `scratch`. Returns its folder and what npm says about it (name, version, integrity)."""
    wanted = f"{package.name}@{package.version}"
    command = ["npm", "pack", "--json", "--pack-destination", str(scratch), wanted]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own table
    told = json.loads(answer.stdout)
    about = next(iter(told.values())) if isinstance(told, dict) else told[0]
    folder = scratch / package.folder
    with tarfile.open(scratch / about["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package", about


def sprite(icons: Path) -> str:
    """One file of <symbol>s with the icons' own names, to be shown with <use href="...#name">."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_shape((icons / f"{name}.svg").read_text(encoding="utf-8"))}</symbol>\n'
        for name in sorted(ICONS.read_text(encoding="utf-8").split())
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def _shape(svg: str) -> str:
    inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
    shapes = re.sub(r"\s*\n\s*", "", inner)
    return shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").replace(" />", "/>")


def vendor(scratch: Path) -> Iterator[dict[str, object]]:
    """Copy everything anew; yields the manifest's entries."""
    for package in [*PACKAGES, ICON_PACKAGE]:
        source, about = fetch(package, scratch)
        target = VENDOR / package.folder
        target.mkdir(parents=True)
        for theirs, ours in package.files.items():
            shutil.copyfile(source / theirs, target / ours)
        if package.licence_text:
            (target / "LICENSE").write_text(package.licence_text, encoding="utf-8")
        if package is ICON_PACKAGE:
            (target / SPRITE).write_text(sprite(source / "icons/outline"), encoding="utf-8")
        yield {
            "name": package.name,
            "version": package.version,
            "licence": package.licence,
            "source": f"npm pack {package.name}@{package.version}",
            "integrity": about["integrity"],
            "files": {
                f"{package.folder}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(target.iterdir())
            },
        }


def main() -> None:
    """Replace the folder as a whole, so that nothing stays that the manifest does not name."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        entries = list(vendor(Path(scratch)))
    (VENDOR / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    print(f"{VENDOR.name}: {len(entries)} packages")


if __name__ == "__main__":
    main()
