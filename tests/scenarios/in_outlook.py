"""A mailbox's owner at work in Outlook: over EWS as an independent client (exchangelib), and with open eyes by the sandbox's control path."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import httpx
from exchangelib import CalendarItem, Contact, EWSDate, EWSDateTime, FileAttachment
from exchangelib.folders import Calendar, Contacts, Folder
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.services import MoveFolder

from app.adapters.trust import trusted
from app.domain.ids import ItemId
from app.domain.sync import Kind
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.services.sandbox import Sandbox

WICE_FOLDER = {Kind.CONTACTS: "contacts/Wice", Kind.APPOINTMENTS: "calendar/Wice"}
BIN = "deleteditems"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"

_PLAIN = {
    "first": ("given_name", "contacts:GivenName"),
    "last": ("surname", "contacts:Surname"),
    "company": ("company_name", "contacts:CompanyName"),
    "job": ("job_title", "contacts:JobTitle"),
    "department": ("department", "contacts:Department"),
    "title": ("subject", "item:Subject"),
    "place": ("location", "calendar:Location"),
    "text": ("body", "item:Body"),
    "private": ("sensitivity", "item:Sensitivity"),
    "start": ("start", "calendar:Start"),
    "end": ("end", "calendar:End"),
    "all_day": ("is_all_day", "calendar:IsAllDayEvent"),
    "display_name": ("display_name", "contacts:DisplayName"),
    "categories": ("categories", "item:Categories"),
    "reminder": ("reminder_minutes_before_start", "item:ReminderMinutesBeforeStart"),
    "busy": ("legacy_free_busy_status", "calendar:LegacyFreeBusyStatus"),
    "importance": ("importance", "item:Importance"),
    "uid": ("uid", "calendar:UID"),
    "recurrence": ("recurrence", "calendar:Recurrence"),
}
_PHONES = {"phone": "BusinessPhone", "mobile": "MobilePhone", "fax": "BusinessFax", "company_phone": "CompanyMainPhone"}
_PHONES |= {"car": "CarPhone"}
_EMAILS = {"email": "EmailAddress1", "email2": "EmailAddress2", "email3": "EmailAddress3"}
_ADDRESS = {"street": "Street", "town": "City", "zip": "PostalCode"}
_ADDRESS_ATTRIBUTES = {"street": "street", "town": "city", "zip": "zipcode"}


def _keys() -> dict[str, str]:
    keys = {name: key for name, (_, key) in _PLAIN.items()}
    keys |= {name: f"contacts:PhoneNumber[{label}]" for name, label in _PHONES.items()}
    keys |= {name: f"contacts:EmailAddress[{label}]" for name, label in _EMAILS.items()}
    return keys | {name: f"contacts:PhysicalAddress:{part}[Business]" for name, part in _ADDRESS.items()}


KEYS = _keys()


class InOutlook(LibraryExchangeHand):
    """Fields have short names (`KEYS`); items are found by what people read: last name, company or subject. `zone`: that of the owner's computer."""

    def __init__(self, sandbox: Sandbox, user: str, zone: str = "Europe/Berlin") -> None:
        person = sandbox.person(user)
        self.mailbox = person["mailbox"]
        super().__init__(sandbox.ews, self.mailbox, self.mailbox, person["mailbox_password"], zone)
        self._sandbox = sandbox
        self._login = (self.mailbox, person["mailbox_password"])

    def contact(self, last: str = "", *, folder: str = "", **fields: object) -> ItemId:
        """A new contact, in the folder "Wice" unless another is named by its id."""
        native = _native({"last": last, **fields})
        native.setdefault("display_name", " ".join(filter(None, (native.get("given_name"), last))) or fields["company"])
        return self._save(Contact(**native), folder or self.wice_folder(Kind.CONTACTS), Contacts)

    def appointment(
        self, title: str, day: str, hours: str = "10:00-11:00", *, folder: str = "", **fields: Any
    ) -> ItemId:
        """A new appointment; `hours` "" is all day. Wall times are those of the owner's zone."""
        native = _native({"title": title, **self.times(day, hours, fields.pop("last_day", "")), **fields})
        return self._save(CalendarItem(**native), folder or self.wice_folder(Kind.APPOINTMENTS), Calendar)

    def times(self, day: str, hours: str = "10:00-11:00", last_day: str = "") -> dict[str, object]:
        """The fields `start`, `end` and `all_day`."""
        first, last = date.fromisoformat(day), date.fromisoformat(last_day or day)
        if not hours:
            return {"start": EWSDate.from_date(first), "end": EWSDate.from_date(last), "all_day": True}
        start, end = (self._moment(one, clock) for one, clock in zip((first, last), hours.split("-"), strict=True))
        return {"start": start, "end": end, "all_day": False}

    def put(self, kind: Kind, xml: str) -> ItemId:
        """An item as another program or the server itself left it in the folder "Wice": meetings, odd zones, rare types."""
        self.wice_folder(kind)
        body = xml.replace(">", f' xmlns="{TYPES}">', 1).encode()
        path = f"mailboxes/{self.mailbox}/items"
        return ItemId(self._sandbox.control("ews", "POST", path, body, folder=WICE_FOLDER[kind])["id"])

    def answer(self, item: ItemId, answer: str) -> None:
        """Answer an invitation: "Accept", "Tentative" or "Decline"; the declined meeting stays in the calendar."""
        body = {"mailbox": self.mailbox, "id": item, "answer": answer}
        self._sandbox.control("ews", "POST", "answer", body)

    def change(self, item: ItemId, **fields: Any) -> None:
        """Type other values into these fields; all others stay as they are."""
        found = self._item(item)
        native = _native(fields, found)
        for name, value in native.items():
            setattr(found, name, value)
        found.save(update_fields=list(native))

    def attach(self, item: ItemId, name: str, *, photo: bool = False) -> None:
        """Attach a file, or set a contact's picture."""
        self._item(item).attach(FileAttachment(name=name, content=b"GIF89a", is_contact_photo=photo))

    def delivered(self, item: ItemId) -> str:
        """The item as the server delivers it, word for word."""
        shape = "<ItemShape><t:BaseShape>AllProperties</t:BaseShape></ItemShape>"
        call = f'<GetItem xmlns="{MESSAGES}">{shape}<ItemIds><t:ItemId Id="{item}"/></ItemIds></GetItem>'
        envelope = f'<s:Envelope xmlns:s="{SOAP}" xmlns:t="{TYPES}"><s:Body>{call}</s:Body></s:Envelope>'
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        reply = httpx.post(
            self._sandbox.ews, content=envelope.encode(), auth=self._login, headers=headers, verify=trusted("")
        )
        assert reply.status_code == 200, reply.text
        return reply.text

    def touch(self, item: ItemId) -> None:
        """Read it: the change key moves, nothing else does."""
        self._sandbox.control("ews", "POST", "touch", {"mailbox": self.mailbox, "id": item})

    def restore(self, item: ItemId, kind: Kind) -> ItemId:
        """Move it (back) into the folder "Wice"."""
        return self.move(item, self.wice_folder(kind))

    def wice_folder(self, kind: Kind) -> str:
        """Id of the folder "Wice", which the owner makes if nobody else has."""
        found = self.folders().get(WICE_FOLDER[kind])
        return str(found["id"]) if found else self.add_folder(kind, "Wice")

    def move_folder(self, folder: str, parent: str) -> None:
        to_folder = self._folder(parent, Folder)
        MoveFolder(account=self._account).get(folders=[self._folder(folder, Folder)], to_folder=to_folder)

    def folders(self) -> dict[str, dict[str, Any]]:
        """All folders by path ("contacts/Wice")."""
        rows = self._sandbox.control("ews", "GET", f"mailboxes/{self.mailbox}/folders")
        return {row["path"]: row for row in rows}

    def cards(self, folder: str = WICE_FOLDER[Kind.CONTACTS]) -> dict[str, dict[str, Any]]:
        """All contacts of a folder by last name, else company."""
        return self._by_name(folder, ("last", "company", "display_name"))

    def diary(self, folder: str = WICE_FOLDER[Kind.APPOINTMENTS]) -> dict[str, dict[str, Any]]:
        """All appointments of a folder by subject."""
        return self._by_name(folder, ("title",))

    def binned(self) -> set[str]:
        """Names of what lies in Deleted Items."""
        return {one.get("last") or one.get("title") or one.get("company", "") for one in self._views(BIN)}

    def everything(self, folder: str) -> list[dict[str, Any]]:
        """All that is stored of the items of a folder, as the server keeps it."""
        rows = self._sandbox.control("ews", "GET", f"mailboxes/{self.mailbox}/items", folder=folder)
        return list(rows)

    def _by_name(self, folder: str, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        views = self._views(folder)
        named = {next(view[name] for name in names if view.get(name)): view for view in views}
        assert len(named) == len(views), f"doubled: {views}"
        return named

    def _views(self, folder: str) -> list[dict[str, Any]]:
        return [_view(row) for row in self.everything(folder)]

    def _moment(self, day: date, clock: str) -> Any:
        return EWSDateTime.from_datetime(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=self._zone))

    def _save(self, made: Any, folder: str, kind: type[Folder]) -> ItemId:
        made.account, made.folder = self._account, self._folder(folder, kind)
        made.save()
        return ItemId(made.id)


def _view(row: dict[str, Any]) -> dict[str, Any]:
    """What people see of an item, under the short names; empty fields are left out. `id` and `attachments` beside them."""
    stored = {**row["properties"], **({"item:Body": row["body"]["content"]} if row["body"] else {})}
    seen = {name: stored[key] for name, key in KEYS.items() if stored.get(key)}
    return {**seen, "id": row["id"], "attachments": row["attachments"], "kind": row["kind"]}


def _native(fields: dict[str, Any], found: Any = None) -> dict[str, Any]:
    """exchangelib's attributes; what is kept in one list there is changed in it, entry by entry."""
    native = {
        _PLAIN[name][0]: value or None if value != "" else None for name, value in fields.items() if name in _PLAIN
    }
    if "is_all_day" in native:
        native["is_all_day"] = bool(native["is_all_day"])
    for attribute, labels, make in (
        ("phone_numbers", _PHONES, lambda label, value: PhoneNumber(label=label, phone_number=value)),
        ("email_addresses", _EMAILS, lambda label, value: EmailAddress(label=label, email=value)),
    ):
        given = {labels[name]: value for name, value in fields.items() if name in labels}
        if given:
            kept = [one for one in (getattr(found, attribute, None) or ()) if one.label not in given]
            native[attribute] = kept + [make(label, value) for label, value in given.items() if value]
    parts = {_ADDRESS_ATTRIBUTES[name]: value for name, value in fields.items() if name in _ADDRESS}
    if parts:
        before = next(
            (one for one in getattr(found, "physical_addresses", None) or () if one.label == "Business"), None
        )
        whole = {name: getattr(before, name, None) for name in ("street", "city", "state", "country", "zipcode")}
        native["physical_addresses"] = [PhysicalAddress(label="Business", **whole | parts)]
    return native
