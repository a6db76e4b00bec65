"""Mailboxes, folders, items and what changed in them when. In memory; one `World` per server process and reset.

Every change draws the mailbox's next sequence number. A folder's log keeps, per item that ever lay in it, all numbers of its changes, newest
item last: that is all SyncFolderItems needs.
"""

import asyncio
import base64
import hashlib
import struct
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from sandbox.exchange.bodies import Body
from sandbox.exchange.errors import EwsError


class Property(NamedTuple):
    """A stored property: the XML to return (the value only, for an extended property) and its text for comparisons."""

    xml: str
    text: str


Properties = dict[str, Property]


class Attachment(NamedTuple):
    """A file at an item: as GetItem lists it, and as GetAttachment delivers it, with its content."""

    summary: str
    full: str


@dataclass
class Entry:
    """An item's history in one folder: the numbers of its changes, the first one being its arrival."""

    numbers: list[int]
    gone: bool = False


class Change(NamedTuple):
    """A notification: the event as EWS names it, the item with its change key, and the folder that it lies in or left."""

    event: str
    item: str
    version: str
    folder: str


@dataclass(eq=False)
class Subscription:
    """Who wants to hear of which changes of a mailbox; without `folders` of all. `waiting` is what nobody has heard of yet."""

    mailbox: "Mailbox"
    folders: frozenset[str]
    events: frozenset[str]
    id: str = field(default_factory=lambda: base64.b64encode(uuid.uuid4().bytes).decode())
    waiting: list[Change] = field(default_factory=list)

    def take(self) -> list[Change]:
        taken, self.waiting = self.waiting, []
        return taken


@dataclass(eq=False)
class Item:
    """An item as stored. `properties` is keyed by field URI; entries and extended properties have keys of their own (paths.py).

    A recurring master keeps its changed occurrences as `exceptions`, by their number; an occurrence knows its `master` and when the pattern
    would have had it start.
    """

    id: str
    kind: str
    folder: "Folder"
    properties: Properties
    body: Body | None = None
    change_key: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachments: dict[str, Attachment] = field(default_factory=dict)
    exceptions: "dict[int, Item]" = field(default_factory=dict)
    deleted_occurrences: set[int] = field(default_factory=set)
    master: "Item | None" = None
    original_start: datetime | None = None
    invitations_sent: bool = False
    rendered: dict[object, str] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The text of a stored property; empty where there is none."""
        found = self.properties.get(key)
        return found.text if found else ""


@dataclass(eq=False)
class Folder:
    """A folder. `distinguished` is its well-known name, for example "contacts"."""

    id: str
    name: str
    folder_class: str
    mailbox: "Mailbox"
    parent: "Folder | None"
    distinguished: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    log: dict[str, Entry] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    change_key: str = ""
    last_page: str = ""

    def record(self, item_id: str, *, gone: bool = False) -> None:
        """Note a change of an item, so that the next sync reports it."""
        event = "DeletedEvent" if gone else "ModifiedEvent" if item_id in self.log else "CreatedEvent"
        entry = self.log.pop(item_id, None) or Entry([])
        entry.numbers.append(self.mailbox.next_number())
        entry.gone = gone
        self.log[item_id] = entry
        version = "" if gone else self.items[item_id].change_key
        self.mailbox.world.notify(self.mailbox, Change(event, item_id, version or "EQ", self.id))

    def children(self) -> list["Folder"]:
        return [folder for folder in self.mailbox.folders.values() if folder.parent is self]

    def is_below(self, other: "Folder") -> bool:
        """Whether `other` is this folder or one above it."""
        folder: Folder | None = self
        while folder is not None and folder is not other:
            folder = folder.parent
        return folder is other


@dataclass(eq=False)
class Mailbox:
    """A person's mailbox. `delegates` are logins that may open it beside its owner and the service account."""

    address: str
    owner: str
    world: "World"
    folders: dict[str, Folder] = field(default_factory=dict)
    folder_log: dict[str, Entry] = field(default_factory=dict)
    delegates: set[str] = field(default_factory=set)
    number: int = 0

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def new_id(self) -> str:
        """An id like Exchange's: 152 characters of base64 that say nothing, never given twice."""
        seed = f"{self.address}|{self.next_number()}".encode()
        digest = b"".join(hashlib.sha256(seed + bytes([part])).digest() for part in range(4))
        return "AAMk" + base64.b64encode(digest[:111]).decode()

    def new_change_key(self) -> str:
        return "EQAAABYAAAB" + base64.b64encode(struct.pack(">QI", self.next_number(), 0xB0B)).decode().rstrip("=")

    def distinguished(self, name: str) -> Folder:
        """Raises: EwsError ErrorFolderNotFound."""
        found = next((folder for folder in self.folders.values() if folder.distinguished == name), None)
        if found is None:
            raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")
        return found

    def add_folder(
        self, parent: Folder | None, name: str, folder_class: str, distinguished: str | None = None
    ) -> Folder:
        folder = Folder(self.new_id(), name, folder_class, self, parent, distinguished)
        self.folders[folder.id] = self.world.folders[folder.id] = folder
        self.folder_changed(folder)
        return folder

    def folder_changed(self, folder: Folder, *, gone: bool = False) -> None:
        folder.change_key = self.new_change_key()
        entry = self.folder_log.pop(folder.id, None) or Entry([])
        entry.numbers.append(self.next_number())
        entry.gone = gone
        self.folder_log[folder.id] = entry
        if gone:
            del self.folders[folder.id], self.world.folders[folder.id]

    def place(self, item: Item, folder: Folder) -> Item:
        """Put a new item, or one that arrives by a move, into `folder` under a new id."""
        item.id, item.folder = self.new_id(), folder
        folder.items[item.id] = self.world.items[item.id] = item
        self.touch(item)
        return item

    def touch(self, item: Item, *, silent: bool = False) -> None:
        """Any change of an item, of its content or not: new change key, and the next sync reports it; unless it is `silent`."""
        if silent:
            item.rendered.clear()
            return
        item.change_key = self.new_change_key()
        item.modified = datetime.now(UTC)
        item.rendered.clear()
        item.folder.record(item.id)

    def remove(self, item: Item) -> None:
        """Take an item out of its folder; the folder's next sync reports the deletion."""
        del item.folder.items[item.id], self.world.items[item.id]
        item.folder.record(item.id, gone=True)


@dataclass(eq=False)
class World:
    """All mailboxes, by address. `token` tells one reset from another: sync states of before are void after it."""

    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    token: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    bells: set[asyncio.Event] = field(default_factory=set)
    cuts: int = 0

    def notify(self, mailbox: Mailbox, change: Change) -> None:
        """Tell those who want to know, and wake the connections on which they wait."""
        for subscription in self.subscriptions.values():
            wanted = subscription.mailbox is mailbox and change.event in subscription.events
            if wanted and (not subscription.folders or change.folder in subscription.folders):
                subscription.waiting.append(change)
        self.ring()

    def ring(self) -> None:
        """Wake all connections."""
        for bell in self.bells:
            bell.set()

    def cut_streams(self, *, forget: bool) -> None:
        """Break all connections; `forget`: their subscriptions are no more, as after a restart of the server."""
        self.cuts += 1
        if forget:
            self.subscriptions.clear()
        self.ring()

    def mailbox(self, address: str) -> Mailbox:
        """Raises: EwsError ErrorNonExistentMailbox."""
        found = self.mailboxes.get(address.casefold())
        if found is None:
            raise EwsError("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
        return found
