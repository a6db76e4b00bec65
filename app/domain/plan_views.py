"""What a run plans and what it wrote, as lists show it: without everything at once, for a plan may have 10,000 actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.ids import AttemptId, PlanId, RunId
from app.domain.plan import Action, KindPlan, Op, PlanState, Reason
from app.domain.sync import Kind, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which actions or writes; None and "" leave it open. `text`: words that the item is found by, whatever the case.

    `left_out` is about plans only. What only keeps our books is never listed.
    """

    kind: Kind | None = None
    side: Side | None = None
    op: Op | None = None
    reason: Reason | None = None
    conflict: bool | None = None
    left_out: bool | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """An action of a plan, and whether it is left out this time."""

    action: Action
    left_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHead:
    """A plan without its actions: `kinds` have none, but their counts, hints and alarms."""

    id: PlanId
    run: RunId
    state: PlanState
    kinds: tuple[KindPlan, ...]
    undoes: tuple[AttemptId, ...] = ()

    @property
    def is_open(self) -> bool:
        """Can it still be executed, and actions of it be left out?"""
        return self.state in (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many visible actions of one sort. `writes`: what each of them writes."""

    kind: Kind
    reason: Reason
    writes: Sequence[tuple[Side, Op]]
    conflict: bool
    left_out: bool
    count: int
