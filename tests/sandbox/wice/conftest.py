"""A Wice sandbox server over HTTP, empty again for every test."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.adapters.trust import trusted
from tests.sandbox.servers import running

BASE = "/pserv/base/json"
PLUGIN = "/plugin/wp_wice_client_api_backend/json"


class Wice:
    """Speaks the Client API as plainly as possible; `cookie` is of the last login."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.cookie = ""

    def login(self, username: str = "anna", password: str | None = None) -> Any:
        fields = {"mandant_name": "example", "username": username, "password": password or f"wice-{username}"}
        reply = self.http.post(BASE, data={"method": "login", **fields}).json()
        self.cookie = reply.get("cookie", "")
        return reply

    def call(self, method: str, data: object = None, **fields: object) -> Any:
        form = {"method": method, "cookie": self.cookie, **{name: str(value) for name, value in fields.items()}}
        if data is not None:
            form["data"] = json.dumps(data)
        return self.http.post(PLUGIN, data=form).raise_for_status().json()

    def control(self, path: str, body: object = None) -> Any:
        return self.http.post(f"/_sandbox/{path}", json=body or {}).raise_for_status().json()

    def settings(self, **changes: object) -> None:
        self.control("settings", changes)

    def fault(self, kind: str, **how: object) -> None:
        self.control("faults", {"kind": kind, **how})

    def records(self, table: str) -> Any:
        return self.http.get(f"/_sandbox/records/{table}").json()["records"]

    def person(self, **values: object) -> str:
        """The rowid of a new person."""
        return str(self.call("insert_contact", {"name": "Müller", **values})["rowid"])

    def company(self, **values: object) -> str:
        return str(self.call("insert_company", {"name": "Nordlicht GmbH", **values})["rowid"])

    def appointment(self, **values: object) -> str:
        """The rowid of a new appointment: anna's, 1 December 2026, 9 to 10 o'clock, unless `values` say otherwise."""
        usual = {
            "title": "Gespräch",
            "date_start": "2026-12-01",
            "time_start": "09:00",
            "date_end": "2026-12-01",
            "time_end": "10:00",
            "participants": ["1001"],
        }
        return str(self.call("insert_appointment", {**usual, **values})["rowid"])


@pytest.fixture(scope="session")
def wice_http() -> Iterator[httpx.Client]:
    with running("wice") as url, httpx.Client(verify=trusted(""), base_url=url) as http:
        yield http


@pytest.fixture
def wice(wice_http: httpx.Client) -> Wice:
    """Signed in as anna (employee 1001); bernd is 1002, clara 1003."""
    client = Wice(wice_http)
    client.control("reset", {"seed": "empty", "people": 3})
    client.login()
    return client
