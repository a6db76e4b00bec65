"""Removing what is too old."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from app.domain.retention import Remains


class Attic(Protocol):
    """What has been kept for long."""

    def sweep(self, remains: Remains, kept: timedelta, limit: int) -> int:
        """Remove at most `limit` that are older than `kept`, in one short transaction; how many went.

        Never: the last run of a profile, runs with a write of unknown outcome (R30) or a plan that may still be carried out.
        """
        ...
