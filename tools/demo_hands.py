"""What people do during the demo, over the real protocols: in Outlook (EWS, by exchangelib as the mailbox's owner) and in Wice (its JSON calls)."""

# exchangelib has no type annotations.
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    Build,
    Configuration,
    Contact,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    Version,
)
from exchangelib.folders import Calendar, Contacts
from exchangelib.indexed_properties import EmailAddress, PhoneNumber

WICE_CALLS = "/plugin/wp_wice_client_api_backend/json"
BERLIN = ZoneInfo("Europe/Berlin")


class Outlook:
    """One person's mailbox, signed in as its owner; works in the folders "Wice"."""

    def __init__(self, endpoint: str, mailbox: str, password: str) -> None:
        configuration = Configuration(
            service_endpoint=endpoint,
            credentials=Credentials(mailbox, password),
            auth_type=BASIC,
            version=Version(Build(15, 1)),
        )
        zone = EWSTimeZone.from_zoneinfo(BERLIN)
        self._account = Account(
            mailbox, config=configuration, access_type=DELEGATE, autodiscover=False, default_timezone=zone
        )
        self._contacts: Contacts = self._account.contacts / "Wice"
        self._calendar: Calendar = self._account.calendar / "Wice"

    def change_a_phone_number(self, number: str) -> str:
        """Change the first person's business phone; returns the name."""
        contact = next(one for one in self._people() if _phone(one))
        contact.phone_numbers = [one for one in contact.phone_numbers if one.label != "BusinessPhone"]
        contact.phone_numbers.append(PhoneNumber(label="BusinessPhone", phone_number=number))
        contact.save(update_fields=["phone_numbers"])
        return str(contact.display_name)

    def add_a_contact(self, first_name: str, last_name: str, email: str) -> None:
        """Create a contact of no company."""
        Contact(
            account=self._account,
            folder=self._contacts,
            given_name=first_name,
            surname=last_name,
            display_name=f"{first_name} {last_name}",
            email_addresses=[EmailAddress(label="EmailAddress1", email=email)],
        ).save()

    def delete_contacts(self, most: int) -> int:
        """Delete the last persons in the alphabet; returns how many."""
        gone = self._people()[-most:]
        for contact in gone:
            contact.move_to_trash()
        return len(gone)

    def delete_an_appointment(self, today: date) -> str:
        """Delete the next appointment that is at least three days ahead; returns its subject."""
        start = EWSDateTime.from_datetime(
            datetime(today.year, today.month, today.day, tzinfo=BERLIN) + timedelta(days=3)
        )
        item = self._calendar.all().filter(start__gt=start).order_by("start")[0]
        subject = str(item.subject)
        item.move_to_trash()
        return subject

    def close(self) -> None:
        """Free the connections."""
        self._account.protocol.close()

    def _people(self) -> list[Any]:
        return [one for one in self._contacts.all().order_by("surname", "given_name") if one.surname]


def _phone(contact: Any) -> str:
    numbers = (one.phone_number for one in contact.phone_numbers or () if one.label == "BusinessPhone")
    return next(numbers, "") or ""


class Wice:
    """One employee in Wice."""

    def __init__(self, url: str, mandant: str, username: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        form = {"method": "login", "mandant_name": mandant, "username": username, "password": password}
        self._cookie = self._http.post("/pserv/base/json", data=form).json()["cookie"]
        self._me = self._call("get_current_user")["rowid"]

    def change_a_name(self, last_name: str) -> str:
        """Somebody marries: the last person in the alphabet gets another last name; returns the old one."""
        person = self._people()[-1]
        self._call("update_contact", data={"rowid": person["rowid"], "name": last_name})
        return _name(person)

    def unflag_a_person(self) -> str:
        """Take the flag "Outlook sync" from the second person; returns the name."""
        person = self._people()[1]
        flag = {"table": "address_contactperson", "rowid": person["rowid"], "outlook_sync": "0"}
        self._call("set_outlook_sync", data=flag)
        return _name(person)

    def add_an_appointment(self, title: str, day: date) -> None:
        """Ten o'clock in the morning, for an hour, with oneself."""
        times = {"date_start": day.isoformat(), "time_start": "10:00", "date_end": day.isoformat(), "time_end": "11:00"}
        appointment = {"title": title, **times, "fulltime": "0", "participants": [self._me], "location": "Kantine"}
        self._call("insert_appointment", data=appointment)

    def close(self) -> None:
        """Free the connection."""
        self._http.close()

    def _people(self) -> list[dict[str, str]]:
        found = self._call("get_all_persons", full_list="1", ext_search_do="1", outlook_sync="1")["loop_addresses"]
        return sorted(found, key=lambda person: (person["name"], person["firstname"]))

    def _call(self, method: str, data: Mapping[str, object] | None = None, **fields: str) -> Any:
        form = {"method": method, "cookie": self._cookie, **fields}
        if data is not None:
            form["data"] = json.dumps(data)
        reply = self._http.post(WICE_CALLS, data=form).json()
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply


def _name(person: dict[str, str]) -> str:
    return f"{person['name']}, {person['firstname']}"
