"""What every answer tells the browser: load from here only, run no inline code, do not frame, do not keep pages."""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    # The kit's stylesheet draws ticks and arrows as data: images.
    "img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What a page shows is for who is signed in now; static files say otherwise themselves.
    "Cache-Control": "no-store",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}


class SecurityHeaders:
    """Middleware; an answer that sets one of these headers itself keeps its own. Adds `Server-Timing: app;dur=<ms until the answer began>`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                add_headers(headers, scheme=scope["scheme"])
                headers.append("Server-Timing", f"app;dur={(time.perf_counter() - began) * 1000:.1f}")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def add_headers(headers: MutableHeaders, *, scheme: str) -> None:
    """For answers that are made outside of the middleware, too."""
    for name, value in {**_ALWAYS, **(_HTTPS_ONLY if scheme == "https" else {})}.items():
        headers.setdefault(name, value)
