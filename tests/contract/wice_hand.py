"""The person's hand in Wice over the documented protocol, by a client of its own: an independent reading of wice-api.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from app.adapters.trust import trusted
from app.domain.appointment import AllDay, Appointment
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import ItemId

NOBODY = ItemId("")
UNMAPPED = {"p": "picture_url", "c": "turnover", "a": "category"}
_TABLES = {"p": "contact", "c": "company", "a": "appointment"}
_READS = {"p": "get_person", "c": "get_company", "a": "get_appointment"}
_PERSON = {
    "first_name": "firstname",
    "last_name": "name",
    "email": "email",
    "mobile_phone": "mobile_phone",
    "position": "position",
}
_COMPANY = {"company_name": "name", "company_phone": "phone", "company_town": "town", "company_zip_code": "zip_code"}
_APPOINTMENT = {"title": "title", "text": "description", "place": "location", "uid": "uid"}


class ProtocolWiceHand:
    """`passwords` by login; every call is made as that user, the first one by default."""

    def __init__(self, url: str, mandant: str, passwords: Mapping[str, str], zone: str, api_key: str = "") -> None:
        headers = {"X-API-KEY": api_key} if api_key else {}
        # A server closes idle connections when it likes; one that closes just when it is used again would fail a test.
        limits = httpx.Limits(keepalive_expiry=2)
        self._http = httpx.Client(verify=trusted(""), base_url=url, timeout=30, headers=headers, limits=limits)
        self._mandant = mandant
        self._passwords = passwords
        self._zone = ZoneInfo(zone)
        self._cookies: dict[str, str] = {}
        self._employees: dict[str, str] = {}

    def add_person(self, record: Contact, flags: Iterable[str] = (), company: ItemId = NOBODY) -> ItemId:
        return self._add("p", {**_columns(record, _PERSON), "for_rowid": company.partition(":")[2]}, flags)

    def add_company(self, record: Contact, flags: Iterable[str] = ()) -> ItemId:
        return self._add("c", _columns(record, _COMPANY), flags)

    def add_appointment(self, record: Appointment, participants: Iterable[str] = ()) -> ItemId:
        columns: dict[str, object] = {**_columns(record, _APPOINTMENT), **self._when(record)}
        columns["participants"] = [self.employee(user) for user in participants]
        return self._add("a", columns, ())

    def edit(self, item: ItemId, **fields: object) -> None:
        names = {**_PERSON, **_APPOINTMENT} if item[0] != "c" else _COMPANY
        self.update(item, {names[name]: str(value) for name, value in fields.items()})

    def edit_unmapped(self, item: ItemId, *, note: str) -> None:
        self.update(item, {UNMAPPED[item[0]]: note})

    def unmapped(self, item: ItemId) -> tuple[str]:
        return (str(self.row(item)[UNMAPPED[item[0]]]),)

    def exists(self, item: ItemId) -> bool:
        row = self.row(item)
        return bool(row) and row.get("deactivated", "0") in ("", "0") and not str(row["mandant"]).startswith("-")

    def flag(self, item: ItemId, user: str) -> None:
        self._set_flag(item, user, "1")

    def unflag(self, item: ItemId, user: str) -> None:
        self._set_flag(item, user, "0")

    def deactivate(self, item: ItemId) -> None:
        self.call("delete_person" if item[0] == "p" else "delete_company", {"rowid": item[2:]})

    def join(self, item: ItemId, user: str) -> None:
        there = list(self.row(item)["participants"])
        self.update(item, {"participants": [*there, self.employee(user)]})

    def leave(self, item: ItemId, user: str) -> None:
        self.call("remove_appointment_participant", {"rowid": item[2:], "employee": self.employee(user)})

    def set_external(self, item: ItemId) -> None:
        self.update(item, {"external": "1"})

    def close(self) -> None:
        self._http.close()

    def employee(self, user: str) -> str:
        """Rowid of the employee behind a login."""
        if user not in self._employees:
            self._employees[user] = str(self.call("get_current_user", user=user)["rowid"])
        return self._employees[user]

    def row(self, item: ItemId) -> dict[str, Any]:
        """The record as it stands on the server; {} if it is not there."""
        reply = self.call(_READS[item[0]], pkey=item[2:])
        row = next((reply[key] for key in ("address_object", "appointment_object") if key in reply), reply)
        return dict(row)

    def update(self, item: ItemId, columns: Mapping[str, object]) -> None:
        self.call(f"update_{_TABLES[item[0]]}", {"rowid": item[2:], **columns})

    def call(self, method: str, data: Mapping[str, object] | None = None, user: str = "", **fields: str) -> Any:
        """One call of the Client API as `user`."""
        form = {"method": method, "cookie": self._cookie(user or next(iter(self._passwords))), **fields}
        if data is not None:
            form["data"] = json.dumps(data)
        reply = self._http.post("/plugin/wp_wice_client_api_backend/json", data=form).json()
        assert "error" not in reply, f"{method}: {reply}"
        return reply

    def _add(self, prefix: str, columns: Mapping[str, object], flags: Iterable[str]) -> ItemId:
        made = ItemId(f"{prefix}:{self.call(f'insert_{_TABLES[prefix]}', columns)['rowid']}")
        for user in flags:
            self.flag(made, user)
        return made

    def _set_flag(self, item: ItemId, user: str, value: str) -> None:
        table = "address_contactperson" if item[0] == "p" else "address_company"
        self.call("set_outlook_sync", {"table": table, "rowid": item[2:], "outlook_sync": value}, user)

    def _cookie(self, user: str) -> str:
        if user not in self._cookies:
            form = {"method": "login", "mandant_name": self._mandant, "username": user}
            reply = self._http.post("/pserv/base/json", data={**form, "password": self._passwords[user]}).json()
            self._cookies[user] = reply["cookie"]
        return self._cookies[user]

    def _when(self, record: Appointment) -> dict[str, str]:
        when = record.when
        if isinstance(when, AllDay):
            days = {"date_start": when.first.isoformat(), "date_end": when.last.isoformat()}
            return {**days, "time_start": "07:00", "time_end": "23:00", "fulltime": "1"}
        start, end = (moment.astimezone(self._zone) for moment in (when.start, when.end))
        assert end - start < timedelta(days=1)
        return {
            "date_start": start.date().isoformat(),
            "time_start": start.strftime("%H:%M"),
            "date_end": end.date().isoformat(),
            "time_end": end.strftime("%H:%M"),
            "fulltime": "0",
        }


def _columns(record: Record, names: Mapping[str, str]) -> dict[str, str]:
    assert isinstance(record, (Contact, Appointment))
    return {column: getattr(record, name) for name, column in names.items()}
