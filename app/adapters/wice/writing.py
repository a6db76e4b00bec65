"""Writing many records: Wice takes one at a time, so they go out over a few connections at once; outcomes come in the order asked.

Writes that could touch the same record wait for each other. Once a server cannot go on nothing more is sent; what was sent before is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event
from typing import Final, Protocol, Self

from app.domain.writes import Outcome, Unknown, Write
from app.errors import WiceSyncError

FEW: Final = 8
"""Fewer writes than this go out one after the other: further connections would cost more than they save."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one write. No outcome: it was not sent. `trouble`: why the server cannot go on."""

    outcome: Outcome | None
    trouble: WiceSyncError | None = None


_NOT_SENT: Final = Attempt(None)


class Writing(Protocol):
    """What a store offers for this."""

    def attempt(self, write: Write) -> Attempt: ...
    def lanes(self) -> Sequence[Self]: ...
    def claims(self, write: Write) -> frozenset[str] | None: ...


def written(store: Writing, writes: Sequence[Write]) -> Iterator[Outcome]:
    """One outcome per write, in order. What was not yielded when this raises was not sent. Raises: Retry, Halt."""
    for group in _groups(store, writes):
        yield from _told(_at_once(store.lanes(), group) if len(group) >= FEW else _one_by_one(store, group))


def _groups(store: Writing, writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Neighbours that do not get in each other's way."""
    group: list[Write] = []
    taken: set[str] = set()
    for write in writes:
        claims = store.claims(write)
        if group and (claims is None or not taken.isdisjoint(claims)):
            yield group
            group, taken = [], set()
        group.append(write)
        taken |= claims or set()
        if claims is None:
            yield group
            group, taken = [], set()
    if group:
        yield group


def _told(attempts: Iterator[Attempt]) -> Iterator[Outcome]:
    """Outcomes up to the last one that is known: what was not sent, but stands before something that was, must be called unknown."""
    gap, trouble = 0, None
    for attempt in attempts:
        trouble = trouble or attempt.trouble
        if attempt.outcome is None:
            gap += 1
            continue
        yield from [Unknown()] * gap
        gap = 0
        yield attempt.outcome
    if trouble:
        raise trouble


def _one_by_one(store: Writing, group: Sequence[Write]) -> Iterator[Attempt]:
    for write in group:
        attempt = store.attempt(write)
        yield attempt
        if attempt.trouble:
            return


def _at_once(lanes: Sequence[Writing], group: Sequence[Write]) -> Iterator[Attempt]:
    free: SimpleQueue[Writing] = SimpleQueue()
    for lane in lanes:
        free.put(lane)
    stop = Event()

    def attempt(write: Write) -> Attempt:
        lane = free.get()
        try:
            done = _NOT_SENT if stop.is_set() else lane.attempt(write)
            if done.trouble:
                stop.set()
            return done
        finally:
            free.put(lane)

    pool = ThreadPoolExecutor(len(lanes))
    try:
        yield from pool.map(attempt, group)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
