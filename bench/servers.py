"""The made-up servers of a measurement, in processes of their own: filled, slowed down, changed, counted. Nothing here is measured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import httpx

from app.adapters.exchange import bodies
from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.contacts import Contacts
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message, children, find
from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.fields_contact import ContactFields
from app.domain.contact import Contact
from app.domain.ids import ItemId, Version
from tests.services.sandbox import Sandbox, running

BATCH: Final = 50
WICE_CALLS: Final = "/plugin/wp_wice_client_api_backend/json"
_SIDES: Final = ("wice", "ews")


@contextmanager
def servers(people: int = 1) -> Iterator[Sandbox]:
    """An empty pair for so many people."""
    with running("--seed", "empty", "--people", str(people)) as sandbox:
        sandbox.reset(people=people)
        yield sandbox


def slow(sandbox: Sandbox, latency_ms: float) -> None:
    """Let every answer take this much longer."""
    for side in _SIDES:
        sandbox.control(side, "POST", "latency", {"ms": latency_ms})


def access(sandbox: Sandbox, person: dict[str, str]) -> ExchangeAccess:
    """A person's mailbox, by impersonation."""
    service = sandbox.service
    return ExchangeAccess(
        mailbox=person["mailbox"],
        endpoint=sandbox.ews,
        username=service["username"],
        password=service["password"],
    )


def wice_data(record: Contact) -> dict[str, str]:
    """The JSON that creates a contact in Wice."""
    return ContactFields(load_dialect({})).write_person(record)


def exchange_draft(record: Contact) -> dict[Any, str]:
    """The properties that create a contact in Exchange."""
    return dict(Contacts(frozenset()).draft(record).values)


class Office:
    """One person's records on both sides, as a person works with them."""

    def __init__(self, sandbox: Sandbox, username: str = "anna") -> None:
        self.sandbox = sandbox
        self.person = sandbox.person(username)
        self._mail = Session(access(sandbox, self.person))
        self._wice = httpx.Client(base_url=sandbox.wice, timeout=120)

    def folder(self) -> str:
        """The id of the folder "Wice" below the contacts, created if it is not there."""
        parent = bodies.distinguished("contacts", self.person["mailbox"])
        [found] = self._mail.call(bodies.find_folders(parent))
        root = find(found.element, "m:RootFolder/t:Folders")
        for folder in children(root) if root is not None else ():
            name, identifier = find(folder, "t:DisplayName"), find(folder, "t:FolderId")
            if name is not None and name.text == "Wice" and identifier is not None:
                return identifier.get("Id", "")
        [made] = self._mail.call(bodies.create_folder(parent, "ContactsFolder", "Wice", ""))
        return _id(made, "m:Folders/*/t:FolderId")

    def fill_exchange(self, records: Iterable[Contact]) -> list[tuple[ItemId, Version]]:
        """Create these contacts in the mailbox; their ids and change keys."""
        folder, made = self.folder(), []
        for batch in _batches(list(records)):
            created = bodies.create_items(folder, "Contact", [exchange_draft(record) for record in batch])
            made += [_item(message) for message in self._mail.call(created, len(batch))]
        return made

    def edit_exchange(self, items: Sequence[tuple[ItemId, Version]], records: Sequence[Contact]) -> None:
        """Write these contacts over those items, whatever their version is by now."""
        for at in range(0, len(items), BATCH):
            some = items[at : at + BATCH]
            current = [
                _item(message) for message in self._mail.call(bodies.get_versions([one for one, _ in some]), len(some))
            ]
            changes = [
                (*item, exchange_draft(record)) for item, record in zip(current, records[at : at + BATCH], strict=True)
            ]
            self._mail.call(bodies.update_items("Contact", changes), len(some))

    def fill_wice(self, records: Iterable[Contact]) -> list[str]:
        """Create these persons in Wice, flagged; their rowids."""
        flags = {self.person["username"]: True}
        return [self._edit({"table": "persons", "values": wice_data(one), "flags": flags}) for one in records]

    def edit_wice(self, rowids: Iterable[str], records: Iterable[Contact]) -> None:
        """Change these persons."""
        for rowid, record in zip(rowids, records, strict=True):
            self._edit({"table": "persons", "rowid": rowid, "values": {"phone": record.phone}})

    def rowids(self) -> list[str]:
        """All persons of Wice."""
        found: dict[str, Any] = self.sandbox.control("wice", "GET", "records/persons")
        return [row["rowid"] for row in found["records"]]

    def exchange_items(self) -> list[tuple[ItemId, Version]]:
        """All items of the folder "Wice"."""
        folder, state, items = self.folder(), "", []
        while True:
            [message] = self._mail.call(bodies.sync_items(folder, state), 1)
            changes = find(message.element, "m:Changes")
            for change in children(changes) if changes is not None else ():
                found = find(change, "*/t:ItemId")
                if found is not None:
                    items.append((ItemId(found.get("Id", "")), Version(found.get("ChangeKey", ""))))
            after, last = find(message.element, "m:SyncState"), find(message.element, "m:IncludesLastItemInRange")
            state = (after.text or "") if after is not None else ""
            if last is None or last.text != "false":
                return items

    def close(self) -> None:
        """Free connections."""
        self._mail.close()
        self._wice.close()

    def _edit(self, body: dict[str, Any]) -> str:
        reply = self._wice.post("/_sandbox/edit", content=json.dumps(body))
        reply.raise_for_status()
        return str(reply.json()["rowid"])


def _batches(records: Sequence[Contact]) -> Iterator[Sequence[Contact]]:
    for at in range(0, len(records), BATCH):
        yield records[at : at + BATCH]


def _id(message: Message, path: str) -> str:
    found = find(message.element, path)
    if found is None:
        raise RuntimeError(f"nothing was created: {message.code} {message.text}")
    return found.get("Id", "")


def _item(message: Message) -> tuple[ItemId, Version]:
    found = find(message.element, "m:Items/*/t:ItemId")
    if found is None:
        raise RuntimeError(f"nothing was written: {message.code} {message.text}")
    return ItemId(found.get("Id", "")), Version(found.get("ChangeKey", ""))
