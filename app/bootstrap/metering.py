"""What this process has measured since it last wrote it down."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Final

from app.domain.measures import (
    SECONDS,
    SERVER_ANSWERS,
    SERVER_SECONDS,
    SERVER_SECONDS_SUM,
    Labels,
    bound,
    labels,
)
from app.domain.sync import Side
from app.errors import Retry
from app.ports.metering import Measures, Outcome


class Metering:
    """`app.ports.metering.Meter` in memory; what a killed process has not written down yet, a few seconds' worth, is lost."""

    def __init__(self, measures: Measures) -> None:
        self._measures: Final = measures
        self._turn = threading.Lock()
        self._sums: Counter[tuple[str, Labels]] = Counter()

    def answered(self, side: Side, host: str, seconds: float, outcome: Outcome) -> None:
        """See `app.ports.metering.Meter.answered`."""
        where = {"side": side.value, "host": host}
        with self._turn:
            self._sums[SERVER_ANSWERS, labels(**where, outcome=outcome.value)] += 1
            self._sums[SERVER_SECONDS, labels(**where, le=bound(seconds, SECONDS))] += 1
            # Counters of a Counter may be any number.
            self._sums[SERVER_SECONDS_SUM, labels(**where)] += seconds  # type: ignore[assignment]

    def write_down(self) -> None:
        """Add it to the sums of all. Raises: Retry; then it is added next time."""
        with self._turn:
            taken, self._sums = self._sums, Counter()
        try:
            self._measures.add(taken)
        except Retry:
            with self._turn:
                self._sums.update(taken)
            raise
