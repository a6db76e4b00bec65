"""Server-sent events: news only, several lines as one event, and an end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from anyio.from_thread import start_blocking_portal

from app.errors import NotFound
from app.http import events
from app.http.events import Event, stream


def sent(*found: Event) -> list[str]:
    """What a client gets; in a thread of its own, for a browser's test may have a loop in this one."""
    with start_blocking_portal() as thread:
        return thread.call(_sent, *found)


async def _sent(*found: Event) -> list[str]:
    left = list(found)
    response = stream(lambda: left.pop(0))
    parts: AsyncIterator[str] = response.body_iterator  # type: ignore[assignment] # of text, see `stream`
    return [part async for part in parts]


def test_only_news_are_sent_until_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKS_EVERY_S", 0)
    one, last = Event("progress", "1"), Event("ended", "2", last=True)
    assert sent(one, one, one, last) == [str(one), str(last)]


def test_R37_a_run_that_goes_with_its_profile_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKS_EVERY_S", 0)
    found = iter([Event("progress", "1")])

    def look() -> Event:
        for event in found:
            return event
        raise NotFound("there is no run r1")

    async def received() -> list[str]:
        parts: AsyncIterator[str] = stream(look).body_iterator  # type: ignore[assignment] # of text, see `stream`
        return [part async for part in parts]

    with start_blocking_portal() as thread:
        assert thread.call(received) == [str(Event("progress", "1")), str(Event("ended", "", last=True))]


def test_a_comment_keeps_a_quiet_connection_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKS_EVERY_S", 0)
    monkeypatch.setattr(events, "STILL_HERE_EVERY_S", -1)
    one, last = Event("progress", "1"), Event("ended", "2", last=True)
    assert ": still here\n\n" in sent(one, one, last)


def test_a_stream_ends_after_a_while_so_that_clients_are_asked_again_who_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "LONGEST_S", 0)
    one = Event("progress", "1")
    assert sent(one, Event("progress", "2")) == [str(one)]


@pytest.mark.parametrize(
    ("data", "lines"), [("", "data: \n"), ("a", "data: a\n"), ("a\nb\r\nc", "data: a\ndata: b\ndata: c\n")]
)
def test_lines_of_data_stay_one_event(data: str, lines: str) -> None:
    assert str(Event("progress", data)) == f"event: progress\n{lines}\n"
