"""A page that grows while it is read: what stands above a list is sent at once, the list as it comes about, the rest at last.

Browsers show what has arrived, so this needs no script, and a form may send a password that no address must contain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.responses import HTMLResponse, StreamingResponse

MARK: Final = "<!-- grows -->"
"""Where a template lets a list grow. Nothing that is typed can look like it: all of it is escaped."""


def growing(page: HTMLResponse, *lists: Iterator[str]) -> StreamingResponse:
    """`page`, at whose marks `lists` are sent piece by piece, each list to its end."""
    response = StreamingResponse(_pieces(bytes(page.body).decode(), lists), page.status_code)
    response.raw_headers = [(name, value) for name, value in page.raw_headers if name != b"content-length"]
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _pieces(page: str, lists: tuple[Iterator[str], ...]) -> Iterator[str]:
    first, *others = page.split(MARK)
    yield first
    for grown, rest in zip(lists, others, strict=True):
        yield from grown
        yield rest
