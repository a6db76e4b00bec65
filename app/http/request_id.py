"""Every request has an id: in the logs, in the audit log, in the answer's header `X-Request-Id`, and on error pages, so that a person can name it."""

from __future__ import annotations

from collections.abc import MutableMapping
from time import perf_counter
from typing import Any, Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.ids import new_id

HEADER: Final = "x-request-id"
_log = structlog.get_logger()


class RequestIds:
    """ASGI middleware: sets `request.state.request_id`, and writes one log line per request: route, status, time; never an address's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = new_id(12)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER.encode(), request_id.encode())]
            await send(message)

        started = perf_counter()
        with structlog.contextvars.bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, named)
            finally:
                _note(scope, status, perf_counter() - started)


def _note(scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "")
    # The route's pattern, not the path: paths hold names of accounts, queries hold names of people.
    write = _log.info if route else _log.debug  # static files have no route
    write("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
