"""One bench per implementation opens the ports, gives the person's hand and plans trouble. The contracts know nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from app.domain.appointment import Appointment, Timed
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId, new_id
from app.domain.sync import Kind, Side
from app.ports import Crm, Folder, Mailbox, Store
from tests.contract.hands import ExchangeHand, WiceHand
from tests.fakes.faults import FaultKind

DELAY = timedelta(seconds=90)
"""The delay that a busy server asks for."""


class Trouble(Protocol):
    """What only a server of our own can be told, or tells. Operations: "create", "update", "remove", "list", "get", "find"."""

    def fault(self, side: Side, kind: Kind, fault: FaultKind, operation: str, skip: int = 0) -> None:
        """Let `skip` requests of this operation pass, then do `fault` once."""
        ...

    def refuse(self, side: Side, kind: Kind, operation: str, index: int) -> None:
        """Refuse the item at `index` of the next writes of this operation."""
        ...

    def failed_logins(self, side: Side) -> int:
        """Logins that this side refused so far."""
        ...

    def mails(self) -> int:
        """Mails that went out, or would have."""
        ...

    def bin(self, item: ItemId) -> None:
        """Put a Wice record into the recycle bin."""
        ...

    def destroy(self, item: ItemId) -> None:
        """Empty the recycle bin of a Wice record."""
        ...

    def withdraw(self, capability: str) -> None:
        """Make Wice a server that does not offer this field of `Capabilities`."""
        ...

    def make_series(self, item: ItemId) -> None:
        """Make a Wice appointment repeat every week."""
        ...

    def make_private(self, item: ItemId) -> None:
        """Make a Wice appointment private."""
        ...

    def touch(self, item: ItemId) -> None:
        """Move an Exchange item's change key without a change, as a read flag does."""
        ...


class WiceBench(Protocol):
    """A Wice server with two users: the account's `user` and a `colleague`."""

    user: str
    colleague: str
    trouble: Trouble | None

    @property
    def hand(self) -> WiceHand: ...

    def open(self, user: str = "", *, right: bool = True, window_start: date | None = None) -> Crm:
        """A new session; not `right`: with a wrong password."""
        ...


class ExchangeBench(Protocol):
    """A mailbox."""

    trouble: Trouble | None

    @property
    def hand(self) -> ExchangeHand: ...

    def open(self, *, right: bool = True) -> Mailbox:
        """A new session; not `right`: with a wrong password."""
        ...


class StoreBench(Protocol):
    """One kind on one side, in the words that both sides share."""

    side: Side
    kind: Kind
    trouble: Trouble | None

    def store(self) -> Store:
        """Through a new session."""
        ...

    def add(self, record: Record) -> ItemId:
        """A person makes an item that is in scope."""
        ...

    def rename(self, item: ItemId, name: str) -> None:
        """A person changes the last name or the title."""
        ...

    def take_away(self, item: ItemId) -> None:
        """A person takes an item out of scope."""
        ...

    def edit_unmapped(self, item: ItemId, note: str) -> None: ...

    def unmapped(self, item: ItemId) -> str: ...


@dataclass
class WiceStoreBench:
    """The records in the user's scope."""

    wice: WiceBench
    kind: Kind
    side: Side = Side.WICE

    def __post_init__(self) -> None:
        self.trouble = self.wice.trouble

    def store(self) -> Store:
        return self.wice.open().store(self.kind)

    def add(self, record: Record) -> ItemId:
        if isinstance(record, Contact):
            return self.wice.hand.add_person(record, [self.wice.user])
        return self.wice.hand.add_appointment(record, [self.wice.user])

    def rename(self, item: ItemId, name: str) -> None:
        self.wice.hand.edit(item, **_name(self.kind, name))

    def take_away(self, item: ItemId) -> None:
        out = self.wice.hand.unflag if self.kind is Kind.CONTACTS else self.wice.hand.leave
        out(item, self.wice.user)

    def edit_unmapped(self, item: ItemId, note: str) -> None:
        self.wice.hand.edit_unmapped(item, note=note)

    def unmapped(self, item: ItemId) -> str:
        return " ".join(self.wice.hand.unmapped(item))


@dataclass
class ExchangeStoreBench:
    """A folder of its own below the kind's standard folder."""

    exchange: ExchangeBench
    kind: Kind
    side: Side = Side.EXCHANGE
    folder: str = field(init=False)

    def __post_init__(self) -> None:
        self.trouble = self.exchange.trouble
        self.folder = self.exchange.hand.add_folder(self.kind, f"Vertrag {new_id(8)}")

    def store(self) -> Store:
        return self.exchange.open().store(self.kind, Folder(self.folder, "Vertrag"))

    def add(self, record: Record) -> ItemId:
        return self.exchange.hand.add(self.folder, record)

    def rename(self, item: ItemId, name: str) -> None:
        self.exchange.hand.edit(item, **_name(self.kind, name))

    def take_away(self, item: ItemId) -> None:
        self.exchange.hand.delete(item)

    def edit_unmapped(self, item: ItemId, note: str) -> None:
        self.exchange.hand.edit_unmapped(item, note=note)

    def unmapped(self, item: ItemId) -> str:
        return " ".join(self.exchange.hand.unmapped(item))


def _name(kind: Kind, name: str) -> dict[str, str]:
    return {"last_name": name} if kind is Kind.CONTACTS else {"title": name}


def sample(kind: Kind, name: str = "Schulz") -> Record:
    """A record of this kind, called `name`, with nothing in it that a server cannot keep."""
    if kind is Kind.CONTACTS:
        return Contact(first_name="Anna", last_name=name, email="a.schulz@example.com", mobile_phone="0171 3920001")
    start = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
    when = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    return Appointment(title=name, text="Zeile 1\nZeile 2", place="Raum 7", when=when)
