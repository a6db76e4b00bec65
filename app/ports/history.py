"""What happened: past runs, their plans and writes. Reads only; needs no lease."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from app.domain.ids import ProfileId, RunId
from app.domain.journal import JournalEntry
from app.domain.plan import StoredPlan
from app.domain.run import Run


class History(Protocol):
    """What happened. Reads only; needs no lease."""

    def run(self, run: RunId) -> Run | None:
        """One run of any profile."""
        ...

    def plan_of(self, run: RunId) -> StoredPlan | None:
        """The newest plan that this run made, in whatever state."""
        ...

    def entries_of_run(self, run: RunId) -> Sequence[JournalEntry]:
        """What a run wrote, in the order in which it did."""
        ...

    def export(self, profile: ProfileId) -> Iterator[Mapping[str, object]]:
        """All that is kept of a profile, as JSON-ready objects: `{"table": "link" | "run" | "entry", ...}`."""
        ...
