"""Bring the German texts up to date: `make messages`, or `python -m tools.messages accounts runs` for some areas only.

Reads every `_()`, `ngettext()` and `N_()` of the portal's code and templates, the tables of app/services/wording.py, and the sentences
that services, rules and adapters say (tools/sentences.py). A new text goes into `app/web/locale/de/<area>.po` with an empty translation;
a text that nobody uses any more goes away. An area is a page: its name below templates/pages; what belongs to no page is "common", the
engine's words are "wording", its sentences "sentences". A text that several areas use stands once.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from app.web.i18n import LOCALE
from app.web.words import tables
from tools.sentences import sentences

ROOT = Path(__file__).parents[1]
GERMAN = LOCALE / "de"
COMMON = "common"
WORDING = "wording"
SENTENCES = "sentences"
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_PYTHON = "python"
_TEMPLATE = "jinja2.ext:babel_extract"


class Text(NamedTuple):
    """`forms`: (text,) or (singular, plural)."""

    forms: tuple[str, ...]
    area: str


def used(root: Path = ROOT) -> Iterator[Text]:
    """Every text of the portal, as often as it is used."""
    for file in sorted((root / "templates").rglob("*.html")):
        yield from _extracted(_TEMPLATE, file, root)
    for file in sorted((root / "app/web").rglob("*.py")):
        yield from _extracted(_PYTHON, file, root)
    for table in tables():
        yield from (Text((text,), WORDING) for text in table.values())
    yield from (Text((text,), SENTENCES) for text, _file in sentences(root))


def translated(folder: Path = GERMAN) -> Iterator[tuple[str, Message]]:
    """Every entry of the catalogues with its area."""
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as opened:
            yield from ((file.stem, message) for message in read_po(opened) if message.id)


def area_of(file: Path, root: Path = ROOT) -> str:
    """Which catalogue takes a file's new texts."""
    pages = root / "templates/pages"
    if file.is_relative_to(pages):
        return file.relative_to(pages).parts[0].removesuffix(".html")
    if file.suffix != ".py":
        return COMMON
    name = file.relative_to(root / "app/web").parts[0].removesuffix(".py")
    has_page = (pages / name).is_dir() or (pages / f"{name}.html").is_file()
    return name if has_page or name == SENTENCES else COMMON


def update(areas: Sequence[str] = (), root: Path = ROOT, folder: Path = GERMAN) -> list[str]:
    """Rewrite the catalogues (of `areas`, or all). Returns the texts that still lack a translation, as "area: text"."""
    wanted = _homes(root, folder, areas)
    known = {message.id: message for _area, message in translated(folder)}
    catalogues: dict[str, Catalog] = defaultdict(Catalog)
    for forms, area in wanted.items():
        ours = forms[0] if len(forms) == 1 else forms
        catalogues[area].add(ours, known[ours].string if ours in known else None)
    for area in set(areas) or {*catalogues, *(file.stem for file in folder.glob("*.po"))}:
        _write(folder / f"{area}.po", catalogues[area])
    return [f"{area}: {message.id}" for area, message in translated(folder) if not complete(message)]


def complete(message: Message) -> bool:
    """Whether every form has a translation."""
    strings = (message.string,) if isinstance(message.string, str) else message.string or ()
    return len(strings) == len(_forms(message)) and all(strings)


def _homes(root: Path, folder: Path, areas: Sequence[str]) -> dict[tuple[str, ...], str]:
    """Each used text's area: where it stands already if it is used there or elsewhere, else one of those that use it, best of `areas`."""
    users = defaultdict(list)
    for text in used(root):
        users[text.forms].append(text.area)
    standing = {_forms(message): area for area, message in translated(folder)}
    return {
        forms: standing.get(forms) or next((area for area in found if area in areas), min(found))
        for forms, found in users.items()
    }


def _extracted(method: str, file: Path, root: Path) -> Iterator[Text]:
    area = area_of(file, root)
    options = {"silent": "false"} if method == _TEMPLATE else {}
    for _line, text, _notes, _context in extract_from_file(method, file, _KEYWORDS, options=options):
        yield Text((text,) if isinstance(text, str) else tuple(text), area)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _write(file: Path, catalogue: Catalog) -> None:
    if not len(catalogue):
        file.unlink(missing_ok=True)
        return
    # No header, no line numbers, sorted, one text a line: what changes in a file is what changed in the texts.
    with file.open("wb") as opened:
        write_po(opened, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)


def main() -> None:
    """Update, and say what remains to be translated."""
    missing = update(sys.argv[1:])
    print("\n".join([*missing, f"{len(missing)} texts without translation"]))


if __name__ == "__main__":
    main()
