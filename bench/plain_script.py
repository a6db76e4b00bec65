"""What an administrator would write in an afternoon with exchangelib and requests: one item after the other, everything read every time.

    python -m bench.plain_script '{"scenario": "to_wice", ...}'

It keeps no books: what it finds on the other side under the same name it leaves alone. Prints wall time and CPU in seconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any, Final

import requests
from exchangelib import IMPERSONATION, Account, Configuration, Contact, Credentials
from exchangelib.indexed_properties import EmailAddress, PhoneNumber
from exchangelib.transport import BASIC
from exchangelib.version import EXCHANGE_2013_SP1, Version

from bench.servers import WICE_CALLS

_COLUMNS: Final = {"given_name": "firstname", "surname": "name", "department": "department", "job_title": "position"}


class Script:
    """Both servers as the script has them."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._http = requests.Session()
        service = job["service"]
        config = Configuration(
            service_endpoint=job["ews"],
            credentials=Credentials(service["username"], service["password"]),
            auth_type=BASIC,
            version=Version(build=EXCHANGE_2013_SP1),
        )
        self._account = Account(job["mailbox"], config=config, access_type=IMPERSONATION, autodiscover=False)
        form = {"method": "login", "mandant_name": job["mandant"]}
        form |= {"username": job["username"], "password": job["password"]}
        self._cookie = self._http.post(f"{job['wice']}/pserv/base/json", data=form).json()["cookie"]

    def call(self, method: str, **fields: str) -> Any:
        form = {"method": method, "cookie": self._cookie, **fields}
        return self._http.post(f"{self._job['wice']}{WICE_CALLS}", data=form).json()

    def persons(self) -> list[dict[str, str]]:
        reply = self.call("get_all_persons", full_list="1", ext_search_do="1", outlook_sync="1")
        return list(reply.get("loop_addresses", []))

    def folder(self) -> Any:
        return self._account.contacts / "Wice"

    def contacts(self) -> Iterator[Any]:
        return iter(self.folder().all())


def _name(row: dict[str, str]) -> tuple[str, str]:
    return row["firstname"], row["name"]


def to_wice(script: Script) -> None:
    known = {_name(row) for row in script.persons()}
    for item in script.contacts():
        if (item.given_name, item.surname) in known:
            continue
        data = {column: getattr(item, field) or "" for field, column in _COLUMNS.items()}
        data["email"] = next((one.email for one in item.email_addresses or ()), "")
        data["phone"] = next((one.phone_number for one in item.phone_numbers or () if one.phone_number), "")
        rowid = script.call("insert_contact", data=json.dumps(data))["rowid"]
        flag = {"table": "address_contactperson", "rowid": rowid, "outlook_sync": "1"}
        script.call("set_outlook_sync", data=json.dumps(flag))


def to_exchange(script: Script) -> None:
    known = {(item.given_name, item.surname) for item in script.contacts()}
    folder = script.folder()
    for row in script.persons():
        if _name(row) in known:
            continue
        made = Contact(
            account=script._account,  # noqa: SLF001 - a script
            folder=folder,
            display_name=f"{row['firstname']} {row['name']}",
            email_addresses=[EmailAddress(label="EmailAddress1", email=row["email"])] if row["email"] else None,
            phone_numbers=[PhoneNumber(label="BusinessPhone", phone_number=row["phone"])] if row["phone"] else None,
            **{field: row[column] for field, column in _COLUMNS.items()},
        )
        made.save()


def idle(script: Script) -> None:
    """It does not know that nothing has changed: it reads everything and compares."""
    to_wice(script)
    to_exchange(script)


SCENARIOS: Final[dict[str, Callable[[Script], None]]] = {"to_wice": to_wice, "to_exchange": to_exchange, "idle": idle}


def main() -> None:
    """Measure."""
    job = json.loads(sys.argv[1])
    begun, used = perf_counter(), process_time()
    SCENARIOS[job["scenario"]](Script(job))
    print(json.dumps({"runs": [{"wall": perf_counter() - begun, "cpu": process_time() - used}]}))


if __name__ == "__main__":
    main()
