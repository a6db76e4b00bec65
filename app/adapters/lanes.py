"""Many writes over a few connections at once: outcomes come in the order asked, and once a server cannot go on nothing more is sent.

A lane is whatever one thread may write with. What was sent before the server gave up is told all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event
from typing import Final, TypeVar

from app.domain.writes import Outcome, Unknown, Write

_Lane = TypeVar("_Lane")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one write. No outcome: it was not sent. `trouble`: why the server cannot go on."""

    outcome: Outcome | None
    trouble: Exception | None = None


NOT_SENT: Final = Attempt(None)


def told(attempts: Iterable[Attempt]) -> Iterator[Outcome]:
    """Outcomes up to the last one that is known: what was not sent, but stands before something that was, must be called unknown.

    What was not yielded when this raises was not sent. Raises: the first trouble.
    """
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


def at_once(
    lanes: Sequence[_Lane],
    portions: Sequence[Sequence[Write]],
    carry_out: Callable[[_Lane, Sequence[Write]], Sequence[Attempt]],
) -> Iterator[Attempt]:
    """Carry out all `portions`, each by one lane; one attempt per write, in order, each as soon as all before it are known."""
    free: SimpleQueue[_Lane] = SimpleQueue()
    for lane in lanes:
        free.put(lane)
    stop = Event()

    def attempts(portion: Sequence[Write]) -> Sequence[Attempt]:
        lane = free.get()
        try:
            done = [NOT_SENT] * len(portion) if stop.is_set() else carry_out(lane, portion)
            if any(attempt.trouble for attempt in done):
                stop.set()
            return done
        finally:
            free.put(lane)

    pool = ThreadPoolExecutor(len(lanes))
    try:
        for done in pool.map(attempts, portions):
            yield from done
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
