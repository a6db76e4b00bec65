"""What grows with every day, and for how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Remains(StrEnum):
    """What is too old some day."""

    IDLE_RUNS = "idle_runs"
    """Runs that found nothing to do."""
    RUNS = "runs"
    """Runs with what they wrote, before and after images, and their plans (R33)."""
    REQUESTS = "requests"
    """Settled ones."""
    AUDIT = "audit"
    SESSIONS = "sessions"
    """Those that have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """For how long each is kept."""

    idle_runs: timedelta
    history: timedelta
    audit: timedelta

    def of(self, remains: Remains) -> timedelta:
        """For how long these are kept."""
        match remains:
            case Remains.IDLE_RUNS:
                return self.idle_runs
            case Remains.RUNS | Remains.REQUESTS:
                return self.history
            case Remains.AUDIT:
                return self.audit
            case Remains.SESSIONS:
                return timedelta(0)
