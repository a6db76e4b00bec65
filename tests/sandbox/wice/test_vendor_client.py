"""The vendor's public Node clients can use this server: their calls, replayed as they make them.

Sources, read and re-told, not copied: WiceDe/wice-client-api (api/controllers/user.js, person.js, organization.js),
openintegrationhub/wicecrm-adapter (lib/utils/helpers.js), WiceDe/wice-office365-connector (helpers/wice-api.js).
"""

import json
from typing import Any

import httpx
import pytest

from tests.sandbox.wice.conftest import BASE, PLUGIN, Wice

NO_KEY = {"X-API-KEY": ""}


class NodeClient:
    """`request-promise` with `form`, a cookie per call, and an `X-API-KEY` header even where there is no key."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        login = {"method": "login", "mandant_name": "example", "username": "anna", "password": "wice-anna"}
        self.cookie = http.post(BASE, data=login, headers=NO_KEY).json()["cookie"]

    def post(self, **form: Any) -> Any:
        reply = self._http.post(PLUGIN, data={"cookie": self.cookie, **form}, headers=NO_KEY)
        assert reply.status_code == 200  # anything else is handed through to the client's caller
        return json.loads(reply.text)

    def create_or_update(self, kind: str, entry: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Search by last name, take the first hit, then update or create: the controllers' POST route."""
        listing, insert, update = {
            "person": ("get_all_persons", "insert_contact", "update_contact"),
            "organization": ("get_all_companies", "insert_company", "update_company"),
        }[kind]
        found = self.post(method=listing, ext_search_do=1, name=entry["name"])
        if kind == "person":
            entry = {**entry, "same_contactperson": "auto"}
        if found.get("loop_addresses"):
            entry = {**entry, "rowid": found["loop_addresses"][0]["rowid"]}
            return "updated", self.post(method=update, data=json.dumps(entry))
        return "created", self.post(method=insert, data=json.dumps(entry))


@pytest.fixture
def node(wice: Wice) -> NodeClient:
    return NodeClient(wice.http)


@pytest.mark.parametrize(
    ("kind", "entry", "single"),
    [
        ("person", {"firstname": "Jan", "name": "Köster", "email": "jan.koester@example.com"}, "get_person"),
        ("organization", {"name": "Nordlicht GmbH", "email": "info@nordlicht.example"}, "get_company"),
    ],
)
def test_client_api_creates_then_updates_the_same_record(
    node: NodeClient, kind: str, entry: dict[str, Any], single: str
) -> None:
    status, created = node.create_or_update(kind, entry)
    assert (status, created["email"]) == ("created", entry["email"])
    status, updated = node.create_or_update(kind, {**entry, "email": "neu@example.com"})
    assert (status, updated) == ("updated", {"rowid": created["rowid"]})
    assert node.post(method=single, pkey=created["rowid"])["email"] == "neu@example.com"


@pytest.mark.parametrize(
    ("listing", "update", "delete", "kind"),
    [
        ("get_all_persons", "update_contact", "delete_person", "person"),
        ("get_all_companies", "update_company", "delete_company", "organization"),
    ],
)
def test_client_api_lists_updates_and_deletes(
    node: NodeClient, listing: str, update: str, delete: str, kind: str
) -> None:
    _, created = node.create_or_update(kind, {"name": "Behrens"})
    rows = node.post(method=listing, full_list=1)["loop_addresses"]
    assert len(rows) == 1
    rowid = rows[0]["rowid"]
    assert node.post(method=update, data=json.dumps({"name": "Monica", "rowid": rowid}))["rowid"] == rowid
    assert node.post(method=delete, data=json.dumps({"rowid": rowid}))["rowid"] == rowid
    assert created["rowid"] == rowid


def test_adapter_reads_full_lists_by_get_and_compares_last_update_as_text(node: NodeClient, wice: Wice) -> None:
    node.create_or_update("person", {"name": "Behrens"})
    address = f"{PLUGIN}?method=get_all_persons&full_list=1&cookie={node.cookie}"
    (row,) = wice.http.get(address).json()["loop_addresses"]
    assert row["last_update"] > "1970-01-01T00:00:00.000Z"
    wanted = ("for_rowid", "same_contactperson", "deactivated", "birthday", "private_state", "private_country", "fax")
    assert all(column in row for column in wanted)


def test_adapter_looks_a_record_up_in_address_object_of_a_newer_server(node: NodeClient, wice: Wice) -> None:
    _, created = node.create_or_update("person", {"name": "Behrens"})
    wice.settings(wrap_objects=True)
    assert node.post(method="get_person", pkey=created["rowid"])["address_object"]["rowid"] == created["rowid"]
    assert "address_object" not in node.post(method="get_person", pkey="433610")


def test_adapter_reads_tickets_from_a_json_page(node: NodeClient, wice: Wice) -> None:
    header = {"cookie": f"wice_cookie={node.cookie}"}
    page = wice.http.get("/pserv/base/json_backend/ticket/mainview", headers=header)
    assert page.json() == {"loop_tickets": []}


def test_connector_signs_in_with_an_unencoded_form_string(wice: Wice) -> None:
    body = "method=login&mandant_name=example&username=anna&password=wice-anna"
    header = {"Content-Type": "application/x-www-form-urlencoded"}
    assert wice.http.post(BASE, content=body, headers=header).json()["cookie"]
