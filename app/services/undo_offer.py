"""What can still be undone of what was written, and what was undone already (R33)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.ids import AttemptId, RunId
from app.domain.journal import IntentState, JournalEntry
from app.rules.undoing import KEPT


class UndoneReads(Protocol):
    """Where it is looked up."""

    def undone(self, attempts: Collection[AttemptId]) -> Mapping[AttemptId, RunId]: ...


@dataclass(frozen=True)
class UndoOffer:
    """About some writes. `undone`: those that were, by the run that did it; `undoes`: a run that did it, by the run whose writes it took back."""

    undone: Mapping[AttemptId, RunId]
    undoes: Mapping[RunId, RunId]
    now: datetime

    def is_open(self, entry: JournalEntry) -> bool:
        """Is it worth asking for? Whether it is still possible, the plan says."""
        done = entry.state is IntentState.DONE and entry.intent.attempt not in self.undone
        return done and entry.at > self.now - KEPT


def undo_offer(reads: UndoneReads, entries: Iterable[JournalEntry], now: datetime) -> UndoOffer:
    """What holds for these writes."""
    known = list(entries)
    undone = reads.undone([entry.intent.attempt for entry in known])
    undoes = {undone[entry.intent.attempt]: entry.run for entry in known if entry.intent.attempt in undone}
    return UndoOffer(undone, undoes, now)
