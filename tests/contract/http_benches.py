"""The benches over HTTP: the real adapters against the sandbox, or against a pair of servers that the environment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.adapters.exchange import ExchangeAccess, open_mailbox
from app.adapters.wice import WiceAccess, open_crm
from app.domain.account import Access, Auth
from app.domain.ids import ItemId
from app.domain.sync import Kind, Side
from app.ports import Crm, Mailbox
from tests.contract.benches import DELAY, Trouble
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.contract.hands import ExchangeHand, WiceHand
from tests.contract.wice_hand import ProtocolWiceHand
from tests.fakes.faults import FaultKind
from tests.services.sandbox import Sandbox, Server

_WICE = {
    (Kind.CONTACTS, "create"): "insert_contact",
    (Kind.CONTACTS, "update"): "update_contact",
    (Kind.CONTACTS, "remove"): "set_outlook_sync",
    (Kind.CONTACTS, "list"): "get_all_persons",
    (Kind.CONTACTS, "get"): "get_person",
    (Kind.CONTACTS, "find"): "get_all_persons",
    (Kind.APPOINTMENTS, "create"): "insert_appointment",
    (Kind.APPOINTMENTS, "update"): "update_appointment",
    (Kind.APPOINTMENTS, "remove"): "remove_appointment_participant",
    (Kind.APPOINTMENTS, "list"): "get_all_appointments",
    (Kind.APPOINTMENTS, "get"): "get_appointment",
    (Kind.APPOINTMENTS, "find"): "get_all_appointments",
}
_CAPABILITIES = {
    "flags": "flags.read",
    "appointments": "appointments.read",
    "appointments_write": "appointments.write",
}
_EWS = {
    "create": "CreateItem",
    "update": "UpdateItem",
    "remove": "DeleteItem",
    "list": "SyncFolderItems",
    "get": "GetItem",
    "find": "FindItem",
}
_KINDS = {
    Side.WICE: {FaultKind.TRUNCATED: "truncated_page", FaultKind.EMPTY: "empty_list"},
    Side.EXCHANGE: {
        FaultKind.TRUNCATED: "truncated_page",
        FaultKind.DUPLICATES: "duplicate_items",
        FaultKind.REPEATED_PAGE: "repeat_page",
        FaultKind.INVALID_CURSOR: "invalid_sync_state",
    },
}


class HttpWiceBench:
    """The Wice adapter, signed in as one of the users whose passwords are given; the first is the account's."""

    def __init__(
        self, url: str, mandant: str, passwords: Mapping[str, str], trouble: Trouble | None = None, api_key: str = ""
    ) -> None:
        self.trouble = trouble
        self.user, self.colleague = (*passwords, "")[:2]
        self._url, self._mandant, self._passwords, self._api_key = url, mandant, passwords, api_key
        self._hand = ProtocolWiceHand(url, mandant, passwords, "Europe/Berlin", api_key)
        self._opened: list[Crm] = []

    @property
    def hand(self) -> WiceHand:
        return self._hand

    def open(self, user: str = "", *, right: bool = True, window_start: date | None = None) -> Crm:
        username = user or self.user
        crm = open_crm(
            WiceAccess(
                url=self._url,
                mandant=self._mandant,
                username=username,
                password=self._passwords[username] if right else "falsch",
                api_key=self._api_key,
                window_start=window_start,
            )
        )
        self._opened.append(crm)
        return crm

    def close(self) -> None:
        self._hand.close()
        for crm in self._opened:
            crm.close()


class HttpExchangeBench:
    """The Exchange adapter; the mailbox's owner is the hand."""

    def __init__(self, access: ExchangeAccess, hand: LibraryExchangeHand, trouble: Trouble | None = None) -> None:
        self.trouble = trouble
        self._access = access
        self._hand = hand
        self._opened: list[Mailbox] = []

    @property
    def hand(self) -> ExchangeHand:
        return self._hand

    def open(self, *, right: bool = True) -> Mailbox:
        mailbox = open_mailbox(self._access if right else replace(self._access, password="falsch"))
        self._opened.append(mailbox)
        return mailbox

    def close(self) -> None:
        for mailbox in self._opened:
            mailbox.close()
        self._hand.close()


def sandbox_wice(sandbox: Sandbox, trouble: Trouble) -> HttpWiceBench:
    passwords = {person["username"]: person["password"] for person in sandbox.people}
    return HttpWiceBench(sandbox.wice, sandbox.mandant, passwords, trouble)


def sandbox_exchange(sandbox: Sandbox, trouble: Trouble) -> HttpExchangeBench:
    owner = sandbox.people[0]
    access = ExchangeAccess(
        mailbox=owner["mailbox"],
        endpoint=sandbox.ews,
        auth=Auth.BASIC,
        access=Access.IMPERSONATION,
        username=sandbox.service["username"],
        password=sandbox.service["password"],
    )
    hand = LibraryExchangeHand(sandbox.ews, owner["mailbox"], owner["mailbox"], owner["mailbox_password"])
    return HttpExchangeBench(access, hand, trouble)


class SandboxTrouble:
    """Faults and counters by the control paths."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._logins = 0

    def fault(self, side: Side, kind: Kind, fault: FaultKind, operation: str, skip: int = 0) -> None:
        name = _KINDS[side].get(fault, fault.value)
        delay = {"retry_after_s": DELAY.total_seconds()} if fault is FaultKind.BUSY else {}
        self._sandbox.fault(_server(side), name, operation=_method(side, kind, operation), skip=skip, **delay)

    def refuse(self, side: Side, kind: Kind, operation: str, index: int) -> None:
        method = _method(side, kind, operation)
        if side is Side.EXCHANGE:
            self._sandbox.fault("ews", "item_error", operation=method, index=index, code="ErrorItemSave")
        else:
            # A first {"error": ...} may mean an expired session: it counts as a refusal only right after a new login.
            self._sandbox.fault("wice", "denied", operation=method, skip=index, count=2)

    def failed_logins(self, side: Side) -> int:
        counters = self._sandbox.counters(_server(side))
        if side is Side.EXCHANGE:
            return sum(counters["failed_logins"].values())
        return int(counters["requests"].get("login", 0))

    def mails(self) -> int:
        return sum(int(self._sandbox.counters(server)["mails"]) for server in ("wice", "ews"))

    def bin(self, item: ItemId) -> None:
        self._edit(item, binned=True)

    def destroy(self, item: ItemId) -> None:
        self._edit(item, removed=True)

    def withdraw(self, capability: str) -> None:
        capabilities = {_CAPABILITIES.get(capability, capability): False}
        self._sandbox.control("wice", "POST", "settings", {"capabilities": capabilities})

    def make_series(self, item: ItemId) -> None:
        self._edit(item, values={"rrule": "FREQ=HOURLY"})

    def make_private(self, item: ItemId) -> None:
        self._edit(item, values={"private": "1"})

    def touch(self, item: ItemId) -> None:
        mailbox = self._sandbox.people[0]["mailbox"]
        self._sandbox.control("ews", "POST", "touch", {"mailbox": mailbox, "id": item})

    def _edit(self, item: ItemId, **change: object) -> None:
        table = {"p": "persons", "c": "companies", "a": "appointments"}[item[0]]
        self._sandbox.control("wice", "POST", "edit", {"table": table, "rowid": item[2:], **change})


def _server(side: Side) -> Server:
    return "wice" if side is Side.WICE else "ews"


def _method(side: Side, kind: Kind, operation: str) -> str:
    return _WICE[kind, operation] if side is Side.WICE else _EWS[operation]
