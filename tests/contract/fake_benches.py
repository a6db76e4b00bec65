"""The benches over the fakes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Kind, Obstacle, Side
from app.ports import Crm, Mailbox
from tests.contract.benches import DELAY, Trouble
from tests.contract.hands import ExchangeHand, WiceHand
from tests.fakes.exchange import FakeExchange
from tests.fakes.faults import FaultKind, Faults
from tests.fakes.wice import FakeWice

MAILBOX = "anna@example.com"
_OPERATIONS = {
    Side.WICE: {"create": "insert", "update": "update", "list": "list", "get": "get", "find": "search"},
    Side.EXCHANGE: {
        "create": "create",
        "update": "update",
        "remove": "delete",
        "list": "sync",
        "get": "get",
        "find": "find",
    },
}


class FakeWiceBench:
    """`FakeWice` is its own hand."""

    user = "anna"
    colleague = "bernd"

    def __init__(self, server: FakeWice, trouble: Trouble) -> None:
        self.server = server
        self.trouble: Trouble | None = trouble

    @property
    def hand(self) -> WiceHand:
        return self.server

    def open(self, user: str = "", *, right: bool = True, window_start: date | None = None) -> Crm:
        if not right:
            self.server.refused_users.add(user or self.user)
        return self.server.open_crm(user or self.user, window_start)


class FakeExchangeBench:
    """One mailbox of `FakeExchange`."""

    def __init__(self, server: FakeExchange, trouble: Trouble) -> None:
        self.server = server
        self.trouble: Trouble | None = trouble

    @property
    def hand(self) -> ExchangeHand:
        return FakeOutlook(self.server)

    def open(self, *, right: bool = True) -> Mailbox:
        if not right:
            self.server.refused_mailboxes.add(MAILBOX)
        return self.server.open_mailbox(MAILBOX, unmapped=frozenset())


class FakeOutlook:
    """The hand of the mailbox's owner."""

    def __init__(self, server: FakeExchange) -> None:
        self._server = server
        self.rename_folder = server.rename_folder
        self.bin_folder = server.bin_folder
        self.destroy_folder = server.destroy_folder
        self.edit = server.edit
        self.purge = server.purge
        self.move = server.move
        self.copy = server.copy
        self.unmapped = server.unmapped

    def add_folder(self, kind: Kind, name: str) -> str:
        return self._server.add_folder(MAILBOX, kind, name)

    def add(self, folder: str, record: Record) -> ItemId:
        return self._server.add(folder, record)

    def add_list(self, folder: str) -> ItemId:
        made = self._server.add(folder, Contact(last_name="Verteiler"))
        self._server.obstruct(made, Obstacle.NOT_A_CONTACT)
        return made

    def edit_unmapped(self, item: ItemId, *, note: str) -> None:
        self._server.edit_unmapped(item, note=note)

    def delete(self, item: ItemId) -> None:
        self._server.delete(item)

    def in_bin(self, label: str) -> bool:
        return any(label in self._server.items[item].record.label for item in self._server.deleted_items(MAILBOX))


class FakeTrouble:
    """Faults and counters of both fakes."""

    def __init__(self, wice: FakeWice, exchange: FakeExchange) -> None:
        self._wice = wice
        self._exchange = exchange

    def fault(self, side: Side, kind: Kind, fault: FaultKind, operation: str, skip: int = 0) -> None:
        self._faults(side).add(fault, _operation(side, kind, operation), skip=skip, after=DELAY)

    def refuse(self, side: Side, kind: Kind, operation: str, index: int) -> None:
        self._faults(side).add(FaultKind.REFUSED, _operation(side, kind, operation), skip=index)

    def failed_logins(self, side: Side) -> int:
        counted: Counter[str] = (self._wice if side is Side.WICE else self._exchange).failed_logins
        return counted.total()

    def mails(self) -> int:
        return self._wice.mails + self._exchange.mails

    def bin(self, item: ItemId) -> None:
        self._wice.bin(item)

    def destroy(self, item: ItemId) -> None:
        self._wice.destroy(item)

    def withdraw(self, capability: str) -> None:
        less: dict[str, bool] = {capability: False}
        self._wice.capabilities = replace(self._wice.capabilities, **less)

    def make_series(self, item: ItemId) -> None:
        self._wice.obstruct(item, Obstacle.SERIES)

    def make_private(self, item: ItemId) -> None:
        self._wice.edit(item, private=True)

    def touch(self, item: ItemId) -> None:
        self._exchange.touch(item)

    def _faults(self, side: Side) -> Faults:
        return self._wice.faults if side is Side.WICE else self._exchange.faults


def _operation(side: Side, kind: Kind, operation: str) -> str:
    if side is Side.WICE and operation == "remove":
        return "flag" if kind is Kind.CONTACTS else "leave"
    return _OPERATIONS[side][operation]
