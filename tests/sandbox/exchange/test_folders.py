"""Folders through exchangelib: by well-known name, by id, renamed, moved, deleted, marked."""

from typing import Any

import pytest
from exchangelib import Account, Contact, ExtendedProperty
from exchangelib.errors import ErrorDeleteDistinguishedFolder, ErrorFolderExists, ErrorFolderNotFound
from exchangelib.folders import BaseFolder, Calendar, Contacts, Folder
from exchangelib.services import GetFolder

from tests.sandbox.exchange.conftest import Exchange


class Marker(ExtendedProperty):
    property_set_id: Any = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name: Any = "WiceSyncTestFolderMarker"
    property_type: Any = "String"


def test_a_mailbox_has_german_folder_names_and_well_known_ones(anna: Account) -> None:
    assert [folder.name for folder in (anna.contacts, anna.calendar, anna.trash, anna.inbox)] == [
        "Kontakte",
        "Kalender",
        "Gelöschte Elemente",
        "Posteingang",
    ]


def test_a_folder_keeps_its_id_when_renamed_or_moved_R26(
    exchange: Exchange, anna: Account, contacts: BaseFolder
) -> None:
    folder = Contacts(parent=contacts, name="Wice").save()
    first_id = folder.id
    folder.name = "Kunden"
    folder.save(update_fields=["name"])
    folder.move(anna.inbox)
    by_id = {one["id"]: one["path"] for one in exchange.get("mailboxes/anna@example.com/folders")}
    assert by_id[first_id] == "inbox/Kunden"


def test_a_folder_deleted_as_outlook_does_lies_in_deleted_items_under_the_same_id_R26(
    exchange: Exchange, anna: Account
) -> None:
    folder = Calendar(parent=anna.calendar, name="Wice").save()
    exchange.soap(
        f'<m:DeleteFolder DeleteType="MoveToDeletedItems"><m:FolderIds><t:FolderId Id="{folder.id}"/></m:FolderIds></m:DeleteFolder>'
    )
    by_id = {one["id"]: one["path"] for one in exchange.get("mailboxes/anna@example.com/folders")}
    assert by_id[folder.id] == "deleteditems/Wice"


def test_a_folder_deleted_for_good_takes_its_items_along(
    exchange: Exchange, anna: Account, contacts: BaseFolder
) -> None:
    folder = Contacts(parent=contacts, name="Wice").save()
    item = Contact(folder=folder, display_name="Eva").save()
    folder_id, item_id = folder.id, (item.id, item.changekey)
    folder.delete()
    assert folder_id not in {one["id"] for one in exchange.get("mailboxes/anna@example.com/folders")}
    assert [type(one).__name__ for one in anna.fetch([item_id])] == ["ErrorItemNotFound"]


def test_names_are_unique_among_siblings_whatever_their_case(contacts: BaseFolder) -> None:
    Contacts(parent=contacts, name="Wice").save()
    with pytest.raises(ErrorFolderExists):
        Contacts(parent=contacts, name="WICE").save()


def test_well_known_folders_stay(anna: Account) -> None:
    with pytest.raises(ErrorDeleteDistinguishedFolder):
        anna.contacts.delete()


def test_an_unknown_folder_is_not_found(anna: Account, contacts: BaseFolder) -> None:
    unknown = Contacts(root=anna.root, id=contacts.id[:-4] + "AAAA", changekey="x")
    (answer,) = GetFolder(account=anna).call(folders=[unknown], additional_fields=[], shape="IdOnly")
    assert isinstance(answer, ErrorFolderNotFound)


def test_folders_carry_extended_properties_R43(exchange: Exchange, contacts: BaseFolder) -> None:
    Folder.register("marker", Marker)
    try:
        folder = Contacts(parent=contacts, name="Wice").save()
        folder.marker = "installation-1"
        folder.save(update_fields=["marker"])
        folder.refresh()
        assert folder.marker == "installation-1"
        folder.marker = None
        folder.save(update_fields=["marker"])
        folder.refresh()
        assert folder.marker is None
    finally:
        Folder.deregister("marker")
