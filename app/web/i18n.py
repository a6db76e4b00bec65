"""German and English: `_`, `ngettext`, `N_`.

English is written in the code; the German stands in `locale/de/<area>.po`, one file per area of the portal, read at start. `make messages`
(tools/messages.py) brings the files up to date. Texts hold neither markup nor straight double quotes, so that they fit everywhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from app.web import current

LOCALE = Path(__file__).with_name("locale")

REGIONS = {"en": "en_GB", "de": "de_DE"}
"""Which customs (order of a date, decimal mark) go with a language."""


def N_(text: str) -> str:  # noqa: N802  gettext's own name for "translate later": the extraction looks for it
    """Mark a text of a table for translation; whoever shows it calls `_` on it."""
    return text


def _(text: str, **values: object) -> str:
    """`text` in the reader's language; `%(name)s` in it is replaced by the value of that name."""
    translated = _catalogue(current.language()).get(text, (text,))[0]
    return translated % values if values else translated


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form that goes with `num`, which both texts call `%(num)s`; it is written as the reader's language writes numbers."""
    forms = _catalogue(current.language()).get(one, (one, many))
    shown = format_decimal(num, locale=region())
    return forms[0 if num == 1 else 1] % (values | {"num": shown})


def region() -> str:
    """Babel's locale of the reader."""
    return REGIONS[current.language()]


@cache
def known() -> frozenset[str]:
    """Every English text that has a translation."""
    return frozenset(key for language in REGIONS for key in _catalogue(language))


@cache
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """The forms of each msgid. German and English both know singular and plural only, with 1 as the one singular."""
    return {
        key: forms
        for file in sorted((LOCALE / language).glob("*.po"))
        for key, forms in _messages(file).items()
        if all(forms)
    }


def _messages(file: Path) -> dict[str, tuple[str, ...]]:
    with file.open("rb") as opened:
        catalogue = read_po(opened)
    return {_first(message.id): _forms(message.string) for message in catalogue if message.id}


def _first(text: str | list[str] | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)
