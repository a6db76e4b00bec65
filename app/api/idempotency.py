"""`Idempotency-Key` on POST: the first answer is kept for a day and given again, so that a client may repeat what it got no answer to.

The same key with another body is refused; while the first request is still at work, its repetition answers 409.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.errors import BadInput
from app.http.state import portal

HEADER: Final = "Idempotency-Key"
_LONGEST: Final = 255
_KEPT_HEADERS: Final = ("content-type", "location", "etag")


class Idempotent(APIRoute):
    """A route class for routers with POST routes that create something or start a run."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with the store of answers around it."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or key is None:
                return await handle(request)
            if not 1 <= len(key) <= _LONGEST or not key.isprintable():
                raise BadInput(f"{HEADER}: give 1 to {_LONGEST} printable characters, such as a random UUID")
            return await _answered_once(request, key, handle)

        return once


async def _answered_once(
    request: Request, key: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    replies = portal(request).product.replies
    asker, body = _asker(request), await request.body()
    digest = hashlib.sha256(f"{request.method} {request.url}\n".encode() + body).hexdigest()
    kept = await run_in_threadpool(replies.begin, asker, key, digest)
    if kept is not None:
        return Response(kept.body, kept.status, {**json.loads(kept.headers), "Idempotent-Replay": "true"})
    try:
        response = await handle(request)
    except BaseException:
        # Nothing is known to have been done: the client may try again with the same key.
        await run_in_threadpool(replies.forget, asker, key)
        raise
    if isinstance(response, StreamingResponse):
        # Of a test that is watched nothing is kept: it changes nothing and may be repeated.
        await run_in_threadpool(replies.forget, asker, key)
        return response
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    text = bytes(response.body).decode()
    await run_in_threadpool(replies.finish, asker, key, response.status_code, json.dumps(headers), text)
    return response


def _asker(request: Request) -> str:
    """Who may see the kept answer again: the holder of the same credentials, whose text is not stored."""
    credentials = request.headers.get("authorization") or request.headers.get("cookie") or ""
    return hashlib.sha256(credentials.encode()).hexdigest()
