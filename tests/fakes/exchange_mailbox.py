"""The port `Mailbox` over a `FakeExchange`: one opened mailbox and its folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.finding import Discovery, Question
from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from app.ports import NO_OTHERS, Folder, FolderEntry
from tests.fakes.exchange import STANDARD, FakeExchange, StoredFolder
from tests.fakes.exchange_store import FakeExchangeStore
from tests.fakes.finding import find_in_exchange

Given = TypeVar("Given")
Result = TypeVar("Result")


class FakeMailbox:
    """Every request is authenticated; a refused login is counted once per request."""

    def __init__(self, server: FakeExchange, mailbox: str, unmapped: frozenset[str]) -> None:
        self.server = server
        self.mailbox = mailbox
        self.unmapped = unmapped
        self.requests = 0

    def call(self, operation: str, effect: Callable[[], Result]) -> Result:
        """One request. Raises: Retry, Lost, Halt, ItemRefused."""
        return self.batch(operation, [None], lambda _: effect())[0]

    def batch(self, operation: str, items: Sequence[Given], one: Callable[[Given], Result]) -> list[Result]:
        """One request about many items. Raises: Retry, Lost, Halt."""
        self.requests += 1
        self.server.requests += 1
        if self.mailbox in self.server.refused_mailboxes:
            self.server.failed_logins[self.mailbox] += 1
            raise Halt(HaltCode.LOGIN_REFUSED, f"Exchange refuses the login for {self.mailbox}: check its password")
        if self.mailbox not in self.server.mailboxes:
            raise Halt(HaltCode.NOT_FOUND, f"Exchange has no mailbox {self.mailbox}: check the account's mailbox")
        return self.server.faults.batch(operation, items, one)

    def probe(self) -> str:
        return self.call("folder", lambda: "Exchange in memory")

    def folder(self, folder_id: str, kind: Kind, others: Mapping[Kind, str] = NO_OTHERS) -> Folder:
        del others  # asked for by themselves
        return self.call("folder", lambda: self._existing(folder_id, kind).as_port())

    def find_folder(self, path: str, kind: Kind) -> Folder | None:
        found = self.call("folder", lambda: self._found(path, kind))
        return found.as_port() if found else None

    def folders(self, kind: Kind) -> list[FolderEntry]:
        held = [f for f in self.server.folders.values() if f.mailbox == self.mailbox and f.kind is kind]
        alive = [f for f in held if not self.server.is_binned(f.id)]
        entries = self.call("folder", lambda: [self._entry(f, kind) for f in alive])
        return sorted(entries, key=lambda entry: (entry.wish != "default", entry.names))

    def _entry(self, folder: StoredFolder, kind: Kind) -> FolderEntry:
        names, at = [folder.name], folder
        while at.parent:
            at = self.server.folders[at.parent]
            names.insert(0, at.name)
        standard, shown = STANDARD[kind]
        wish = "default" if folder.standard == standard else "Wice" if names == [shown, "Wice"] else "/".join(names)
        items = len(self.server.contents(folder.id))
        return FolderEntry(folder.id, tuple(names), "" if any("/" in n for n in names) else wish, items, folder.marker)

    def create_folder(self, path: str, kind: Kind, marker: str) -> Folder:
        if path != "Wice":
            raise Halt(HaltCode.FOLDER_VANISHED, f'There is no folder "{path}" in {self.mailbox}: create or choose one')
        return self.call("folder", lambda: self._created(path, kind, marker).as_port())

    def mark_folder(self, folder_id: str, marker: str) -> None:
        self.call("folder", lambda: self._marked(folder_id, marker))

    def store(self, kind: Kind, folder: Folder) -> FakeExchangeStore:
        return FakeExchangeStore(self, kind, folder)

    def find(self, kind: Kind, question: Question, folder_id: str) -> Discovery:
        return find_in_exchange(self, kind, question, folder_id)

    def close(self) -> None:
        """Nothing is held open."""

    def _existing(self, folder_id: str, kind: Kind) -> StoredFolder:
        stored = self.server.folders.get(folder_id)
        if stored is None or stored.mailbox != self.mailbox or self.server.is_binned(folder_id):
            raise Halt(HaltCode.FOLDER_VANISHED, f"The {kind} folder of {self.mailbox} is gone: choose another")
        return stored

    def _found(self, path: str, kind: Kind) -> StoredFolder | None:
        standard, _ = STANDARD[kind]
        if path == "default":
            return self.server.folders[self.server.standard(self.mailbox, standard)]
        names = [standard, "Wice"] if path == "Wice" else path.split("/")
        found: StoredFolder | None = None
        for name in names:
            found = self._child(found.id if found else "", name)
            if found is None:
                return None
        return found

    def _child(self, parent: str, name: str) -> StoredFolder | None:
        own = (f for f in self.server.folders.values() if f.mailbox == self.mailbox and f.parent == parent)
        return next((f for f in own if name in (f.name, f.standard)), None)

    def _created(self, name: str, kind: Kind, marker: str) -> StoredFolder:
        return self.server.folders[self.server.add_folder(self.mailbox, kind, name, marker=marker)]

    def _marked(self, folder_id: str, marker: str) -> None:
        self.server.folders[folder_id] = replace(self.server.folders[folder_id], marker=marker)
