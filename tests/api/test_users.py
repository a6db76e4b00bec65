"""Users and tokens over REST: links and texts are shown once, roles count, nobody's change is overwritten."""

from __future__ import annotations

import httpx
import pytest

from app.domain.people import Role
from tests.services.portal import RunningPortal


@pytest.fixture
def api(portal: RunningPortal) -> httpx.Client:
    return portal.api()


def test_a_user_is_added_changed_and_removed(api: httpx.Client) -> None:
    made = api.post("/users", json={"name": "Bernd", "role": "operator"})
    assert made.status_code == 201
    assert "/welcome/" in made.json()["link"]
    read = api.get(made.headers["location"].removeprefix("/api/v1"))
    assert read.json()["has_password"] is False
    etag = {"If-Match": read.headers["etag"]}
    changed = api.patch("/users/Bernd", json={"role": "auditor"}, headers=etag)
    assert changed.json()["role"] == "auditor"
    lost = api.patch("/users/Bernd", json={"active": False}, headers=etag)
    assert (lost.status_code, lost.json()["type"]) == (412, "/problems/superseded")
    assert api.delete("/users/Bernd", headers={"If-Match": changed.headers["etag"]}).status_code == 204
    assert api.get("/users/Bernd").status_code == 404


def test_a_change_says_which_version_it_means(api: httpx.Client) -> None:
    assert api.patch("/users/administrator", json={}).status_code == 428
    assert api.patch("/users/administrator", json={}, headers={"If-Match": "3"}).status_code == 400


def test_the_last_administrator_stays(api: httpx.Client) -> None:
    refused = api.patch("/users/administrator", json={"role": "auditor"}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_administrators_manage_people(portal: RunningPortal, role: Role) -> None:
    api = portal.api(role)
    assert api.get("/users").status_code == 403
    assert api.get("/me").json() == {"name": role.value, "role": role.value}


def test_a_token_is_shown_once_and_of_no_use_when_revoked(portal: RunningPortal, api: httpx.Client) -> None:
    made = api.post("/tokens", json={"name": "monitoring", "role": "auditor"}).json()
    assert made["text"].startswith("ws_")
    assert made["text"] not in api.get("/tokens").text
    mine = httpx.Client(base_url=api.base_url, headers={"Authorization": f"Bearer {made['text']}"})
    assert mine.get("/me").json()["role"] == "auditor"
    assert mine.post("/users", json={"name": "x", "role": "auditor"}).status_code == 403
    assert api.delete(f"/tokens/{made['token']['id']}").status_code == 204
    refused = mine.get("/me")
    assert refused.status_code == 401
    assert "WWW-Authenticate" in refused.headers
    mine.close()


def test_a_repeated_post_is_carried_out_once(api: httpx.Client) -> None:
    key = {"Idempotency-Key": "3f1c"}
    first = api.post("/users", json={"name": "bernd", "role": "auditor"}, headers=key)
    again = api.post("/users", json={"name": "bernd", "role": "auditor"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    other = api.post("/users", json={"name": "carla", "role": "auditor"}, headers=key)
    assert other.status_code == 422
    assert [user["name"] for user in api.get("/users").json()] == ["administrator", "bernd"]


def test_a_wrong_body_names_every_fault(api: httpx.Client) -> None:
    refused = api.post("/users", json={"name": "b", "role": "king", "colour": "red"})
    assert refused.status_code == 422
    assert {problem["field"] for problem in refused.json()["problems"]} == {"role", "colour"}
