"""The mailbox's owner in Outlook, played by exchangelib's own items and folders: an independent client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import exchangelib
import requests
from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    Build,
    Configuration,
    Credentials,
    EWSDate,
    EWSDateTime,
    EWSTimeZone,
    Version,
)
from exchangelib.folders import Calendar, Contacts, Folder
from exchangelib.indexed_properties import EmailAddress, PhoneNumber
from exchangelib.items import HARD_DELETE, CalendarItem, DistributionList
from exchangelib.protocol import Protocol
from exchangelib.services import DeleteFolder, MoveFolder, UpdateFolder
from requests.adapters import HTTPAdapter

from app.domain.appointment import AllDay, Appointment
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Kind

_ANY = "AQ=="
"""A change key for folders, whose key the server does not look at."""
_FIELDS = {
    "first_name": "given_name",
    "last_name": "surname",
    "company_name": "company_name",
    "position": "job_title",
    "title": "subject",
    "text": "body",
    "place": "location",
}


class _InPieces(HTTPAdapter):
    """The library takes an answer as it comes without saying how: byte by byte, which is most of what reading one costs."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        response = super().build_response(req, resp)
        response.iter_content = partial(_pieces, response.iter_content)  # type: ignore[method-assign]
        return response


def _pieces(iter_content: Callable[..., Any], chunk_size: int | None = 65536, decode_unicode: bool = False) -> Any:
    return iter_content(chunk_size, decode_unicode)


def _raw_session(prefix: str) -> requests.Session:
    session: requests.Session = Protocol.raw_session(prefix)
    session.mount(prefix, _InPieces())
    return session


class LibraryExchangeHand:
    """Signed in as the owner (Basic), who needs no impersonation."""

    def __init__(self, endpoint: str, mailbox: str, username: str, password: str, zone: str = "Europe/Berlin") -> None:
        version = Version(Build(15, 1))
        configuration = Configuration(
            service_endpoint=endpoint, credentials=Credentials(username, password), auth_type=BASIC, version=version
        )
        self._zone = EWSTimeZone.from_zoneinfo(ZoneInfo(zone))
        self._account = Account(
            mailbox, config=configuration, access_type=DELEGATE, autodiscover=False, default_timezone=self._zone
        )
        self._account.protocol.raw_session = _raw_session

    def add_folder(self, kind: Kind, name: str) -> str:
        standard = self._account.contacts if kind is Kind.CONTACTS else self._account.calendar
        made = (Contacts if kind is Kind.CONTACTS else Calendar)(parent=standard, name=name)
        made.save()
        return str(made.id)

    def rename_folder(self, folder: str, name: str) -> None:
        renamed = Folder(root=self._account.root, id=folder, changekey=_ANY, name=name)
        UpdateFolder(account=self._account).get(folders=[(renamed, ["name"])])

    def bin_folder(self, folder: str) -> None:
        MoveFolder(account=self._account).get(folders=[self._folder(folder, Folder)], to_folder=self._account.trash)

    def destroy_folder(self, folder: str) -> None:
        DeleteFolder(account=self._account).get(folders=[self._folder(folder, Folder)], delete_type=HARD_DELETE)

    def add(self, folder: str, record: Record) -> ItemId:
        made = _contact(record) if isinstance(record, Contact) else self._calendar_item(record)
        kind = Contacts if isinstance(record, Contact) else Calendar
        made.account, made.folder = self._account, self._folder(folder, kind)
        made.save()
        return ItemId(made.id)

    def add_list(self, folder: str) -> ItemId:
        made = DistributionList(account=self._account, folder=self._folder(folder, Contacts), display_name="Verteiler")
        made.save()
        return ItemId(made.id)

    def edit(self, item: ItemId, **fields: object) -> None:
        found = self._item(item)
        names = []
        for name, value in fields.items():
            if name == "mobile_phone":
                found.phone_numbers, native = _phones(str(value)), "phone_numbers"
            else:
                native = _FIELDS[name]
                setattr(found, native, value)
            names.append(native)
        found.save(update_fields=names)

    def edit_unmapped(self, item: ItemId, *, note: str) -> None:
        found = self._item(item)
        found.categories = [note]
        found.save(update_fields=["categories"])

    def unmapped(self, item: ItemId) -> tuple[str, ...]:
        return tuple(self._item(item).categories or ())

    def delete(self, item: ItemId) -> None:
        self._item(item).move_to_trash()

    def purge(self, item: ItemId) -> None:
        self._item(item).delete()

    def move(self, item: ItemId, folder: str) -> ItemId:
        found = self._item(item)
        found.move(self._folder(folder, Folder))
        return ItemId(found.id)

    def copy(self, item: ItemId, folder: str) -> ItemId:
        (made,) = self._account.bulk_copy([self._item(item)], to_folder=self._folder(folder, Folder))
        return ItemId(made[0])

    def in_bin(self, label: str) -> bool:
        names = (getattr(item, "display_name", "") or item.subject or "" for item in self._account.trash.all())
        return any(label in name for name in names)

    def close(self) -> None:
        self._account.protocol.close()

    def page(self, folder: str, start: EWSDateTime, end: EWSDateTime) -> list[Any]:
        """What a calendar shows between two times: single items and every occurrence, in full."""
        view = Calendar(root=self._account.root, id=folder, changekey=_ANY).view(start=start, end=end).only("start")
        found = list(self._account.fetch([(item.id, None) for item in view]))
        assert not [one for one in found if isinstance(one, Exception)]
        return found

    def series(self, item: ItemId, number: int) -> Any:
        """One occurrence of a series, to be edited or deleted."""
        return self._item(item).occurrence(number)

    def _folder(self, folder: str, kind: type[Folder]) -> Folder:
        return kind(root=self._account.root, id=folder, changekey=_ANY)

    def _item(self, item: ItemId) -> Any:
        (found,) = self._account.fetch([(str(item), None)])
        assert not isinstance(found, Exception), found
        return found

    def _calendar_item(self, record: Appointment) -> CalendarItem:
        when = record.when
        if isinstance(when, AllDay):
            span = {"start": EWSDate.from_date(when.first), "end": EWSDate.from_date(when.last), "is_all_day": True}
        else:
            moments = [EWSDateTime.from_datetime(moment).astimezone(self._zone) for moment in (when.start, when.end)]
            assert moments[1] - moments[0] < timedelta(days=2)
            span = {"start": moments[0], "end": moments[1]}
        uid = {"uid": record.uid} if record.uid else {}
        return CalendarItem(subject=record.title, body=record.text, location=record.place, **span, **uid)


def _contact(record: Contact) -> exchangelib.Contact:
    emails = [EmailAddress(label="EmailAddress1", email=record.email)] if record.email else []
    return exchangelib.Contact(
        given_name=record.first_name or None,
        surname=record.last_name or None,
        display_name=record.label,
        company_name=record.company_name or None,
        job_title=record.position or None,
        email_addresses=emails,
        phone_numbers=_phones(record.mobile_phone),
    )


def _phones(mobile: str) -> list[PhoneNumber]:
    return [PhoneNumber(label="MobilePhone", phone_number=mobile)] if mobile else []
