"""The words for the engine's codes, in the reader's language: the filter `word`, from the tables of `app.services.wording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from app.services import wording
from app.services.wording import human
from app.web.i18n import _


def tables() -> Iterator[Mapping[object, str]]:
    """Every table of `app.services.wording`: a table that is added there is translated without further ado."""
    yield from (table for table in vars(wording).values() if isinstance(table, Mapping) and _is_words(table))


def word(code: object) -> str:
    """A code as people read it: `Reason.TWIN|word`, `(Side.WICE, Op.ADD)|word`. What no table knows is its own name without underscores."""
    known = _WORDS.get(_key(code))
    return human(str(code)) if known is None else _(known)


def _is_words(table: Mapping[object, object]) -> bool:
    return bool(table) and all(isinstance(text, str) for text in table.values())


def _key(code: object) -> object:
    # The codes are StrEnums: equal values of different enumerations would meet in one table.
    return tuple(_key(part) for part in code) if isinstance(code, tuple) else (type(code), code)


_WORDS = {_key(code): text for table in tables() for code, text in table.items() if isinstance(code, (Enum, tuple))}
