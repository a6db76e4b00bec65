"""Server-sent events: a browser or a client watches something that changes, without asking again and again.

What tells of itself is passed on as it comes (`told`). What is watched (`stream`) is looked up in a thread, twice a second; only news are sent.
A stream ends with its last event, or after a while: clients connect again by themselves, and are then asked again who they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.errors import NotFound

LOOKS_EVERY_S: Final = 0.5
STILL_HERE_EVERY_S: Final = 15.0
LONGEST_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Event:
    """`data` may have several lines. After the `last` one the stream ends."""

    name: str
    data: str
    last: bool = False

    def __str__(self) -> str:
        lines = "".join(f"data: {line}\n" for line in self.data.splitlines() or [""])
        return f"event: {self.name}\n{lines}\n"


def stream(look: Callable[[], Event]) -> StreamingResponse:
    """The response that sends what `look` finds, whenever it differs from before. Raises what the first look raises."""
    return _response(_events(look(), look))


def told(events: Iterator[Event]) -> StreamingResponse:
    """The response that passes `events` on as they come, and ends with them."""
    return _response(str(event) for event in events)


def _response(parts: AsyncIterator[str] | Iterator[str]) -> StreamingResponse:
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(parts, media_type="text/event-stream", headers=headers)


def _next(look: Callable[[], Event]) -> Event:
    try:
        return look()
    except NotFound:
        # A run that removes its profile goes with it (R37): whoever watches shall look at where it was.
        return Event("ended", "", last=True)


async def _events(event: Event, look: Callable[[], Event]) -> AsyncIterator[str]:
    yield str(event)
    begun = told = monotonic()
    while not event.last and monotonic() - begun < LONGEST_S:
        former, event = event, await run_in_threadpool(_next, look)
        if event != former:
            yield str(event)
            told = monotonic()
        if event.last:
            return
        if monotonic() - told > STILL_HERE_EVERY_S:
            # A comment: proxies close connections on which nothing moves.
            yield ": still here\n\n"
            told = monotonic()
        await asyncio.sleep(LOOKS_EVERY_S)
