"""Profiles and a mailbox's folders over REST."""

from __future__ import annotations

import httpx
import pytest

from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.people import Role
from tests.services.portal import RunningPortal
from tests.services.sandbox import Sandbox

AT = "/accounts/anna/profiles"


@pytest.fixture
def office(portal: RunningPortal) -> RunningPortal:
    _save(portal, "https://ews.invalid", "svc", "s")
    return portal


def _save(portal: RunningPortal, ews: str, username: str, password: str) -> None:
    registry = portal.product.registry
    registry.save(WiceServer(name="main", url="https://wice.invalid", mandant="m"))
    registry.save(ExchangeServer(name="mail", url=ews, username=username, password=password))
    registry.save(
        Account(
            name="anna",
            email="anna@example.com",
            wice_server="main",
            wice_username="anna",
            wice_password="s",
            exchange_server="mail",
            mailbox="anna@example.com",
        )
    )


@pytest.fixture
def api(office: RunningPortal) -> httpx.Client:
    return office.api()


def test_a_profile_is_added_read_changed_renamed_and_removed(api: httpx.Client) -> None:
    made = api.post(AT, json={"name": "My work", "appointments": False})
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/accounts/anna/profiles/My%20work")
    read = api.get(f"{AT}/My work")
    assert (read.json(), read.headers["etag"]) == (made.json(), made.headers["etag"])
    etag = {"If-Match": read.headers["etag"]}
    changed = api.patch(f"{AT}/My work", json={"schedule": "every hour"}, headers=etag)
    assert (changed.json()["schedule"], changed.json()["appointments"]) == ("every hour", False)
    lost = api.patch(f"{AT}/My work", json={"schedule": ""}, headers=etag)
    assert (lost.status_code, lost.json()["type"]) == (412, "/problems/superseded")
    renamed = api.post(f"{AT}/My work/rename", json={"name": "Work"}, headers={"If-Match": changed.headers["etag"]})
    assert renamed.json()["name"] == "Work"
    assert api.delete(f"{AT}/Work", headers={"If-Match": renamed.headers["etag"]}).status_code == 204
    assert api.get(AT).json() == []


def test_every_fault_is_named_at_its_field(api: httpx.Client) -> None:
    refused = api.post(AT, json={"name": "a/b", "schedule": "sometimes", "contacts_folder": "/"})
    assert refused.status_code == 422
    fields = {problem["field"] for problem in refused.json()["problems"]}
    assert fields == {"name", "schedule", "contacts_folder"}
    assert api.post("/accounts/nobody/profiles", json={"name": "Wice"}).status_code == 404
    assert api.patch(f"{AT}/Wice", json={}).status_code in {404, 428}


def test_the_list_is_filtered_and_comes_in_pages(api: httpx.Client) -> None:
    for number, folder in enumerate(("Wice", "A", "B")):
        api.post(AT, json={"name": f"p{number}", "contacts_folder": folder, "appointments": False})
    first = api.get("/profiles", params={"limit": 2, "account": "anna"}).json()
    assert ([row["name"] for row in first["items"]], first["total"]) == (["p0", "p1"], 3)
    rest = api.get("/profiles", params={"limit": 2, "account": "anna", "cursor": first["next"]}).json()
    assert [row["name"] for row in rest["items"]] == ["p2"]
    assert api.get("/profiles", params={"state": "failing"}).json()["items"] == []
    assert api.get("/profiles", params={"cursor": "nonsense"}).status_code == 422


def test_R35_full_editing_is_asked_for_and_drops_no_more_than_links(api: httpx.Client) -> None:
    api.post(AT, json={"name": "Wice"})
    assert api.post(f"{AT}/Wice/full-editing", json={"kinds": ["contacts"]}).status_code == 204
    assert api.post(f"{AT}/Wice/full-editing", json={"kinds": []}).status_code == 422


def test_R25_the_folders_of_a_mailbox_are_listed(portal: RunningPortal, sandbox: Sandbox) -> None:
    _save(portal, sandbox.ews, sandbox.service["username"], sandbox.service["password"])
    found = portal.api().get("/accounts/anna/folders", params={"kind": "appointments"}).json()
    assert (found[0]["wish"], found[0]["can_be_chosen"]) == ("default", True)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_administrators_configure(office: RunningPortal, api: httpx.Client, role: Role) -> None:
    api.post(AT, json={"name": "Wice"})
    other = office.api(role)
    assert other.get(f"{AT}/Wice").status_code == 200
    assert other.post(AT, json={"name": "x"}).status_code == 403
    assert other.patch(f"{AT}/Wice", json={}, headers={"If-Match": "*"}).status_code == 403
    assert other.delete(f"{AT}/Wice", headers={"If-Match": "*"}).status_code == 403
    assert other.get("/accounts/anna/folders").status_code == 403


def test_R36_the_next_runs_of_a_schedule_are_told_and_a_wrong_one_is_refused(api: httpx.Client) -> None:
    added = api.post(AT, json={"name": "Timed", "schedule": "at 06:00 and 18:00 on weekdays, Europe/Berlin"})
    assert added.status_code == 201
    assert len(api.get(f"{AT}/Timed/next-runs").json()) == 5
    version = {"If-Match": "*"}
    refused = api.patch(f"{AT}/Timed", json={"schedule": "at noon"}, headers=version)
    assert (refused.status_code, "write a time such as 07:00" in refused.text) == (422, True)
    assert api.patch(f"{AT}/Timed", json={"schedule": ""}, headers=version).status_code == 200
    assert api.get(f"{AT}/Timed/next-runs").json() == []
