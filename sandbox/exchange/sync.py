"""SyncFolderItems and SyncFolderHierarchy: changes since a state, newest first, in pages; nothing lost or told twice while the folder changes."""

import base64
import binascii
import json
from dataclasses import dataclass, field

from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.folder_views import folder_shape, render_folder
from sandbox.exchange.fragments import attributes, child, child_text
from sandbox.exchange.shapes import Shape, render, shape_of
from sandbox.exchange.soap import failure, success
from sandbox.exchange.world import Entry, Folder, World

MOST_CHANGES = 512  # SyncFolderItems, MaxChangesReturned

_NO_STATE = "<m:SyncState/>"  # clients read it from errors too: Exchange sends it empty there


@dataclass
class _State:
    """What the client has seen of a folder: all changes up to number `base`, and those in the `seen` ranges above it (ends included).

    Pages go from the newest change to the oldest, so between two pages the unseen changes are *below* the seen ones, and new ones above.
    """

    base: int = 0
    seen: list[list[int]] = field(default_factory=list)

    def has_seen(self, number: int) -> bool:
        return number <= self.base or any(low <= number <= high for low, high in self.seen)

    def knows(self, entry: Entry) -> bool:
        """Whether the client was told of that item at all."""
        return any(self.has_seen(number) for number in entry.numbers)

    def after(self, page: list[tuple[str, Entry]], now: int, *, complete: bool) -> "_State":
        """The state after a page that reached down to its last change."""
        if complete:
            return _State(now)
        low = page[-1][1].numbers[-1]
        return _State(self.base, [part for part in self.seen if part[1] < low] + [[low, now]])

    def packed(self, scope: str) -> str:
        return base64.b64encode(json.dumps([scope, self.base, self.seen]).encode()).decode()


def _unpacked(text: str, scope: str) -> _State:
    """Raises: EwsError ErrorInvalidSyncStateData for garbage, another folder's state or one from before a reset."""
    if not text:
        return _State()
    try:
        found_scope, base, seen = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _invalid_state() from error
    if found_scope != scope:
        raise _invalid_state()
    return _State(base, seen)


def _invalid_state() -> EwsError:
    return EwsError("ErrorInvalidSyncStateData", "The synchronization state data is corrupt or otherwise invalid.")


def _pending(log: dict[str, Entry], state: _State) -> list[tuple[str, Entry]]:
    """Entries the client has not seen in their present form, newest first. What came and went unseen is no change at all."""
    found = []
    for key, entry in reversed(log.items()):
        newest = entry.numbers[-1]
        if newest <= state.base:
            break
        if not state.has_seen(newest) and (not entry.gone or state.knows(entry)):
            found.append((key, entry))
    return found


def sync_items(call: Call) -> list[str]:
    """SyncFolderItems."""
    try:
        return [success("SyncFolderItems", _items_page(call))]
    except EwsError as error:
        return [
            failure("SyncFolderItems", error, f"{_NO_STATE}<m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>")
        ]


def _items_page(call: Call) -> str:
    folder = _sync_folder(call)
    wanted = int(child_text(call.request, "MaxChangesReturned"))
    if not 1 <= wanted <= MOST_CHANGES:
        raise EwsError("ErrorInvalidArgument", f"MaxChangesReturned must be between 1 and {MOST_CHANGES}.")
    if call.told("invalid_sync_state"):
        raise _invalid_state()
    state = _unpacked(child_text(call.request, "SyncState"), _scope(call.world, folder.id))
    ignored = {str(node.get("Id")) for node in call.section("Ignore")}
    pending = [(key, entry) for key, entry in _pending(folder.log, state) if key not in ignored]
    page = pending[:wanted]
    complete = len(page) == len(pending)
    after = state.after(page, folder.mailbox.number, complete=complete)
    shape = shape_of(child(call.request, "ItemShape"), listing=True)
    changes = _as_told(call, folder, [_item_change(folder, key, entry, state, shape) for key, entry in page])
    return (
        f"<m:SyncState>{after.packed(_scope(call.world, folder.id))}</m:SyncState>"
        f"<m:IncludesLastItemInRange>{'true' if complete else 'false'}</m:IncludesLastItemInRange><m:Changes>{changes}</m:Changes>"
    )


def _scope(world: World, folder_id: str) -> str:
    return f"{world.token}/{folder_id}"


def _sync_folder(call: Call) -> Folder:
    try:
        return call.target("SyncFolderId")
    except EwsError as error:
        if error.code == "ErrorFolderNotFound":
            raise EwsError("ErrorSyncFolderNotFound", "The folder to synchronise could not be found.") from error
        raise


def _item_change(folder: Folder, item_id: str, entry: Entry, state: _State, shape: Shape) -> str:
    if entry.gone:
        return f"<t:Delete><t:ItemId{attributes(Id=item_id, ChangeKey=f'EQAAAA{entry.numbers[-1]}')}/></t:Delete>"
    tag = "Update" if state.knows(entry) else "Create"
    return f"<t:{tag}>{render(folder.items[item_id], shape)}</t:{tag}>"


def _as_told(call: Call, folder: Folder, changes: list[str]) -> str:
    """The page as the pending fault wants it: the previous one again, every change twice, or only its first half."""
    if call.told("repeat_page"):
        return folder.last_page
    if call.told("duplicate_items"):
        changes = [change for change in changes for _ in range(2)]
    if call.told("truncated_page"):
        changes = changes[: len(changes) // 2]
    folder.last_page = "".join(changes)
    return folder.last_page


def sync_hierarchy(call: Call) -> list[str]:
    """SyncFolderHierarchy: all changes below a folder (default: the whole mailbox), never in pages."""
    try:
        return [success("SyncFolderHierarchy", _hierarchy(call))]
    except EwsError as error:
        return [
            failure(
                "SyncFolderHierarchy",
                error,
                f"{_NO_STATE}<m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>",
            )
        ]


def _hierarchy(call: Call) -> str:
    named = child(call.request, "SyncFolderId") is not None
    top = _sync_folder(call) if named else call.mailbox(None).distinguished("root")
    mailbox, scope = top.mailbox, _scope(call.world, top.id)
    state = _unpacked(child_text(call.request, "SyncState"), scope)
    shape = folder_shape(child(call.request, "FolderShape"))
    changes = ""
    for folder_id, entry in _pending(mailbox.folder_log, state):
        folder = mailbox.folders.get(folder_id)
        if folder is None:
            changes += f"<t:Delete><t:FolderId{attributes(Id=folder_id)}/></t:Delete>"
        elif folder is not top and folder.is_below(top):
            tag = "Update" if state.knows(entry) else "Create"
            changes += f"<t:{tag}>{render_folder(folder, shape)}</t:{tag}>"
    return (
        f"<m:SyncState>{_State(mailbox.number).packed(scope)}</m:SyncState>"
        f"<m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange><m:Changes>{changes}</m:Changes>"
    )
