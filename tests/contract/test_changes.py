"""Listing: inventories, deltas, tombstones, cursors, and what a bad listing must not do (R26, R42)."""

from __future__ import annotations

import pytest

from app.domain.sync import Absent, Item, Page
from tests.contract.asking import (
    Links,
    creation,
    end,
    found,
    noticed,
    outcome,
    pages,
    read,
    removal,
    sightings,
    written,
)
from tests.contract.benches import StoreBench, Trouble, sample
from tests.fakes.faults import FaultKind


def gone(bench: StoreBench, before: Item, listing: list[Page]) -> bool:
    """Does this listing make the engine ask for the item, and hear that it is absent?"""
    seen = sightings(listing).get(before.id)
    asked = seen.gone or noticed(before, seen) if seen else all(page.inventory for page in listing)
    return asked and isinstance(found(bench.store(), before.id), Absent)


def test_a_first_listing_is_an_inventory_of_everything_in_scope(bench: StoreBench) -> None:
    items = {bench.add(sample(bench.kind, f"Name {number}")) for number in range(3)}
    listing = pages(bench.store())
    assert items <= sightings(listing).keys()
    assert all(page.inventory for page in listing)
    assert [page.last for page in listing] == [False] * (len(listing) - 1) + [True]
    assert not any(page.suspect for page in listing)


def test_an_empty_scope_is_one_last_page(bench: StoreBench, trouble: Trouble) -> None:
    (page,) = pages(bench.store())
    assert (page.sightings, page.inventory, page.last) == ((), True, True)


def test_a_listing_tells_the_version_that_a_read_tells(bench: StoreBench) -> None:
    item = bench.add(sample(bench.kind))
    seen = sightings(pages(bench.store()))[item]
    assert seen.version == read(bench.store(), item).version


def test_a_new_item_comes_with_the_next_listing(bench: StoreBench) -> None:
    cursor = end(pages(bench.store()))
    item = bench.add(sample(bench.kind))
    assert item in sightings(pages(bench.store(), cursor))


def test_an_edit_is_noticed(bench: StoreBench) -> None:
    item = bench.add(sample(bench.kind))
    cursor = end(pages(bench.store()))
    before = read(bench.store(), item)
    bench.rename(item, "Schmidt")
    listing = pages(bench.store(), cursor)
    assert noticed(before, sightings(listing).get(item))
    assert read(bench.store(), item).fingerprint != before.fingerprint


def test_a_list_that_was_asked_for_ahead_misses_nothing(bench: StoreBench) -> None:
    """What comes between the question and the list is told by this list or by the next one."""
    before = read(bench.store(), bench.add(sample(bench.kind)))
    cursor = end(pages(bench.store()))
    store = bench.store()
    store.look_ahead(cursor)
    bench.rename(before.id, "Schmidt")
    later = bench.add(sample(bench.kind, "Later"))
    listing = pages(store, cursor)
    both = [sightings(listing), sightings(pages(bench.store(), end(listing)))]
    assert any(noticed(before, told.get(before.id)) for told in both)
    assert any(later in told for told in both)
    assert later in sightings(pages(store))  # the answers were good for one list


def test_an_item_that_left_the_scope_is_asked_for_and_absent(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    cursor = end(pages(bench.store()))
    bench.take_away(item.id)
    assert gone(bench, item, pages(bench.store(), cursor))


def test_R3_our_own_creation_comes_back_as_what_it_is(bench: StoreBench) -> None:
    cursor = end(pages(bench.store()))
    made = written(bench.store(), creation(sample(bench.kind)))
    seen = sightings(pages(bench.store(), cursor))[made.id]
    again = read(bench.store(), made.id)
    assert seen.version == made.version == again.version
    assert again.fingerprint == made.fingerprint


def test_R3_our_own_removal_comes_back_as_absent(bench: StoreBench) -> None:
    item = read(bench.store(), bench.add(sample(bench.kind)))
    cursor = end(pages(bench.store()))
    outcome(bench.store(), removal(item))
    assert gone(bench, item, pages(bench.store(), cursor))


def test_nothing_happened_means_nothing_to_look_at(bench: StoreBench) -> None:
    items = [bench.add(sample(bench.kind, f"Name {number}")) for number in range(3)]
    listing = pages(bench.store())
    again = sightings(pages(bench.store(), end(listing)))
    first = sightings(listing)
    assert all(again[item].version == first[item].version for item in items if item in again)


def test_R42_every_page_can_be_resumed_from_its_cursor(bench: StoreBench) -> None:
    items = {bench.add(sample(bench.kind, f"Name {number:02}")) for number in range(17)}
    first = next(iter(bench.store().changes(None, Links())))
    seen = {sighting.id for sighting in first.sightings}
    if not first.last:
        rest = pages(bench.store(), first.cursor)
        assert all(page.inventory for page in rest)
        seen |= sightings(rest).keys()
    assert items <= seen


def test_R42_changes_between_two_pages_are_neither_lost_nor_repeated(bench: StoreBench) -> None:
    items = [bench.add(sample(bench.kind, f"Name {number:02}")) for number in range(17)]
    listing = bench.store().changes(None, Links())
    collected = [next(listing)]
    late = bench.add(sample(bench.kind, "Später"))
    bench.take_away(items[-1])
    collected.extend(listing)
    collected.extend(pages(bench.store(), collected[-1].cursor))
    seen = sightings(collected)
    assert late in seen
    assert set(items[:-1]) <= seen.keys()
    assert isinstance(found(bench.store(), items[-1]), Absent)


@pytest.mark.parametrize("fault", [FaultKind.TRUNCATED, FaultKind.EMPTY])
def test_R42_a_short_listing_never_makes_an_item_absent(
    wice_bench: StoreBench, trouble: Trouble, fault: FaultKind
) -> None:
    items = [wice_bench.add(sample(wice_bench.kind, f"Name {number}")) for number in range(4)]
    trouble.fault(wice_bench.side, wice_bench.kind, fault, "list")
    pages(wice_bench.store())
    assert all(isinstance(answer, Item) for answer in wice_bench.store().fetch(items))


def test_R42_what_a_truncated_delta_left_out_is_still_there(exchange_bench: StoreBench, trouble: Trouble) -> None:
    items = [exchange_bench.add(sample(exchange_bench.kind, f"Name {number}")) for number in range(4)]
    trouble.fault(exchange_bench.side, exchange_bench.kind, FaultKind.TRUNCATED, "list")
    pages(exchange_bench.store())
    assert all(isinstance(answer, Item) for answer in exchange_bench.store().fetch(items))


def test_R42_a_forgotten_sync_state_starts_an_inventory(exchange_bench: StoreBench, trouble: Trouble) -> None:
    item = exchange_bench.add(sample(exchange_bench.kind))
    cursor = end(pages(exchange_bench.store()))
    trouble.fault(exchange_bench.side, exchange_bench.kind, FaultKind.INVALID_CURSOR, "list")
    listing = pages(exchange_bench.store(), cursor)
    assert all(page.inventory for page in listing)
    assert item in sightings(listing)


def test_R42_a_listing_of_Wice_is_always_an_inventory(wice_bench: StoreBench) -> None:
    item = wice_bench.add(sample(wice_bench.kind))
    listing = pages(wice_bench.store(), end(pages(wice_bench.store())))
    assert all(page.inventory for page in listing)
    assert item in sightings(listing)


def test_R42_an_item_listed_twice_makes_the_listing_suspect(exchange_bench: StoreBench, trouble: Trouble) -> None:
    item = exchange_bench.add(sample(exchange_bench.kind))
    trouble.fault(exchange_bench.side, exchange_bench.kind, FaultKind.DUPLICATES, "list")
    listing = pages(exchange_bench.store())
    assert any(page.suspect for page in listing)
    assert item in sightings(listing)


def test_R3_a_read_flag_moves_the_version_but_not_the_content(exchange_bench: StoreBench, trouble: Trouble) -> None:
    item = exchange_bench.add(sample(exchange_bench.kind))
    before = read(exchange_bench.store(), item)
    trouble.touch(item)
    after = read(exchange_bench.store(), item)
    assert after.version != before.version
    assert after.fingerprint == before.fingerprint
