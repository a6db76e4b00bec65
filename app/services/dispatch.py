"""One round of the scheduler: bury the dead, tell workers of what nobody told them, ask for what is due (R36).

Everything it does is claimed in the database, so any number of schedulers may run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.licence import Coverage
from app.domain.run import SCHEDULED, RunRequest
from app.errors import Retry
from app.ports.requests import Dispatch, Queue, Requests, Work
from app.rules.timetable import TIMETABLE
from app.services.requests import WAITS

BATCH: Final = 500
"""So many are taken in one round, and so many scheduled runs wait at the broker at most."""


class Covering(Protocol):
    """Who knows the licence."""

    def coverage(self) -> Coverage: ...


class Station(Protocol):
    """What a scheduler needs."""

    @property
    def requests(self) -> Requests: ...
    @property
    def work(self) -> Work: ...
    @property
    def dispatch(self) -> Dispatch: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def licences(self) -> Covering: ...


@dataclass(frozen=True)
class Round:
    """How many runs it took over from dead workers, told workers of, and asked for by schedule."""

    buried: int = 0
    told: int = 0
    due: int = 0

    def __bool__(self) -> bool:
        return bool(self.buried or self.told or self.due)


def dispatch(station: Station) -> Round:
    """One round. Raises: Retry if the database or the broker is out of reach; nothing is lost by it."""
    buried = station.work.bury()
    # First of all a sign of life from the broker: what cannot be sent need not be taken.
    backlog = station.queue.backlog()
    unsent = station.dispatch.take_unsent(BATCH)
    _tell(station, unsent)
    # With a backlog its messages are still on their way; without one they were lost.
    unanswered = station.dispatch.take_unanswered(BATCH) if not backlog else ()
    _tell(station, unanswered)
    station.dispatch.plan(TIMETABLE, BATCH)
    # The rest waits in the database, where the most urgent stay in front.
    room = max(BATCH - backlog, 0)
    due = station.dispatch.ask_for_due(TIMETABLE, room, station.licences.coverage()) if room else ()
    _tell(station, due)
    return Round(len(buried), len(unsent) + len(unanswered), len(due))


def _tell(station: Station, requests: Sequence[RunRequest]) -> None:
    for urgent in (True, False):
        runs = [request.id for request in requests if (request.trigger != SCHEDULED) is urgent]
        if not runs:
            continue
        try:
            station.queue.send(runs, urgent=urgent)
        except Retry:
            station.requests.unsent(runs, WAITS)
            raise
