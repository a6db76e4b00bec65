"""Listing changes over the wire (R42): pages that can be continued, and the same result whatever a server does to a page."""

import itertools

import pytest

from app.adapters.exchange.bodies import MOST_CHANGES
from app.domain.ids import ItemId
from app.domain.sync import Page, Sighting
from app.ports import Store
from tests.adapters.exchange.sandbox_server import ANNA, Nobody, Server, add, listed, persons, removal, update, written


def ids(pages: list[Page]) -> list[ItemId]:
    return [one.id for page in pages for one in page.sightings if not one.gone]


def fill(store: Store, count: int) -> set[ItemId]:
    return {item.id for item in add(store, *persons(count))}


def test_an_empty_folder_lists_one_empty_page(server: Server) -> None:
    [page] = listed(server.store())
    assert (page.sightings, page.inventory, page.suspect, page.last) == ((), True, False, True)


def test_a_first_list_is_an_inventory_and_the_next_one_tells_changes_only(server: Server) -> None:
    store = server.store()
    kept, edited, gone = add(store, *persons(3))
    [first] = listed(store)
    assert {(one.id, one.version) for one in first.sightings} == {(i.id, i.version) for i in (kept, edited, gone)}
    after = written(next(iter(store.write([update(edited, persons(4)[3])]))))
    list(store.write([removal(gone)]))
    [second] = listed(store, first.cursor)
    assert not second.inventory
    assert set(second.sightings) == {Sighting(edited.id, after.version), Sighting(gone.id, gone=True)}
    [third] = listed(store, second.cursor)
    assert third.sightings == ()


def test_each_page_is_a_place_to_continue_and_an_inventory_stays_one(server: Server) -> None:
    store = server.store()
    everything = fill(store, MOST_CHANGES + 100)
    [first] = itertools.islice(store.changes(None, Nobody()), 1)
    assert (len(first.sightings), first.inventory, first.last) == (MOST_CHANGES, True, False)
    [rest] = listed(server.store(), first.cursor)
    assert (len(rest.sightings), rest.inventory, rest.last) == (100, True, True)
    assert set(ids([first, rest])) == everything
    assert not listed(store, rest.cursor)[0].inventory


def test_a_page_that_was_asked_for_ahead_is_not_asked_for_again(server: Server) -> None:
    store = server.store()
    everything = fill(store, 3)
    store.look_ahead(None)
    fill(store, 1)
    [first] = listed(store)
    assert set(ids([first])) == everything
    assert first.cursor
    store.look_ahead(first.cursor)
    asked = server.counters["requests"]["SyncFolderItems"]
    assert not store.unchanged(first.cursor, children=False)
    [second] = listed(store, first.cursor)
    assert second.cursor
    assert len(second.sightings) == 1
    assert server.counters["requests"]["SyncFolderItems"] == asked
    assert store.unchanged(second.cursor, children=False)
    assert server.counters["requests"]["SyncFolderItems"] == asked + 1


def test_R42_a_state_that_the_server_refuses_starts_an_inventory(server: Server) -> None:
    store = server.store()
    everything = fill(store, 3)
    [first] = listed(store)
    server.fault("invalid_sync_state", "SyncFolderItems")
    pages = listed(store, first.cursor)
    assert set(ids(pages)) == everything
    assert all(page.inventory and not page.suspect for page in pages)
    assert set(ids(listed(store, "delta//rubbish"))) == everything


def test_R42_a_state_refused_in_the_middle_lists_everything_in_the_end(server: Server) -> None:
    store = server.store()
    everything = fill(store, MOST_CHANGES + 10)
    server.fault("invalid_sync_state", "SyncFolderItems", skip=1)
    pages = listed(store)
    assert set(ids(pages)) == everything
    assert [page.last for page in pages] == [False, False, True]


@pytest.mark.parametrize("kind", ["repeat_page", "duplicate_items"])
def test_R42_a_repeated_page_is_suspect_and_nothing_is_missed(server: Server, kind: str) -> None:
    store = server.store()
    everything = fill(store, MOST_CHANGES + 10)
    server.fault(kind, "SyncFolderItems", skip=1 if kind == "repeat_page" else 0)
    pages = listed(store)
    assert [page.suspect for page in pages].count(True) == 1
    good = [page for page in itertools.dropwhile(lambda page: not page.suspect, pages) if not page.suspect]
    assert set(ids(good)) == everything
    assert all(page.inventory for page in good)
    assert listed(store, pages[-1].cursor)[0].sightings == ()


def test_R42_a_page_of_an_earlier_run_that_comes_again_is_suspect_and_nothing_is_missed(server: Server) -> None:
    store = server.store()
    fill(store, 3)
    [first] = listed(store)
    new = fill(store, 1)
    server.fault("repeat_page", "SyncFolderItems")
    pages = listed(store, first.cursor)
    assert pages[0].suspect
    assert set(ids(pages[1:])) == new | set(ids([first]))
    assert all(page.inventory for page in pages[1:])


def test_R42_a_server_that_keeps_repeating_ends_without_a_position(server: Server) -> None:
    store = server.store()
    fill(store, 5)
    server.fault("duplicate_items", "SyncFolderItems", count=100)
    pages = listed(store)
    assert [(page.suspect, page.cursor, page.last) for page in pages] == [(True, None, False), (True, None, True)]


def test_an_item_that_was_only_touched_is_sighted_at_its_new_version(server: Server) -> None:
    store = server.store()
    [item] = add(store, *persons(1))
    [first] = listed(store)
    touched = server.post("touch", mailbox=ANNA.mailbox, id=item.id)
    [second] = listed(store, first.cursor)
    assert second.sightings == (Sighting(item.id, touched["change_key"]),)
