"""A run: one execution of one profile, from taking its lease to its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.ids import ProfileId, RunId


class RunStatus(StrEnum):
    """How a run ended; RUNNING while it has not."""

    RUNNING = "running"
    DONE = "done"
    NOTHING_TO_DO = "nothing_to_do"
    NEEDS_CONFIRMATION = "needs_confirmation"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as the history keeps it, the `number`-th of its profile.

    Times are UTC; `report` is what `analyse` and `sync --json` print (contract.md), {} before the end.
    """

    id: RunId
    profile: ProfileId
    number: int
    trigger: str
    status: RunStatus
    started: datetime
    finished: datetime | None = None
    report: Mapping[str, object] = field(default_factory=dict)
