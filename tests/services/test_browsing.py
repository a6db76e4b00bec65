"""What an administrator sees of a mailbox's folders before one is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap import opened
from app.domain.sync import Kind
from app.services.browsing import choices
from app.settings import Settings
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox


@pytest.mark.parametrize("kind", list(Kind))
def test_R25_R43_folders_are_there_to_choose_from_and_those_of_others_are_named(
    sandbox: Sandbox, tmp_path: Path, kind: Kind
) -> None:
    anna, account, server = sandbox.person("anna"), sandbox.account("anna"), sandbox.exchange_server
    hand = LibraryExchangeHand(sandbox.ews, anna["mailbox"], anna["mailbox"], anna["mailbox_password"])
    mine, theirs = hand.add_folder(kind, "Wice"), hand.add_folder(kind, "Kunden")
    with opened(migrated(Settings(home=tmp_path))) as product:
        mailbox = product.mailbox(account, server)
        mailbox.mark_folder(theirs, "wice-sync/someone-else/7")
        mailbox.close()
        found = {choice.entry.id: choice for choice in choices(product, account, server, kind)}
    first = next(iter(found.values()))
    assert (first.entry.wish, first.can_be_chosen, first.is_ours) == ("default", True, False)
    assert (found[mine].entry.wish, found[mine].can_be_chosen, found[mine].is_ours) == ("Wice", True, True)
    assert found[theirs].owner == "another installation of wice-sync"
    assert not found[theirs].can_be_chosen
