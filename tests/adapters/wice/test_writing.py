"""Many writes at once: order, what trouble stops, and what waits for what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Lock

import pytest

from app.adapters.lanes import Attempt
from app.adapters.wice.writing import FEW, written
from app.domain.ids import AttemptId, ItemId, Version
from app.domain.sync import Absence
from app.domain.writes import Missing, Outcome, Remove, Unknown, Write
from app.errors import Retry

BUSY = Retry("busy", after=timedelta(seconds=1))
"""Trouble."""


class Store:
    """Answers each write with its own id as a label. `busy` writes meet a server that cannot go on, `lost` ones may have happened."""

    def __init__(
        self, *, busy: frozenset[int] = frozenset(), lost: frozenset[int] = frozenset(), lanes: int = 4
    ) -> None:
        self.busy, self.lost, self.number = busy, lost, lanes
        self.alone: frozenset[int] = frozenset()
        self.broken: frozenset[int] = frozenset()
        self.sent: list[int] = []
        self.running: set[int] = set()
        self.together: list[set[int]] = []
        self._lock = Lock()

    def attempt(self, write: Write) -> Attempt:
        number = int(_id(write))
        if number in self.broken:
            raise AssertionError(number)
        with self._lock:
            self.sent.append(number)
            self.running.add(number)
            self.together.append(set(self.running))
        time.sleep(0.002 * (number % 3))
        with self._lock:
            self.running.discard(number)
        if number in self.busy:
            return Attempt(Unknown() if number in self.lost else None, BUSY)
        return Attempt(_outcome(number))

    def lanes(self) -> Sequence[Store]:
        return [self] * self.number

    def claims(self, write: Write) -> frozenset[str] | None:
        return None if int(_id(write)) in self.alone else frozenset({_id(write)})


def _id(write: Write) -> str:
    assert isinstance(write, Remove)
    return write.id


def _outcome(number: int) -> Outcome:
    return Missing(Absence.DELETED) if number % 2 else Missing(Absence.BINNED)


def _writes(count: int) -> list[Write]:
    return [
        Remove(attempt=AttemptId(str(n)), id=ItemId(str(n)), version=Version(""), fingerprint="", before=None)
        for n in range(count)
    ]


def _until_trouble(store: Store, writes: Sequence[Write]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    with pytest.raises(Retry):
        outcomes.extend(written(store, writes))
    return outcomes


def test_outcomes_come_in_order_and_several_writes_run_at_once():
    store = Store()
    assert list(written(store, _writes(40))) == [_outcome(n) for n in range(40)]
    assert 1 < max(map(len, store.together)) <= 4


def test_a_few_writes_go_out_one_after_the_other():
    store = Store()
    assert list(written(store, _writes(FEW - 1))) == [_outcome(n) for n in range(FEW - 1)]
    assert all(len(together) == 1 for together in store.together)


def test_R30_nothing_is_sent_after_trouble_and_what_was_sent_is_told():
    store = Store(busy=frozenset({10}))
    outcomes = _until_trouble(store, _writes(200))
    assert len(store.sent) < 200
    last = max(store.sent)
    assert outcomes[:10] == [_outcome(n) for n in range(10)]
    if last > 10:
        assert outcomes[10] == Unknown()
    assert all(outcomes[n] == _outcome(n) for n in range(11, len(outcomes)) if n in store.sent)


def test_R30_a_lost_answer_is_unknown_in_its_place():
    store = Store(busy=frozenset({10}), lost=frozenset({10}))
    assert _until_trouble(store, _writes(40))[10] == Unknown()


def test_one_by_one_nothing_is_told_of_what_was_not_sent():
    assert _until_trouble(Store(busy=frozenset({2})), _writes(5)) == [_outcome(0), _outcome(1)]


def test_writes_that_stand_alone_run_while_nothing_else_does():
    store = Store()
    store.alone = frozenset({12, 13, 30})
    list(written(store, _writes(50)))
    assert all(len(together) == 1 for together in store.together if together & store.alone)


def test_R16_writes_that_claim_the_same_thing_keep_their_order():
    store, writes = Store(), _writes(20)
    list(written(store, [*writes, *writes]))
    assert store.sent.index(0, 1) >= 20


def test_a_bug_in_one_write_is_loud():
    store = Store()
    store.broken = frozenset({3})
    with pytest.raises(AssertionError):
        list(written(store, _writes(20)))
