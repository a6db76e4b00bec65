"""Writing many records: Wice takes one at a time, so they go out over a few connections at once; outcomes come in the order asked.

Writes that could touch the same record wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, Self

from app.adapters.lanes import Attempt, at_once, told
from app.domain.writes import Outcome, Write

FEW: Final = 8
"""Fewer writes than this go out one after the other: further connections would cost more than they save."""


class Writing(Protocol):
    """What a store offers for this."""

    def attempt(self, write: Write) -> Attempt: ...
    def lanes(self) -> Sequence[Self]: ...
    def claims(self, write: Write) -> frozenset[str] | None: ...


def written(store: Writing, writes: Sequence[Write]) -> Iterator[Outcome]:
    """One outcome per write, in order. What was not yielded when this raises was not sent. Raises: Retry, Halt."""
    for group in _groups(store, writes):
        yield from told(_at_once(store.lanes(), group) if len(group) >= FEW else _one_by_one(store, group))


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


def _one_by_one(store: Writing, group: Sequence[Write]) -> Iterator[Attempt]:
    for write in group:
        attempt = store.attempt(write)
        yield attempt
        if attempt.trouble:
            return


def _at_once(lanes: Sequence[Writing], group: Sequence[Write]) -> Iterator[Attempt]:
    return at_once(lanes, [[write] for write in group], lambda lane, portion: [lane.attempt(one) for one in portion])
