"""Servers over REST: secrets go in and never come out, versions count, a connection test tells each step."""

from __future__ import annotations

import json

import httpx
import pytest

from app.domain.people import Role
from tests.services.portal import RunningPortal
from tests.services.sandbox import Sandbox

KINDS = [
    ("/wice-servers", {"name": "main", "url": "https://w.example.com", "mandant": "m", "api_key": "hunter2"}),
    ("/exchange-servers", {"name": "mail", "username": "svc", "password": "hunter2"}),
]


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_a_server_is_added_changed_renamed_and_removed(portal: RunningPortal, path: str, body: dict[str, str]) -> None:
    api = portal.api()
    made = api.post(path, json=body)
    assert made.status_code == 201
    assert "hunter2" not in made.text
    where = made.headers["location"].removeprefix("/api/v1")
    changed = api.patch(where, json={"ca_file": ""}, headers={"If-Match": made.headers["etag"]})
    assert changed.status_code == 200
    moved = api.patch(where, json={"url": "https://x.example.com"}, headers={"If-Match": changed.headers["etag"]})
    assert moved.json()["url"] == "https://x.example.com"
    stale = api.patch(where, json={"url": "https://y.example.com"}, headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    assert api.post(f"{where}/rename", json={"name": "branch"}).status_code == 204
    renamed = api.get(f"{path}/branch")
    assert renamed.json()["url"] == "https://x.example.com"
    assert api.delete(f"{path}/branch", headers={"If-Match": renamed.headers["etag"]}).status_code == 204
    assert api.get(path).json() == []


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_limits_are_set_and_lifted(portal: RunningPortal, path: str, body: dict[str, str]) -> None:
    api = portal.api()
    made = api.post(path, json={**body, "requests_per_second": 2.5, "concurrent_requests": 4})
    assert (made.json()["requests_per_second"], made.json()["concurrent_requests"]) == (2.5, 4)
    where = made.headers["location"].removeprefix("/api/v1")
    kept = api.patch(where, json={"ca_file": ""}, headers={"If-Match": made.headers["etag"]})
    assert kept.json()["concurrent_requests"] == 4, "what is not named stays"
    lifted = api.patch(where, json={"concurrent_requests": None}, headers={"If-Match": kept.headers["etag"]})
    assert (lifted.json()["requests_per_second"], lifted.json()["concurrent_requests"]) == (2.5, None)
    for wrong in ({"requests_per_second": -1}, {"concurrent_requests": 0}, {"concurrent_requests": 1_000_000}):
        assert api.patch(where, json=wrong, headers={"If-Match": lifted.headers["etag"]}).status_code == 422


def test_every_fault_is_named_with_its_field(portal: RunningPortal) -> None:
    refused = portal.api().post("/wice-servers", json={"name": "a/b", "url": "http://w.example.com"})
    assert refused.status_code == 422
    assert {"name", "url", "mandant"} <= {problem["field"] for problem in refused.json()["problems"]}


def test_a_connection_test_tells_each_step(portal: RunningPortal, sandbox: Sandbox) -> None:
    api = portal.api()
    api.post("/wice-servers", json={"name": "main", "url": sandbox.wice, "mandant": sandbox.mandant})
    trial = {"username": "anna", "password": sandbox.person("anna")["password"]}
    steps = api.post("/wice-servers/main/test", json=trial).json()
    assert {step["result"] for step in steps} == {"ok"}
    assert [step["step"] for step in steps][:4] == ["name", "connect", "answer", "login"]


def test_a_connection_test_is_watched_step_by_step(portal: RunningPortal, sandbox: Sandbox) -> None:
    api = portal.api()
    api.post("/wice-servers", json={"name": "main", "url": sandbox.wice, "mandant": sandbox.mandant})
    trial = {"username": "anna", "password": sandbox.person("anna")["password"]}
    watched = api.post("/wice-servers/main/test/events", json=trial, headers={"Idempotency-Key": "once"})
    assert watched.headers["Content-Type"].startswith("text/event-stream")
    *events, ended = watched.text.strip().split("\n\n")
    names = [event.partition("\n")[0].removeprefix("event: ") for event in events]
    assert names[:6] == ["trying", "step"] * 3
    assert ended.startswith("event: ended")
    first, second, *_ = (json.loads(event.partition("data: ")[2]) for event in events)
    assert first == {"side": "wice", "step": "name"}
    assert (second["step"], second["result"], second["found"]) == ("name", "ok", "127.0.0.1")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_others_only_read(portal: RunningPortal, role: Role) -> None:
    api: httpx.Client = portal.api(role)
    assert api.get("/wice-servers").status_code == 200
    assert api.post("/wice-servers", json={"name": "x"}).status_code == 403
    assert api.post("/wice-servers/x/test", json={}).status_code == 403
