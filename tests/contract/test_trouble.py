"""Busy servers, lost answers, refused items: who acts and when, and what is known afterwards (R30, R32)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.appointment import Appointment
from app.domain.fingerprint import Record, differences
from app.domain.sync import Item
from app.domain.writes import Refused, Unknown, Write, Written
from app.errors import Retry
from tests.contract.asking import creation, found, pages, read, removal, sightings, until_error, update
from tests.contract.benches import DELAY, StoreBench, Trouble, sample
from tests.fakes.faults import FaultKind

LOST = pytest.mark.parametrize("fault", [FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER])


def renamed(record: Record, name: str) -> Record:
    return replace(record, title=name) if isinstance(record, Appointment) else replace(record, last_name=name)


def test_a_busy_server_is_asked_again_after_its_own_delay(bench: StoreBench, trouble: Trouble) -> None:
    store = bench.store()
    trouble.fault(bench.side, bench.kind, FaultKind.BUSY, "list")
    with pytest.raises(Retry) as retry:
        pages(store)
    assert retry.value.after == DELAY


@pytest.mark.parametrize("operation", ["create", "update", "remove"])
def test_R30_a_write_that_a_busy_server_turned_away_has_no_outcome(
    bench: StoreBench, trouble: Trouble, operation: str
) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    writes: dict[str, Write] = {
        "create": creation(sample(bench.kind, "Neu")),
        "update": update(item, renamed(item.record, "Anders")),
        "remove": removal(item),
    }
    store = bench.store()
    trouble.fault(bench.side, bench.kind, FaultKind.BUSY, operation)
    outcomes, error = until_error(store.write([writes[operation]]))
    assert outcomes == []
    assert isinstance(error, Retry)
    assert error.after == DELAY
    assert read(bench.store(), item.id).fingerprint == item.fingerprint


@LOST
def test_R30_a_creation_whose_answer_was_lost_is_unknown_and_found_by_its_stamp(
    bench: StoreBench, trouble: Trouble, fault: FaultKind
) -> None:
    create = creation(sample(bench.kind, "Verschollen"))
    store = bench.store()
    trouble.fault(bench.side, bench.kind, fault, "create")
    outcomes, error = until_error(store.write([create]))
    assert outcomes == [Unknown()]
    assert isinstance(error, Retry)
    (left,) = bench.store().resume([create])
    listed = len(sightings(pages(bench.store())))
    if fault is FaultKind.CUT_BEFORE:
        assert (left, listed) == (None, 0)
    else:
        assert left
        assert (left.stamp, listed) == (create.stamp, 1)
        assert isinstance(found(bench.store(), left.id), Item)


@LOST
def test_R30_an_update_whose_answer_was_lost_is_unknown(bench: StoreBench, trouble: Trouble, fault: FaultKind) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    wanted = renamed(item.record, "Anders")
    store = bench.store()
    trouble.fault(bench.side, bench.kind, fault, "update")
    outcomes, error = until_error(store.write([update(item, wanted)]))
    assert outcomes == [Unknown()]
    assert isinstance(error, Retry)
    expected = item.record if fault is FaultKind.CUT_BEFORE else wanted
    assert differences(read(bench.store(), item.id).record, expected) == ()


@LOST
def test_R30_a_removal_whose_answer_was_lost_is_unknown(bench: StoreBench, trouble: Trouble, fault: FaultKind) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    store = bench.store()
    trouble.fault(bench.side, bench.kind, fault, "remove")
    outcomes, error = until_error(store.write([removal(item)]))
    assert outcomes == [Unknown()]
    assert isinstance(error, Retry)
    assert isinstance(found(bench.store(), item.id), Item) is (fault is FaultKind.CUT_BEFORE)


def test_R30_what_was_written_before_the_connection_broke_stays_told(bench: StoreBench, trouble: Trouble) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    create = creation(sample(bench.kind, "Neu"))
    store = bench.store()
    trouble.fault(bench.side, bench.kind, FaultKind.CUT_AFTER, "update")
    outcomes, error = until_error(store.write([create, update(item, renamed(item.record, "Anders"))]))
    first, second = outcomes
    assert isinstance(first, Written)
    assert second == Unknown()
    assert isinstance(error, Retry)


def test_R32_a_refused_item_does_not_stop_its_siblings(bench: StoreBench, trouble: Trouble) -> None:
    store = bench.store()
    creations = [creation(sample(bench.kind, f"Name {number}")) for number in range(3)]
    trouble.refuse(bench.side, bench.kind, "create", 1)
    first, second, third = store.write(creations)
    assert isinstance(first, Written)
    assert isinstance(second, Refused)
    assert second.code
    assert isinstance(third, Written)
    assert list(bench.store().resume([creations[1]])) == [None]


def test_R32_a_refused_update_leaves_the_item_as_it_was(bench: StoreBench, trouble: Trouble) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    store = bench.store()
    trouble.refuse(bench.side, bench.kind, "update", 0)
    (answer,) = store.write([update(item, renamed(item.record, "Anders"))])
    assert isinstance(answer, Refused)
    assert read(bench.store(), item.id).fingerprint == item.fingerprint


def test_a_broken_connection_while_reading_is_retried_at_once_or_later(bench: StoreBench, trouble: Trouble) -> None:
    item = bench.add(sample(bench.kind))
    store = bench.store()
    trouble.fault(bench.side, bench.kind, FaultKind.CUT_BEFORE, "get")
    try:
        answer = found(store, item)
    except Retry:
        answer = found(bench.store(), item)
    assert isinstance(answer, Item)
