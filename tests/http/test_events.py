"""Streams of events: each news once, an end, and an ordinary error for what is not there."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from app.errors import NotFound
from app.http.events import Event, stream
from tests.services.portal import RunningPortal
from tests.services.serving import served


@pytest.mark.parametrize(
    ("found", "sent"),
    [
        ([Event("result", "<p>", last=True)], "event: result\ndata: <p>\n\n"),
        (
            [Event("progress", "1"), Event("progress", "1"), Event("end", "a\nb", last=True)],
            "event: progress\ndata: 1\n\nevent: end\ndata: a\ndata: b\n\n",
        ),
    ],
)
def test_what_is_new_is_sent_once_until_the_end(found, sent, monkeypatch):
    monkeypatch.setattr("app.http.events.LOOKS_EVERY_S", 0)
    looks = iter(found)
    app = FastAPI()
    app.add_api_route("/", lambda: stream(lambda: next(looks)), response_class=Response)
    with served(app) as address:
        assert httpx.get(address).text == sent


def test_what_cannot_be_looked_at_is_an_ordinary_error():
    def look() -> Event:
        raise NotFound("no such run")

    with pytest.raises(NotFound):
        stream(look)


def test_watching_a_run_that_does_not_exist_says_so(portal: RunningPortal):
    assert portal.browser().get("/runs/1/events").status_code == 404
    assert portal.api().get("/runs/1/events").status_code == 404
