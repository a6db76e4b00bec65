"""Explain over REST: the same answers as in the portal, as codes and values (R41)."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.people import Role
from app.settings import Settings
from tests.scenarios.office import Office
from tests.services import explained, past_runs
from tests.services.portal import RunningPortal, running_portal
from tests.services.sandbox import Sandbox

OF_PROFILE = {"profile": past_runs.PROFILE, "live": "false"}


@pytest.fixture
def books(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_R41_hits_of_all_accounts_name_the_item_to_ask_about(books: RunningPortal) -> None:
    run, api = explained.written(books.product), books.api(Role.AUDITOR)
    found = api.get("/explain", params={"q": "SCHULZ anna"}).json()
    [hit] = found["items"]
    assert (hit["item"], hit["state"], found["more"]) == ("Schulz, Anna", "synchronised", False)
    asked = {"profile": f"{hit['account']}/{hit['profile']}", "kind": hit["kind"], "key": hit["key"], "live": "false"}
    [item] = api.get("/explain/item", params=asked).json()["items"]
    assert (item["cause"], item["rule"], item["linked"]) == ("in_step", "R3", True)
    [event] = item["timeline"]
    assert (event["run"], event["attempt"], event["state"]) == (run, explained.ATTEMPT, "done")
    assert event["fields"]["mobile_phone"] == {"old": "+49 30 1234", "new": "+49 30 9876"}


def test_R41_from_the_books_alone_says_so(books: RunningPortal) -> None:
    explained.written(books.product)
    answer = books.api().get("/explain/profile", params={**OF_PROFILE, "q": "schulz"}).json()
    assert (answer["live"], [gap["code"] for gap in answer["gaps"]]) == (False, ["not_asked"])
    assert [item["state"] for item in answer["items"]] == ["synchronised"]


def test_R41_R19_a_private_matter_has_neither_name_nor_past(books: RunningPortal) -> None:
    explained.written(books.product)
    explained.became_private(books.product)
    api = books.api()
    [hit] = api.get("/explain", params={"q": "schulz"}).json()["items"]
    [item] = api.get("/explain/profile", params={**OF_PROFILE, "q": "schulz"}).json()["items"]
    assert (hit["item"], item["item"], item["timeline"], item["cause"]) == ("", "", [], "foreign_private")


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/explain", {"q": "x"}, 422),
        ("/explain", {}, 422),
        ("/explain/profile", {"q": "schulz", "profile": "nobody/nothing", "live": "false"}, 404),
        ("/explain/item", {**OF_PROFILE, "kind": "contacts", "key": "wice:unknown"}, 404),
        ("/explain/item", {**OF_PROFILE, "kind": "cars", "key": "k"}, 422),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    books: RunningPortal, path: str, asked: dict[str, str], status: int
) -> None:
    reply = books.api().get(path, params=asked)
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"


def test_R41_who_was_never_synchronised_is_found_at_the_server(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with running_portal(settings) as portal, Office(sandbox, settings) as office:
        office.wice.person("Schulz", firstname="Eva")
        asked = {"profile": "anna/anna", "q": "schulz"}
        answer = portal.api(Role.AUDITOR).get("/explain/profile", params=asked).json()
    [item] = answer["items"]
    assert (answer["live"], item["cause"], item["wice"]["absence"]) == (True, "not_flagged", "unflagged")
    assert [fact["name"] for fact in item["facts"]] == ["flag"]
