"""Many calls over a few connections at once: outcomes come in the order asked, and once a server cannot go on nothing more is sent.

A lane is whatever one thread may call with. What was sent before the server gave up is told all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event
from typing import Final, TypeVar

from app.domain.writes import Outcome, Unknown, Write

_Lane = TypeVar("_Lane")
_Thing = TypeVar("_Thing")
_Result = TypeVar("_Result")


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


def spread(
    lanes: Sequence[_Lane], things: Sequence[_Thing], work: Callable[[_Lane, _Thing], _Result]
) -> Iterator[_Result]:
    """What `work` makes of each thing with a lane that is free; results in order. The first error ends it, and nothing new is begun."""
    free: SimpleQueue[_Lane] = SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def done(thing: _Thing) -> _Result:
        lane = free.get()
        try:
            return work(lane, thing)
        finally:
            free.put(lane)

    pool = ThreadPoolExecutor(len(lanes))
    try:
        # Each in a copy of this thread's context: log lines carry the ids of the run (`app.services.log_lines`).
        yield from pool.map(lambda own, thing: own.run(done, thing), [copy_context() for _ in things], things)
    finally:
        pool.shutdown(cancel_futures=True)


def at_once(
    lanes: Sequence[_Lane],
    portions: Sequence[Sequence[Write]],
    carry_out: Callable[[_Lane, Sequence[Write]], Sequence[Attempt]],
) -> Iterator[Attempt]:
    """Carry out all `portions`, each by one lane; one attempt per write, in order, each as soon as all before it are known."""
    stop = Event()

    def attempts(lane: _Lane, portion: Sequence[Write]) -> Sequence[Attempt]:
        done = [NOT_SENT] * len(portion) if stop.is_set() else carry_out(lane, portion)
        if any(attempt.trouble for attempt in done):
            stop.set()
        return done

    try:
        for done in spread(lanes, portions, attempts):
            yield from done
    finally:
        stop.set()
