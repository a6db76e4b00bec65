"""GetFolder, FindFolder, CreateFolder, UpdateFolder, MoveFolder, DeleteFolder. A folder keeps its id when it is renamed or moved (R26)."""

from lxml.etree import _Element as Element

from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.folder_views import FolderShape, folder_shape, render_folder
from sandbox.exchange.fragments import child, child_text, children, local
from sandbox.exchange.paths import first_path, is_extended
from sandbox.exchange.properties import extended_property
from sandbox.exchange.restrictions import folder_matches
from sandbox.exchange.world import Folder, Mailbox

NO_FOLDERS = "<m:Folders/>"

_CLASSES = {
    "ContactsFolder": "IPF.Contact",
    "CalendarFolder": "IPF.Appointment",
    "TasksFolder": "IPF.Task",
    "Folder": "IPF.Note",
}
_ID_ONLY = FolderShape("IdOnly", ())

STANDARD = (
    ("msgfolderroot", "Oberste Ebene des Informationsspeichers", "IPF.Note", "root"),
    ("inbox", "Posteingang", "IPF.Note", "msgfolderroot"),
    ("drafts", "Entwürfe", "IPF.Note", "msgfolderroot"),
    ("sentitems", "Gesendete Elemente", "IPF.Note", "msgfolderroot"),
    ("outbox", "Postausgang", "IPF.Note", "msgfolderroot"),
    ("deleteditems", "Gelöschte Elemente", "IPF.Note", "msgfolderroot"),
    ("junkemail", "Junk-E-Mail", "IPF.Note", "msgfolderroot"),
    ("calendar", "Kalender", "IPF.Appointment", "msgfolderroot"),
    ("contacts", "Kontakte", "IPF.Contact", "msgfolderroot"),
    ("tasks", "Aufgaben", "IPF.Task", "msgfolderroot"),
    ("notes", "Notizen", "IPF.StickyNote", "msgfolderroot"),
    ("journal", "Journal", "IPF.Journal", "msgfolderroot"),
    ("recoverableitemsroot", "Recoverable Items", "IPF.Note", "root"),
    ("recoverableitemsdeletions", "Deletions", "IPF.Note", "recoverableitemsroot"),
)
"""Distinguished name, display name as a German mailbox has it, class, parent."""


def furnish(mailbox: Mailbox) -> None:
    """Give a new mailbox its standard folders."""
    made = {"root": mailbox.add_folder(None, "root", "IPF.Note", "root")}
    for distinguished, name, folder_class, parent in STANDARD:
        made[distinguished] = mailbox.add_folder(made[parent], name, folder_class, distinguished)


def get(call: Call) -> list[str]:
    """GetFolder."""
    shape = folder_shape(child(call.request, "FolderShape"))
    return call.each(
        call.section("FolderIds"),
        lambda node: f"<m:Folders>{render_folder(call.folder(node), shape)}</m:Folders>",
        NO_FOLDERS,
    )


def find(call: Call) -> list[str]:
    """FindFolder, Shallow or Deep, with a restriction on folder fields or extended properties."""
    shape = folder_shape(child(call.request, "FolderShape"))
    restriction = child(call.request, "Restriction")

    def one(node: Element) -> str:
        found = _below(call.folder(node), deep=call.request.get("Traversal") == "Deep")
        if restriction is not None:
            found = [folder for folder in found if folder_matches(folder, restriction)]
        folders = "".join(render_folder(folder, shape) for folder in found)
        return (
            f'<m:RootFolder TotalItemsInView="{len(found)}" IncludesLastItemInRange="true" IndexedPagingOffset="{len(found)}">'
            f"<t:Folders>{folders}</t:Folders></m:RootFolder>"
        )

    return call.each(call.section("ParentFolderIds"), one)


def _below(folder: Folder, *, deep: bool) -> list[Folder]:
    found = folder.children()
    return [one for part in found for one in (part, *_below(part, deep=True))] if deep else found


def create(call: Call) -> list[str]:
    """CreateFolder."""

    def one(node: Element) -> str:
        parent = call.target("ParentFolderId")
        name = child_text(node, "DisplayName")
        _refuse_double(parent, name)
        folder = parent.mailbox.add_folder(parent, name, child_text(node, "FolderClass") or _CLASSES[local(node)])
        folder.properties.update(
            extended_property(given) for given in children(node) if local(given) == "ExtendedProperty"
        )
        call.counters.writes += 1
        return f"<m:Folders>{render_folder(folder, _ID_ONLY)}</m:Folders>"

    return call.each(call.section("Folders"), one, NO_FOLDERS)


def _refuse_double(parent: Folder, name: str) -> None:
    if not name:
        raise EwsError("ErrorFolderSavePropertyError", "A folder needs a display name.")
    if any(folder.name.casefold() == name.casefold() for folder in parent.children()):
        raise EwsError("ErrorFolderExists", "A folder with the specified name already exists.")


def update(call: Call) -> list[str]:
    """UpdateFolder: the name and extended properties may change."""

    def one(change: Element) -> str:
        folder = call.folder(children(change)[0])
        for update_ in children(child(change, "Updates")):
            _update(folder, update_)
        folder.mailbox.folder_changed(folder)
        call.counters.writes += 1
        return f"<m:Folders>{render_folder(folder, _ID_ONLY)}</m:Folders>"

    return call.each(call.section("FolderChanges"), one, NO_FOLDERS)


def _update(folder: Folder, change: Element) -> None:
    key = first_path(change).key
    given = children(change)[1:]
    value = children(given[0])[0] if given and children(given[0]) else None
    if key == "folder:DisplayName" and value is not None and folder.parent:
        if (value.text or "").casefold() != folder.name.casefold():
            _refuse_double(folder.parent, value.text or "")
        folder.name = value.text or ""
    elif is_extended(key) and value is not None:
        folder.properties.update([extended_property(value)])
    elif is_extended(key):
        folder.properties.pop(key, None)
    else:
        raise EwsError("ErrorInvalidPropertySet", f"Set action is invalid for property {key}.")


def move(call: Call) -> list[str]:
    """MoveFolder."""

    def one(node: Element) -> str:
        folder = call.folder(node)
        _refuse_distinguished(folder, "ErrorMoveDistinguishedFolder")
        _moved(folder, call.target("ToFolderId"))
        call.counters.writes += 1
        return f"<m:Folders>{render_folder(folder, _ID_ONLY)}</m:Folders>"

    return call.each(call.section("FolderIds"), one, NO_FOLDERS)


def _refuse_distinguished(folder: Folder, code: str) -> None:
    if folder.distinguished:
        raise EwsError(code, "Distinguished folders cannot be moved or deleted.")


def _moved(folder: Folder, parent: Folder) -> None:
    if parent.is_below(folder):
        raise EwsError("ErrorMoveCopyFailed", "A folder cannot be moved below itself.")
    _refuse_double(parent, folder.name)
    folder.parent = parent
    folder.mailbox.folder_changed(folder)


def delete(call: Call) -> list[str]:
    """DeleteFolder: into Deleted Items, where it keeps its id, or for good."""

    def one(node: Element) -> str:
        folder = call.folder(node)
        _refuse_distinguished(folder, "ErrorDeleteDistinguishedFolder")
        bin_ = folder.mailbox.distinguished("deleteditems")
        if call.request.get("DeleteType") == "MoveToDeletedItems" and not folder.is_below(bin_):
            _bin(folder, bin_)
        else:
            destroy(folder)
        call.counters.writes += 1
        return ""

    return call.each(call.section("FolderIds"), one)


def _bin(folder: Folder, bin_: Folder) -> None:
    """Deleted Items may hold several folders of one name: later ones get a number."""
    taken, name, number = {other.name for other in bin_.children()}, folder.name, 1
    while folder.name in taken:
        folder.name = f"{name}{number}"
        number += 1
    _moved(folder, bin_)


def destroy(folder: Folder) -> None:
    """Remove a folder for good, with all below it."""
    for below in folder.children():
        destroy(below)
    for item in list(folder.items.values()):
        folder.mailbox.remove(item)
    folder.mailbox.folder_changed(folder, gone=True)
