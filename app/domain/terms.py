"""The words by which people look an item up: names, e-mail addresses, company, title - folded, so that "MÜLLER" finds "Müller" (R41)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from app.domain.contact import EMAIL_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, clean

LONGEST: Final = 600
"""Characters that are kept of one item's terms, its newest names first: an entry of an index must fit into 2704 bytes (PostgreSQL)."""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """`text` as it is compared: compatible characters alike (NFKC), without case, blanks as one. The same few are asked for again and again."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    loose = unicodedata.normalize("NFKC", clean(text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", loose).split())


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a question, each once; commas separate words too ("Schulz, Anna")."""
    return tuple(dict.fromkeys(folded(text.replace(",", " ")).split()))


def terms_of(*records: Record | None) -> str:
    """What these records are found by, one term a line."""
    different: list[Record] = []
    for record in records:
        if record and record not in different:
            different.append(record)
    return joined(*("\n".join(_terms(record)) for record in different))


def joined(*terms: str) -> str:
    """Terms of several sources, each line once, in their order."""
    return "\n".join(dict.fromkeys(line for term in terms for line in _lines(term)))[:LONGEST]


@lru_cache(maxsize=1024)
def _lines(term: str) -> tuple[str, ...]:
    """Its lines folded, without empty ones. Of a batch that is stored the same are asked for several times."""
    if term.isascii() and term.replace("\n", "").isprintable():
        lines = [" ".join(line.split()) for line in term.lower().split("\n")]
    else:
        lines = [folded(line) for line in term.split("\n")]
    return tuple(line for line in lines if line)


def hit(words: Iterable[str], terms: str) -> bool:
    """Does every word occur in `terms`?"""
    return all(word in terms for word in words)


def _terms(record: Record) -> Iterable[str]:
    yield record.label
    if isinstance(record, Contact):
        if record.entity is Entity.PERSON:
            yield f"{record.first_name} {record.last_name}"
        yield from (getattr(record, name) for name in sorted(EMAIL_FIELDS))
        yield record.company_name
