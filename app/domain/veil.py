"""What private appointments said is not shown to others (R19): their words are covered, times and what happened stay.

The books keep them, so that a write can still be undone (R33).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from app.domain.appointment import Appointment, Occurrence
from app.domain.fingerprint import Record
from app.domain.journal import JournalEntry
from app.domain.plan import Action, PlannedWrite

COVERED: Final = "•••"
COVERED_ANEW: Final = "••••"
"""In place of a word, and of the word that replaces it: that something was changed can be seen."""

_Words = tuple[str, str, str]


def is_private(record: Record | None) -> bool:
    """Is it private, or a single date of it?"""
    return isinstance(record, Appointment) and (record.private or any(one.private for one in record.exceptions))


def veiled_entry(entry: JournalEntry, *, private: bool) -> JournalEntry:
    """A write as others may read it; `private`: its item is so by now, whatever it was then."""
    intent = entry.intent
    if not private and not is_private(intent.before) and not is_private(intent.after):
        return entry
    before, after = _covered(intent.before), _covered(intent.after, over=intent.before)
    label = next((record.label for record in (after, before) if isinstance(record, Appointment)), COVERED)
    return replace(entry, intent=replace(intent, before=before, after=after, label=label))


def veiled_action(action: Action, *, private: bool = False) -> Action:
    """A planned action as others may read it; `private`: its item is so by now."""
    records = [record for write in action.writes for record in (write.before, write.record)]
    if not private and not any(map(is_private, records)):
        return action
    writes = tuple(map(_write, action.writes))
    labels = (record.label for write in writes for record in (write.record, write.before) if record)
    return replace(action, writes=writes, label=next(labels, COVERED), terms="")


def _write(write: PlannedWrite) -> PlannedWrite:
    return replace(write, before=_covered(write.before), record=_covered(write.record, over=write.before))


def _covered(record: Record | None, over: Record | None = None) -> Record | None:
    """`record` with covered words; `over`: what it replaces."""
    if not isinstance(record, Appointment):
        return record
    former = over if isinstance(over, Appointment) else None
    title, text, place = _cover(_words(record), _words(former) if former else None)
    known = _dates(former.exceptions if former else ())
    dates = tuple(_date(one, known.get(one.original)) for one in record.exceptions)
    return replace(record, title=title, text=text, place=place, exceptions=dates, participants=(), shown=())


def _date(one: Occurrence, former: _Words | None) -> Occurrence:
    title, text, place = _cover(_words(one), former)
    return replace(one, title=title, text=text, place=place)


def _words(one: Appointment | Occurrence) -> _Words:
    return one.title, one.text, one.place


def _dates(exceptions: Iterable[Occurrence]) -> Mapping[date, _Words]:
    return {one.original: _words(one) for one in exceptions}


def _cover(words: _Words, former: _Words | None) -> list[str]:
    kept = former or words
    return [
        word and (COVERED if word == was or not was else COVERED_ANEW) for word, was in zip(words, kept, strict=True)
    ]
