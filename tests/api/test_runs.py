"""Runs over REST: asked for, followed, looked at item by item, decided on - by those who may."""

from __future__ import annotations

import json

import httpx
import pytest

from app.domain.people import Role
from app.domain.plan import PlanState
from app.domain.run import Verb
from tests.services import past_runs
from tests.services.portal import RunningPortal


@pytest.fixture
def portal(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_a_run_is_asked_for_and_found_at_its_location(portal: RunningPortal) -> None:
    api = portal.api(Role.OPERATOR)
    asked = api.post("/runs", json={"profile": past_runs.PROFILE, "verb": "analyse"})
    assert asked.status_code == 202
    run = asked.json()
    assert asked.headers["Location"] == f"/api/v1/runs/{run['id']}"
    known = api.get(f"/runs/{run['id']}").json()
    assert (known["state"], known["status"], known["profile"]) == ("queued", None, past_runs.PROFILE)
    assert known["message"].startswith("The workers cannot be reached")
    waiting = api.get("/runs", params={"state": "in_progress"}).json()
    assert [row["id"] for row in waiting["items"]] == [run["id"]]
    assert waiting["total"] == 1


def test_a_thorough_analysis_is_another_run_than_a_plain_one(portal: RunningPortal) -> None:
    api, body = portal.api(Role.OPERATOR), {"profile": past_runs.PROFILE, "verb": "analyse"}
    plain, thorough, again = (api.post("/runs", json=body | more).json() for more in ({}, {"thorough": True}, {"thorough": True}))  # fmt: skip
    assert plain["id"] != thorough["id"] == again["id"]
    assert thorough["items"] == ["thorough"]


def test_the_same_request_repeated_is_one_run(portal: RunningPortal) -> None:
    api = portal.api(Role.OPERATOR)
    body, headers = {"profile": past_runs.PROFILE, "verb": "sync"}, {"Idempotency-Key": "once"}
    first, second = (api.post("/runs", json=body, headers=headers) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"profile": "nobody/nothing", "verb": "sync"}, 404),
        ({"profile": past_runs.PROFILE, "verb": "confirm"}, 422),
        ({"profile": past_runs.PROFILE, "verb": "dance"}, 422),
        ({"profile": past_runs.PROFILE, "verb": "sync", "items": ["wice:1"]}, 422),
        ({"profile": past_runs.PROFILE, "verb": "sync", "thorough": True}, 422),
        ({"verb": "sync"}, 422),
    ],
)
def test_what_cannot_be_asked_for_is_refused(portal: RunningPortal, body: dict[str, object], status: int) -> None:
    assert portal.api().post("/runs", json=body).status_code == status


def test_an_auditor_reads_runs_and_starts_none(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product)
    api = portal.api(Role.AUDITOR)
    assert api.get(f"/runs/{run}/actions").status_code == 200
    acts: list[httpx.Response] = [
        api.post("/runs", json={"profile": past_runs.PROFILE, "verb": "sync"}),
        api.patch(f"/runs/{run}/actions", json={"leave_out": [past_runs.CHANGED.key]}),
        *(api.post(f"/runs/{run}/{act}") for act in ("cancel", "confirm", "discard")),
    ]
    assert {act.status_code for act in acts} == {403}


def test_a_queued_run_is_cancelled_once(portal: RunningPortal) -> None:
    api, run = portal.api(Role.OPERATOR), past_runs.queued(portal.product)
    assert api.post(f"/runs/{run}/cancel").json()["state"] == "cancelled"
    assert api.post(f"/runs/{run}/cancel").status_code == 409


def test_a_plan_is_told_item_by_item_with_its_fields(portal: RunningPortal) -> None:
    run = past_runs.analysed(portal.product)
    page = portal.api(Role.AUDITOR).get(f"/runs/{run}/actions", params={"q": "schulz"}).json()
    (item,) = page["items"]
    assert page["total"] == 1
    assert item["writes"] == [
        {
            "side": "exchange",
            "op": "change",
            "fields": [
                {"name": "mobile_phone", "before": "+49 30 1234", "after": "+49 30 9876"},
                {"name": "private_town", "before": "", "after": "Köln"},
            ],
        }
    ]


def test_what_is_left_out_is_not_counted_and_comes_back(portal: RunningPortal) -> None:
    api, run = portal.api(Role.OPERATOR), past_runs.analysed(portal.product)
    keys = [past_runs.CHANGED.key, past_runs.GONE.key]
    plan = api.patch(f"/runs/{run}/actions", json={"leave_out": keys}).json()
    assert (plan["left_out"], plan["exchange"]["change"], plan["wice"]["delete"]) == (2, 1, 0)
    left_out = api.get(f"/runs/{run}/actions", params={"left_out": True}).json()
    assert [item["key"] for item in left_out["items"]] == keys
    plan = api.patch(f"/runs/{run}/actions", json={"take_in": keys}).json()
    assert (plan["left_out"], plan["exchange"]["change"], plan["wice"]["delete"]) == (0, 2, 1)
    assert api.patch(f"/runs/{run}/actions", json={"leave_out": ["nobody"]}).status_code == 404


def test_confirming_asks_for_what_the_plan_waits_for(portal: RunningPortal) -> None:
    api = portal.api(Role.OPERATOR)
    run = past_runs.analysed(portal.product, PlanState.OPEN)
    assert api.post(f"/runs/{run}/confirm").json()["verb"] == "sync"
    waiting = past_runs.analysed(portal.product, PlanState.NEEDS_CONFIRMATION, alarms=past_runs.MANY)
    confirmed = api.post(f"/runs/{waiting}/confirm")
    assert (confirmed.status_code, confirmed.json()["verb"], confirmed.json()["subject"]) == (202, "confirm", waiting)
    assert api.post(f"/runs/{waiting}/discard").json()["verb"] == "discard"


def test_a_plan_that_was_replaced_is_not_executed(portal: RunningPortal) -> None:
    old = past_runs.analysed(portal.product)
    past_runs.analysed(portal.product)
    refused = portal.api().post(f"/runs/{old}/confirm")
    assert refused.status_code == 409
    assert "superseded" in refused.json()["detail"]


def test_what_a_run_wrote_is_told_with_what_came_of_it(portal: RunningPortal) -> None:
    run = past_runs.synchronised(portal.product)
    api = portal.api(Role.AUDITOR)
    items = api.get(f"/runs/{run}/actions").json()["items"]
    assert [(item["item"], item["state"]) for item in items] == [("Schulz, Anna", "done"), ("Müller, Jörg", "refused")]
    assert api.get(f"/runs/{run}").json()["report"]["status"] == "partial"
    assert api.get("/runs", params={"status": "partial", "profile": "anna"}).json()["items"][0]["failed"] == 1


def test_refused_items_are_listed_and_tried_again(portal: RunningPortal) -> None:
    past_runs.synchronised(portal.product)
    api = portal.api(Role.OPERATOR)
    (failure,) = api.get("/failures", params={"profile": past_runs.PROFILE, "at_least": 5}).json()["items"]
    assert (failure["item"], failure["count"], failure["message"]) == ("Müller, Jörg", 5, "the address is not valid")
    again = api.post("/runs", json={"profile": failure["profile"], "verb": "retry", "items": [failure["key"]]})
    request = portal.product.requests.request(again.json()["id"])
    assert request
    assert (request.verb, request.items) == (Verb.RETRY, (failure["key"],))


def test_a_run_is_followed_until_it_ends(portal: RunningPortal) -> None:
    run = past_runs.queued(portal.product)
    told: list[tuple[str, str]] = []
    with portal.api(Role.AUDITOR).stream("GET", f"/runs/{run}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))["state"]))
                if len(told) == 1:
                    portal.product.work.claim(run)
                elif told[-1][1] == "running":
                    portal.product.work.end(run, "That was it.")
    assert told == [("progress", "queued"), ("progress", "running"), ("ended", "ended")]


@pytest.mark.parametrize("path", ["", "/actions", "/events"])
def test_a_run_that_does_not_exist_is_not_found(portal: RunningPortal, path: str) -> None:
    assert portal.api().get(f"/runs/nobody{path}").status_code == 404
