"""The audit log over REST: in pages, filtered, as a file."""

from __future__ import annotations

import csv
import json

import httpx
import pytest

from app.domain.people import SYSTEM, Role
from tests.services.portal import RunningPortal


@pytest.fixture
def api(portal: RunningPortal) -> httpx.Client:
    for name in ("anna", "bernd", "carla"):
        portal.product.people.add(name, Role.AUDITOR, SYSTEM)
    return portal.api(Role.AUDITOR)


def test_pages_lead_on_and_back(api: httpx.Client) -> None:
    asked: dict[str, str | int] = {"entity_kind": "user", "action": "created", "limit": 2}
    first = api.get("/audit", params=asked).json()
    second = api.get("/audit", params={**asked, "cursor": first["next"]}).json()
    names = [entry["entity"] for page in (first, second) for entry in page["items"]]
    assert names == ["auditor", "carla", "bernd", "anna"]
    assert api.get("/audit", params={**asked, "cursor": second["previous"]}).json()["items"] == first["items"]


@pytest.mark.parametrize("cursor", ["x1", "o", "o²", "n-1", "o" + "9" * 30])
def test_a_bad_cursor_says_so(api: httpx.Client, cursor: str) -> None:
    assert api.get("/audit", params={"cursor": cursor}).status_code == 422


def test_it_can_be_taken_home_as_a_file(api: httpx.Client) -> None:
    table = list(csv.DictReader(api.get("/audit/export", params={"q": "carla"}).text.splitlines()))
    lines = api.get("/audit/export", params={"q": "carla", "form": "jsonl"}).text.splitlines()
    assert [row["entity"] for row in table] == [json.loads(line)["entity"] for line in lines]
    assert table
