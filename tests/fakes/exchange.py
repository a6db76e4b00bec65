"""An Exchange organisation in memory: mailboxes, folders, items, and what people do in Outlook.

`FakeExchange.open_mailbox(mailbox)` gives the `Mailbox` port (tests/fakes/exchange_mailbox.py). Folders and items are immutable values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.sync import Kind, Obstacle
from app.ports import Folder
from tests.fakes.faults import Faults
from tests.fakes.lossy import exchange_appointment, exchange_contact

if TYPE_CHECKING:
    from tests.fakes.exchange_mailbox import FakeMailbox

STANDARD = {Kind.CONTACTS: ("Contacts", "Kontakte"), Kind.APPOINTMENTS: ("Calendar", "Kalender")}
"""Name of a kind's standard folder in the protocol, and as this mailbox shows it."""
BIN = "deleteditems"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFolder:
    """`parent` "" is the mailbox's root. `standard`: its name in the protocol."""

    id: str
    mailbox: str
    kind: Kind | None
    name: str
    parent: str = ""
    standard: str = ""
    marker: str = ""

    def as_port(self) -> Folder:
        return Folder(self.id, self.name, self.marker)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """`stamp` travels with copies and moves, as every extended property does; `unmapped`: all other properties."""

    id: ItemId
    version: Version
    folder: str
    record: Record
    stamp: str = ""
    obstacle: Obstacle | None = None
    declined: bool = False
    unmapped: Mapping[str, str] = field(default_factory=dict)


class FakeExchange:
    """Items by id. `events[folder]` maps an item id to (number, gone), the newest event last: what SyncFolderItems tells."""

    def __init__(self, mailboxes: Iterable[str] = ("anna@example.com", "bernd@example.com")) -> None:
        self.faults = Faults()
        self.folders: dict[str, StoredFolder] = {}
        self.items: dict[ItemId, StoredItem] = {}
        self.events: dict[str, dict[ItemId, tuple[int, bool]]] = {}
        self.era = 0
        self.refused_mailboxes: set[str] = set()
        self.failed_logins: Counter[str] = Counter()
        self.requests = 0
        self.writes = 0
        self.mails = 0
        self._made = 0
        self.mailboxes = frozenset(mailboxes)
        for mailbox in sorted(self.mailboxes):
            self._furnish(mailbox)

    def open_mailbox(self, mailbox: str, unmapped: frozenset[str] = frozenset({"notes"})) -> FakeMailbox:
        """`unmapped`: fields of a contact that the other side cannot store, so that they are neither read nor written."""
        from tests.fakes.exchange_mailbox import FakeMailbox

        return FakeMailbox(self, mailbox, unmapped)

    # What both Outlook and the protocol do.

    def number(self) -> int:
        """The next number; ids, change keys and events are never used twice."""
        self._made += 1
        return self._made

    def insert(self, folder: str, record: Record, **properties: object) -> ItemId:
        if isinstance(record, Appointment) and not record.uid:
            record = replace(record, uid=f"uid-{self.number()}")
        made = ItemId(f"item-{self.number()}")
        self._put(StoredItem(id=made, version=self._version(), folder=folder, record=record, **properties))  # type: ignore[arg-type] # properties of StoredItem
        return made

    def save(self, item: StoredItem) -> None:
        """Store a changed item: its change key moves."""
        self._put(replace(item, version=self._version()))

    def bin_item(self, item: ItemId) -> ItemId:
        """DeleteItem with MoveToDeletedItems: the item has another id there."""
        mailbox = self.folders[self.items[item].folder].mailbox
        return self.move(item, self.standard(mailbox, BIN))

    def standard(self, mailbox: str, name: str) -> str:
        """Id of a distinguished folder."""
        return next(f.id for f in self.folders.values() if (f.mailbox, f.standard) == (mailbox, name))

    def is_binned(self, folder: str) -> bool:
        """Whether a folder is, or lies in, Deleted Items."""
        while folder:
            stored = self.folders[folder]
            if stored.standard == BIN:
                return True
            folder = stored.parent
        return False

    def _furnish(self, mailbox: str) -> None:
        for kind, (standard, name) in STANDARD.items():
            self._make_folder(mailbox=mailbox, kind=kind, name=name, standard=standard)
        self._make_folder(mailbox=mailbox, kind=None, name="Gelöschte Elemente", standard=BIN)

    def _make_folder(self, **properties: object) -> str:
        made = f"folder-{self.number()}"
        self.folders[made] = StoredFolder(id=made, **properties)  # type: ignore[arg-type] # properties of StoredFolder
        self.events[made] = {}
        return made

    def _version(self) -> Version:
        return Version(f"ck-{self.number()}")

    def _put(self, item: StoredItem) -> None:
        self.items[item.id] = item
        self._happened(item.folder, item.id, gone=False)

    def _drop(self, item: ItemId) -> StoredItem:
        stored = self.items.pop(item)
        self._happened(stored.folder, item, gone=True)
        return stored

    def _happened(self, folder: str, item: ItemId, *, gone: bool) -> None:
        events = self.events[folder]
        events.pop(item, None)
        events[item] = (self.number(), gone)

    # The person's hand.

    def add_folder(self, mailbox: str, kind: Kind, name: str, parent: str | None = None, marker: str = "") -> str:
        """Below `parent` (an id; "" is the root), by default below the kind's standard folder."""
        above = self.standard(mailbox, STANDARD[kind][0]) if parent is None else parent
        return self._make_folder(mailbox=mailbox, kind=kind, name=name, parent=above, marker=marker)

    def rename_folder(self, folder: str, name: str) -> None:
        self.folders[folder] = replace(self.folders[folder], name=name)

    def bin_folder(self, folder: str) -> None:
        stored = self.folders[folder]
        self.folders[folder] = replace(stored, parent=self.standard(stored.mailbox, BIN))

    def destroy_folder(self, folder: str) -> None:
        """For good, with all that lies in it."""
        for item in self.contents(folder):
            del self.items[item]
        del self.folders[folder], self.events[folder]

    def add(self, folder: str, record: Record, **unmapped: str) -> ItemId:
        """A new item, made in Outlook. A meeting's attendees are the record's participants."""
        return self.insert(folder, self._own(record), unmapped=unmapped)

    def edit(self, item: ItemId, **fields: object) -> None:
        stored = self.items[item]
        self.save(replace(stored, record=self._own(replace(stored.record, **fields))))  # type: ignore[arg-type] # fields of the record

    def edit_unmapped(self, item: ItemId, **properties: str) -> None:
        """Categories, a photo, a follow-up flag, ...: the change key moves all the same."""
        stored = self.items[item]
        self.save(replace(stored, unmapped={**stored.unmapped, **properties}))

    def touch(self, item: ItemId) -> None:
        """Move the change key without a change, as a read flag does."""
        self.save(self.items[item])

    def delete(self, item: ItemId) -> ItemId:
        """Into Deleted Items; returns the id there."""
        return self.bin_item(item)

    def purge(self, item: ItemId) -> None:
        """For good (Shift + Delete)."""
        self._drop(item)

    def move(self, item: ItemId, folder: str) -> ItemId:
        """The item has another id in the new folder, as in Exchange; its stamp and all properties travel along."""
        stored = self._drop(item)
        moved = ItemId(f"item-{self.number()}")
        self._put(replace(stored, id=moved, folder=folder, version=self._version()))
        return moved

    def copy(self, item: ItemId, folder: str | None = None) -> ItemId:
        """A copy carries the stamp of its original (R24); a copied meeting even its UID."""
        stored = self.items[item]
        copied = ItemId(f"item-{self.number()}")
        self._put(replace(stored, id=copied, folder=folder or stored.folder, version=self._version()))
        return copied

    def obstruct(self, item: ItemId, obstacle: Obstacle | None) -> None:
        """Make an item one that cannot be synchronised (a distribution list, a series, broken), or readable again."""
        self.save(replace(self.items[item], obstacle=obstacle))

    def answer(self, item: ItemId, *, declined: bool) -> None:
        """Decline an invitation, whose copy stays in the calendar, or accept it after all."""
        self.save(replace(self.items[item], declined=declined))

    def unmapped(self, item: ItemId) -> tuple[str, ...]:
        """What stands in properties that are not synchronised."""
        return tuple(self.items[item].unmapped.values())

    def contents(self, folder: str) -> list[ItemId]:
        return [item.id for item in self.items.values() if item.folder == folder]

    def deleted_items(self, mailbox: str) -> list[ItemId]:
        return self.contents(self.standard(mailbox, BIN))

    def _own(self, record: Record) -> Record:
        if isinstance(record, Contact):
            return exchange_contact(record)
        return exchange_appointment(record, record.participants)
