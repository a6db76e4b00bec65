"""What both servers hold, as their control paths tell it: every record with the token that nobody edits and the value that people do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain.ids import ItemId
from app.domain.sync import Kind
from tests.services.sandbox import Sandbox

BIN = "deleteditems"
_TOKEN = {"p": "name", "c": "name", "a": "title"}
_VALUE = {"p": "mobile_phone", "c": "phone", "a": "location"}
_UNMAPPED = {"p": "picture_url", "c": "turnover", "a": "category"}
_TABLES = {"p": "persons", "c": "companies", "a": "appointments"}


@dataclass(frozen=True)
class Held:
    """A record on a server. `scope`: in Anna's synchronisation; `alive`: neither in a bin nor deactivated.

    `unmapped`: what stands in a field outside the mapping.
    """

    id: ItemId
    kind: Kind
    token: str
    value: str
    unmapped: str
    scope: bool
    alive: bool

    @property
    def company(self) -> bool:
        """Is it a company, or a company's contact?"""
        return self.token.startswith("Firma")


def in_wice(sandbox: Sandbox, employee: str) -> list[Held]:
    """All of Wice, whoever it belongs to. `employee`: Anna's rowid there."""
    return [
        _wice(letter, row, employee)
        for letter, table in _TABLES.items()
        for row in sandbox.control("wice", "GET", f"records/{table}")["records"]
    ]


def _wice(letter: str, row: dict[str, Any], employee: str) -> Held:
    alive = not row["binned"] and row.get("deactivated", "0") in ("", "0")
    mine = employee in row["participants"] if letter == "a" else "anna" in row["flags"]
    return Held(
        id=ItemId(f"{letter}:{row['rowid']}"),
        kind=Kind.APPOINTMENTS if letter == "a" else Kind.CONTACTS,
        token=row[_TOKEN[letter]],
        value=row[_VALUE[letter]],
        unmapped=row[_UNMAPPED[letter]],
        scope=mine and alive,
        alive=alive,
    )


def in_exchange(sandbox: Sandbox) -> list[Held]:
    """All items of Anna's mailbox, Deleted Items included."""
    return list(_mailbox(sandbox))


def _mailbox(sandbox: Sandbox) -> Iterator[Held]:
    mailbox = sandbox.person("anna")["mailbox"]
    for item in sandbox.control("ews", "GET", f"mailboxes/{mailbox}/items"):
        values = item["properties"]
        contact = item["kind"] == "Contact"
        name = values.get("contacts:Surname") or values.get("contacts:CompanyName", "")
        yield Held(
            id=ItemId(item["id"]),
            kind=Kind.CONTACTS if contact else Kind.APPOINTMENTS,
            token=name if contact else values["item:Subject"],
            value=values.get("contacts:PhoneNumber[MobilePhone]" if contact else "calendar:Location", ""),
            unmapped=re.sub("<[^>]*>", "", values.get("item:Categories", "")),
            scope=item["folder"].endswith("/Wice"),
            alive=item["folder"] != BIN,
        )
