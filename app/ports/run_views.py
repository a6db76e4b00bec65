"""What the page of a run reads: each method a few statements, however large the plan is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.ids import AttemptId, RunId
from app.domain.journal import JournalEntry
from app.domain.plan_views import ChangeFilter, PlanHead, PlannedRow, Tally
from app.domain.views import Cut, Page, RunRow


class RunViews(Protocol):
    """Reads only. Lists raise BadInput for a cursor that is not their own; they have one order, that of execution."""

    def run(self, run: RunId) -> RunRow | None:
        """One run, past or in progress; None also for one that has not begun."""
        ...

    def plan(self, run: RunId) -> PlanHead | None:
        """The newest plan that this run made."""
        ...

    def tally(self, run: RunId) -> Sequence[Tally]:
        """What this plan does, by sort of action."""
        ...

    def planned(self, run: RunId, wanted: ChangeFilter, cut: Cut) -> Page[PlannedRow]:
        """Its actions; counted."""
        ...

    def written(self, run: RunId, wanted: ChangeFilter, cut: Cut) -> Page[JournalEntry]:
        """Every write that a run attempted; counted."""
        ...

    def undone(self, attempts: Collection[AttemptId]) -> Mapping[AttemptId, RunId]:
        """Which of these writes were undone, and by which run."""
        ...
