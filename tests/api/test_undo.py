"""Undo over REST: the plan is a run of its own, confirmed like any other (R33)."""

from __future__ import annotations

import pytest

from app.domain.people import Role
from tests.services import explained, past_runs
from tests.services.portal import RunningPortal


@pytest.fixture
def books(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_R33_an_undo_is_asked_for_and_found_at_its_location(books: RunningPortal) -> None:
    run, api = explained.written(books.product), books.api(Role.OPERATOR)
    reply = api.post(f"/runs/{run}/undo", json={"items": [explained.ATTEMPT]})
    asked = reply.json()
    assert reply.status_code == 202
    assert reply.headers["Location"] == f"/api/v1/runs/{asked['id']}"
    assert (asked["verb"], asked["subject"], asked["items"]) == ("undo", run, [explained.ATTEMPT])
    assert asked["state"] == "queued"


def test_R33_the_same_request_repeated_is_one_undo(books: RunningPortal) -> None:
    run, api = explained.written(books.product), books.api(Role.OPERATOR)
    first, second = (
        api.post(f"/runs/{run}/undo", json={}, headers={"Idempotency-Key": "once"}).json() for _ in range(2)
    )
    assert first == second
    assert first["items"] == []


def test_R33_what_cannot_be_undone_is_refused(books: RunningPortal) -> None:
    run, api = explained.written(books.product), books.api(Role.OPERATOR)
    assert api.post(f"/runs/{run}/undo", json={"items": ["unknown"]}).status_code == 422
    assert api.post(f"/runs/{run}/undo", json={"everything": True}).status_code == 422
    assert api.post("/runs/unknown/undo", json={}).status_code == 404
    assert api.post(f"/runs/{past_runs.failed(books.product)}/undo", json={}).status_code == 422


def test_an_auditor_undoes_nothing(books: RunningPortal) -> None:
    run = explained.written(books.product)
    assert books.api(Role.AUDITOR).post(f"/runs/{run}/undo", json={}).status_code == 403


def test_R33_a_write_that_was_undone_names_the_run_that_did_it(books: RunningPortal) -> None:
    run, api = explained.written(books.product), books.api(Role.AUDITOR)
    [stands] = api.get(f"/runs/{run}/actions").json()["items"]
    back = explained.undone(books.product)
    [undone] = api.get(f"/runs/{run}/actions").json()["items"]
    assert (stands["undone_by"], undone["undone_by"]) == ("", back)
    [item] = api.get("/explain/profile", params={"profile": past_runs.PROFILE, "q": "schulz", "live": "false"}).json()[
        "items"
    ]
    assert [event["undone_by"] for event in item["timeline"]] == [back, ""]
