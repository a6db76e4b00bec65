"""The webhook: who may call it, how often, and that it tells nobody anything."""

from __future__ import annotations

import pytest

from app.domain.people import Role
from app.services.hints import MOST
from tests.services import past_runs
from tests.services.portal import RunningPortal

PATH = "/hints/wice/main"


@pytest.fixture
def books(portal: RunningPortal) -> RunningPortal:
    past_runs.prepared(portal.product)
    return portal


def test_a_messenger_reports_and_may_do_nothing_else(books: RunningPortal) -> None:
    messenger = books.api(Role.MESSENGER)
    reply = messenger.post(PATH, json={"users": ["anna"]})
    assert (reply.status_code, set(reply.json())) == (202, {"due"})
    assert messenger.post(PATH, json={}).status_code == 202
    assert messenger.get("/accounts").status_code == 403
    assert messenger.post("/runs", json={"profile": "anna/anna", "verb": "sync"}).status_code == 403


def test_only_who_has_a_token_reports(books: RunningPortal) -> None:
    stranger = books.api(Role.MESSENGER)
    stranger.headers["Authorization"] = "Bearer ws_wrong"
    assert stranger.post(PATH, json={}).status_code == 401


def test_bad_input_is_named(books: RunningPortal) -> None:
    messenger = books.api(Role.MESSENGER)
    assert messenger.post("/hints/wice/elsewhere", json={}).status_code == 404
    assert messenger.post(PATH, json={"people": []}).status_code == 422


def test_too_many_calls_are_told_to_wait(books: RunningPortal) -> None:
    messenger = books.api(Role.MESSENGER)
    replies = [messenger.post(PATH, json={"users": []}) for _ in range(int(MOST.burst) + 20)]
    assert {reply.status_code for reply in replies} <= {202, 429}
    [late, *_] = [reply for reply in replies if reply.status_code == 429]
    assert int(late.headers["Retry-After"]) >= 0
