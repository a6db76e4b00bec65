"""`app.ports.requests.Queue` in memory: what was sent, in its order; `away` is a broker that is out of reach."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.ids import RunId
from app.errors import Retry


class FakeQueue:
    """Nobody takes anything from it but the test."""

    def __init__(self) -> None:
        self.away = False
        self.sent: list[tuple[RunId, bool]] = []
        """Runs, and whether they were urgent."""

    def send(self, runs: Sequence[RunId], *, urgent: bool) -> None:
        self._reach()
        self.sent += [(run, urgent) for run in runs]

    def backlog(self) -> int:
        self._reach()
        return len(self.sent)

    def take(self) -> list[RunId]:
        """What a worker hears."""
        runs = [run for run, _ in self.sent]
        self.sent.clear()
        return runs

    def _reach(self) -> None:
        if self.away:
            raise Retry("the broker is out of reach")
