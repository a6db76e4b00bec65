"""Templates over REST."""

from __future__ import annotations

import httpx
import pytest

from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.people import Role
from tests.services.portal import RunningPortal


@pytest.fixture
def office(portal: RunningPortal) -> RunningPortal:
    registry = portal.product.registry
    registry.save(WiceServer(name="main", url="https://wice.invalid", mandant="m"))
    registry.save(ExchangeServer(name="mail", url="https://ews.invalid", username="svc", password="s"))
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
    registry.save(Profile(account="anna", name="Wice"))
    return portal


@pytest.fixture
def api(office: RunningPortal) -> httpx.Client:
    return office.api()


def test_a_template_is_added_assigned_changed_and_removed(api: httpx.Client) -> None:
    made = api.post("/templates", json={"name": "Sales", "schedule": "every hour"})
    assert (made.status_code, made.headers["location"]) == (201, "/api/v1/templates/Sales")
    tried = api.post("/templates/Sales/assign", json={"profiles": ["anna/Wice"], "dry_run": True})
    assert tried.json() == {"changed": ["anna/Wice"], "locked": []}
    assert api.get("/accounts/anna/profiles/Wice").json()["template"] == ""
    api.post("/templates/Sales/assign", json={"profiles": ["anna/Wice"]})
    etag = {"If-Match": made.headers["etag"]}
    tried = api.patch("/templates/Sales", json={"schedule": ""}, headers=etag, params={"dry_run": True})
    assert tried.json()["changed"] == ["anna/Wice"]
    assert api.get("/templates/Sales").json()["schedule"] == "every hour"
    api.patch("/templates/Sales", json={"schedule": ""}, headers=etag)
    assert api.get("/accounts/anna/profiles/Wice").json()["schedule"] == ""
    assert api.patch("/templates/Sales", json={"schedule": "every hour"}, headers=etag).status_code == 412
    renamed = api.post("/templates/Sales/rename", json={"name": "Field"}, headers={"If-Match": "*"})
    assert renamed.json()["name"] == "Field"
    assert [one["name"] for one in api.get("/templates").json()] == ["Field"]
    assert api.delete("/templates/Field", headers={"If-Match": renamed.headers["etag"]}).status_code == 204
    assert api.get("/accounts/anna/profiles/Wice").json()["template"] == ""


def test_a_follower_sets_nothing_itself_until_it_is_detached(api: httpx.Client) -> None:
    api.post("/templates", json={"name": "Sales", "schedule": "every hour"})
    api.post("/templates/Sales/assign", json={"profiles": ["anna/Wice"]})
    any_version = {"If-Match": "*"}
    refused = api.patch("/accounts/anna/profiles/Wice", json={"schedule": ""}, headers=any_version)
    assert [problem["field"] for problem in refused.json()["problems"]] == ["schedule"]
    assert api.post("/templates/detach", json={"profiles": ["anna/Wice"]}).json()["changed"] == ["anna/Wice"]
    assert api.patch("/accounts/anna/profiles/Wice", json={"schedule": ""}, headers=any_version).status_code == 200


def test_a_profile_that_does_not_exist_is_named(api: httpx.Client) -> None:
    api.post("/templates", json={"name": "Sales"})
    refused = api.post("/templates/Sales/assign", json={"profiles": ["nobody/Wice"]})
    assert (refused.status_code, "nobody/Wice" in refused.json()["detail"]) == (404, True)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_administrators_configure(office: RunningPortal, api: httpx.Client, role: Role) -> None:
    api.post("/templates", json={"name": "Sales"})
    other = office.api(role)
    assert other.get("/templates/Sales").status_code == 200
    assert other.post("/templates", json={"name": "x"}).status_code == 403
    assert other.post("/templates/detach", json={"profiles": ["anna/Wice"]}).status_code == 403
