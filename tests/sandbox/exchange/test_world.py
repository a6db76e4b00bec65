"""Ids are never given twice, and every change leaves its mark in the folder's log."""

from sandbox.exchange.folders import furnish
from sandbox.exchange.world import Item, Mailbox, World


def mailbox() -> Mailbox:
    made = Mailbox("anna@example.com", "Anna Albrecht", World())
    furnish(made)
    return made


def test_ids_and_change_keys_are_unique_and_look_like_exchanges() -> None:
    box = mailbox()
    ids = {box.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(one) for one in ids} == {152}
    assert len({box.new_change_key() for _ in range(1000)}) == 1000


def test_the_log_keeps_every_number_and_the_newest_change_last() -> None:
    box = mailbox()
    folder = box.distinguished("contacts")
    first, second = (box.place(Item("", "Contact", folder, {}), folder) for _ in range(2))
    box.touch(first)
    assert list(folder.log) == [second.id, first.id]
    assert len(folder.log[first.id].numbers) == 2
    box.remove(first)
    assert folder.log[first.id].gone
    assert first.id not in box.world.items
