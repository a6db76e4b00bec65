"""SyncFolderItems and SyncFolderHierarchy: newest first, in pages, nothing lost or told twice; states, faults."""

import random
from typing import Any

import pytest
from exchangelib import Account, Contact
from exchangelib.errors import ErrorInvalidSyncStateData, ErrorSyncFolderNotFound
from exchangelib.folders import BaseFolder, Contacts
from exchangelib.services import SyncFolderItems

from tests.sandbox.exchange.conftest import Exchange

Change = tuple[str, str]


def page(
    account: Account, folder: BaseFolder, state: str | None, most: int = 512, **more: Any
) -> tuple[list[Change], str, bool]:
    """One page: its changes as (type, item id), the new state, and whether it was the last."""
    service = SyncFolderItems(account=account)
    given = {"shape": "IdOnly", "additional_fields": None, "ignore": None, "sync_scope": None} | more
    changes = list(service.call(folder=folder, sync_state=state, max_changes_returned=most, **given))
    return (
        [(kind, item.id) for kind, item in changes],
        str(service.sync_state),
        bool(service.includes_last_item_in_range),
    )


def contact(folder: BaseFolder, name: str) -> Any:
    return Contact(folder=folder, display_name=name).save()


def test_pages_go_from_the_newest_to_the_oldest(anna: Account, contacts: BaseFolder) -> None:
    ids = [contact(contacts, str(number)).id for number in range(5)]
    first, state, last = page(anna, contacts, None, 3)
    assert (first, last) == ([("create", one) for one in reversed(ids[2:])], False)
    second, state, last = page(anna, contacts, state, 3)
    assert (second, last) == ([("create", one) for one in reversed(ids[:2])], True)
    assert page(anna, contacts, state) == ([], state, True)


def test_creates_updates_and_deletes_are_told_once_own_writes_too(
    anna: Account, contacts: BaseFolder, exchange: Exchange
) -> None:
    kept, gone, moved = (contact(contacts, name) for name in ("kept", "gone", "moved"))
    _, state, _ = page(anna, contacts, None)
    gone_id, moved_id = gone.id, moved.id
    exchange.post("touch", mailbox="anna@example.com", id=kept.id)
    gone.delete()
    moved.move(anna.trash)
    fleeting = contact(contacts, "fleeting")
    new = contact(contacts, "new")
    fleeting.delete()

    changes, after, last = page(anna, contacts, state)

    assert sorted(changes) == sorted(
        [("update", kept.id), ("delete", gone_id), ("delete", moved_id), ("create", new.id)]
    )
    assert last
    assert page(anna, contacts, after)[0] == []
    assert page(anna, contacts, state)[0] == changes  # an older state stays good


@pytest.mark.parametrize("seed", range(8))
def test_no_change_is_lost_or_told_twice_while_the_folder_changes_between_pages(
    exchange: Exchange, anna: Account, seed: int
) -> None:
    """What the client believes after any number of pages equals the folder, and no item is created twice or deleted unknown."""
    rng, folder = random.Random(seed), anna.contacts
    believed: dict[str, str] = {}
    state: str | None = None
    alive = [contact(folder, str(number)) for number in range(6)]
    for step in range(25):
        for _ in range(rng.randrange(3)):
            victim = rng.choice(alive) if alive else None
            if victim is None or rng.random() < 0.4:
                alive.append(contact(folder, f"new {step}"))
            elif rng.random() < 0.5:
                alive.remove(victim)
                victim.delete()
            else:
                exchange.post("touch", mailbox="anna@example.com", id=victim.id)
        state = apply(anna, folder, state, believed, rng.randrange(1, 4))
    while True:
        before = state
        state = apply(anna, folder, state, believed, 2)
        if state == before:
            break
    assert believed == {item["id"]: item["change_key"] for item in exchange.items("contacts")}


def apply(account: Account, folder: BaseFolder, state: str | None, believed: dict[str, str], most: int) -> str:
    service = SyncFolderItems(account=account)
    for kind, item in service.call(
        folder=folder,
        shape="IdOnly",
        additional_fields=None,
        sync_state=state,
        ignore=None,
        max_changes_returned=most,
        sync_scope=None,
    ):
        assert (kind == "create") == (item.id not in believed), (
            f"{kind} of an item that was {'known' if item.id in believed else 'unknown'}"
        )
        if kind == "delete":
            del believed[item.id]
        else:
            believed[item.id] = item.changekey
    return str(service.sync_state)


def test_ignored_items_are_left_out(anna: Account, contacts: BaseFolder) -> None:
    ignored, told = contact(contacts, "ignored"), contact(contacts, "told")
    changes, _, _ = page(anna, contacts, None, ignore=[(ignored.id, ignored.changekey)])
    assert changes == [("create", told.id)]


def test_bodies_never_come_with_a_sync(anna: Account, contacts: BaseFolder) -> None:
    Contact(folder=contacts, display_name="Eva", body="geheim", job_title="Einkauf").save()
    ((_, item),) = contacts.sync_items(only_fields=["body", "job_title"])
    assert (item.job_title, item.body) == ("Einkauf", None)


@pytest.mark.parametrize("most", [0, 513])
def test_more_than_512_changes_cannot_be_asked_for(exchange: Exchange, contacts: BaseFolder, most: int) -> None:
    answer = exchange.soap(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>"
        f'<t:FolderId Id="{contacts.id}"/></m:SyncFolderId><m:MaxChangesReturned>{most}</m:MaxChangesReturned></m:SyncFolderItems>'
    )
    assert "ErrorInvalidArgument" in answer.text or "ErrorSchemaValidation" in answer.text


def test_a_state_of_garbage_of_another_folder_or_of_before_a_reset_is_refused_R42(
    exchange: Exchange, anna: Account
) -> None:
    _, state, _ = page(anna, anna.contacts, None)
    for folder, bad in ((anna.contacts, "garbage"), (anna.calendar, state)):
        with pytest.raises(ErrorInvalidSyncStateData):
            page(anna, folder, bad)
    exchange.post("reset", seed="empty", people=3)
    with pytest.raises(ErrorInvalidSyncStateData):
        page(exchange.account(), exchange.account().contacts, state)


def test_a_state_is_refused_when_told_so_R42(exchange: Exchange, anna: Account) -> None:
    exchange.fault("invalid_sync_state", "SyncFolderItems")
    with pytest.raises(ErrorInvalidSyncStateData):
        page(anna, anna.contacts, None)


def test_a_vanished_folder_is_an_error_of_its_own_R26(anna: Account, contacts: BaseFolder) -> None:
    folder = Contacts(parent=contacts, name="Wice").save()
    known = Contacts(root=anna.root, id=folder.id, changekey=folder.changekey)
    folder.delete()
    with pytest.raises(ErrorSyncFolderNotFound):
        page(anna, known, None)


def test_a_repeated_page_comes_with_the_new_state_R42(exchange: Exchange, anna: Account, contacts: BaseFolder) -> None:
    first = contact(contacts, "eins")
    changes, state, _ = page(anna, contacts, None)
    second = contact(contacts, "zwei")
    exchange.fault("repeat_page", "SyncFolderItems")
    repeated, state, _ = page(anna, contacts, state)
    assert repeated == changes == [("create", first.id)]
    assert page(anna, contacts, state)[0] == []
    assert second.id in {item["id"] for item in exchange.items("contacts")}


def test_each_change_is_listed_twice_when_told_so_R42(exchange: Exchange, anna: Account, contacts: BaseFolder) -> None:
    one = contact(contacts, "eins")
    exchange.fault("duplicate_items", "SyncFolderItems")
    assert page(anna, contacts, None)[0] == [("create", one.id)] * 2


def test_a_truncated_page_leaves_out_its_second_half_R29(
    exchange: Exchange, anna: Account, contacts: BaseFolder
) -> None:
    for number in range(4):
        contact(contacts, str(number))
    exchange.fault("truncated_page", "SyncFolderItems")
    assert len(page(anna, contacts, None)[0]) == 2


def test_the_hierarchy_tells_new_renamed_and_deleted_folders(anna: Account, contacts: BaseFolder) -> None:
    root = anna.root
    list(root.sync_hierarchy())
    folder = Contacts(parent=contacts, name="Wice").save()
    assert [(kind, one.name) for kind, one in root.sync_hierarchy()] == [("create", "Wice")]
    folder.name = "Kunden"
    folder.save(update_fields=["name"])
    assert [(kind, one.name) for kind, one in root.sync_hierarchy()] == [("update", "Kunden")]
    folder.delete()
    assert [kind for kind, _ in root.sync_hierarchy()] == ["delete"]
