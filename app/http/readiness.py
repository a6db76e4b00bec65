"""Can this installation do its work? Asked by load balancers and monitoring, so it must not cost much, and must not tell strangers much."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final, Protocol

from app.domain.process import ProcessKind
from app.errors import WiceSyncError
from app.ports.processes import Processes
from app.ports.requests import Queue

FRESH_S: Final = 1.0
"""Whoever asks again within this time gets the same answer: a stranger cannot keep the server busy with it."""

OK: Final = "ok"
OUT_OF_REACH: Final = "out of reach"
OLD_SCHEMA: Final = "the database does not have this version's schema: run `wice-sync migrate`"
NONE_ALIVE: Final = "none is alive"
UNKNOWN: Final = "not known without the database"
NEEDED: Final = {"workers": ProcessKind.WORKER, "scheduler": ProcessKind.SCHEDULER}


class Station(Protocol):
    """What is looked at."""

    @property
    def processes(self) -> Processes: ...
    @property
    def queue(self) -> Queue: ...
    def schema_is_current(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Health:
    """Each part with "ok", or what is wrong with it. Names no host: whoever asks has not signed in."""

    parts: Mapping[str, str]

    @property
    def missing(self) -> list[str]:
        """The parts that do not work."""
        return [name for name, state in self.parts.items() if state != OK]


class Readiness:
    """One per process, used by all its threads: one of them looks, the others wait for what it sees."""

    def __init__(self, station: Station, clock: Callable[[], float] = monotonic) -> None:
        self._station = station
        self._clock = clock
        self._turn = threading.Lock()
        self._last: tuple[float, Health] | None = None

    def look(self) -> Health:
        """How it is now, or was a moment ago."""
        with self._turn:
            if self._last is None or self._clock() - self._last[0] >= FRESH_S:
                health = look(self._station)
                self._last = self._clock(), health
            return self._last[1]


def look(station: Station) -> Health:
    """How it is now."""
    database = _database(station)
    alive = _alive(station) if database == OK else None
    counted = dict.fromkeys(NEEDED, UNKNOWN)
    if alive is not None:
        counted = {name: OK if alive[kind] else NONE_ALIVE for name, kind in NEEDED.items()}
    return Health({"database": database, "broker": _broker(station), **counted})


def _database(station: Station) -> str:
    try:
        return OK if station.schema_is_current() else OLD_SCHEMA
    except WiceSyncError:
        return OUT_OF_REACH


def _broker(station: Station) -> str:
    try:
        station.queue.backlog()
    except WiceSyncError:
        return OUT_OF_REACH
    return OK


def _alive(station: Station) -> Counter[ProcessKind] | None:
    try:
        return Counter(one.kind for one in station.processes.alive())
    except WiceSyncError:
        return None
