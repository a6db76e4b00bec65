"""Remove what is too old, now and then, in small steps; one of several processes does it each time (R33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog

from app.domain.retention import Periods, Remains
from app.ports.alerts import Chores
from app.ports.processes import Processes
from app.ports.retention import Attic

CHORE: Final = "retention"
EVERY: Final = timedelta(minutes=10)
BATCH: Final = 200
MOST_BATCHES: Final = 50
"""Of each sort in one round: a large backlog does not keep the database busy, it goes with the next rounds."""

_log = structlog.get_logger()


class Retention:
    """May be used by several processes at once."""

    def __init__(self, attic: Attic, chores: Chores, processes: Processes, periods: Periods) -> None:
        self._attic = attic
        self._chores = chores
        self._processes = processes
        self._periods = periods

    def round(self) -> Mapping[Remains, int]:
        """Remove what is due; how many of each sort went. Raises: Retry, after which the next round goes on."""
        if not self._chores.claim(CHORE, EVERY):
            return {}
        self._processes.forget_the_dead()
        gone = {remains: self._sweep(remains) for remains in Remains}
        if any(gone.values()):
            _log.info("swept", **{remains.value: number for remains, number in gone.items()})
        return gone

    def _sweep(self, remains: Remains) -> int:
        total = 0
        for _ in range(MOST_BATCHES):
            total += (went := self._attic.sweep(remains, self._periods.of(remains), BATCH))
            if went < BATCH:
                break
        return total
