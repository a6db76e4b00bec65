"""Which language a browser gets before anybody's own choice is known: `?lang=`, then the cookie, then Accept-Language, else the server's."""

from __future__ import annotations

from babel.core import negotiate_locale
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web import current

COOKIE = "language"


class LanguageChoice:
    """Middleware: decides, and makes the request known to everything that writes text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            current.answer(scope)
            scope["state"].setdefault("language", language_of(Request(scope)))
        await self._app(scope, receive, send)


def language_of(request: Request) -> str:
    """One of `current.LANGUAGES`, "" if the browser asks for none of them."""
    for wish in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wish in current.LANGUAGES:
            return str(wish)
    return _negotiated(request.headers.get("accept-language", ""))


def _negotiated(header: str) -> str:
    wishes = [_wish(part) for part in header.split(",") if part.strip()]
    preferred = [name for quality, name in sorted(wishes, key=lambda wish: -wish[0]) if quality > 0]
    return negotiate_locale(preferred, list(current.LANGUAGES), sep="-") or ""


def _wish(part: str) -> tuple[float, str]:
    name, _semicolon, rest = part.partition(";")
    try:
        return float(rest.strip().removeprefix("q=") or 1), name.strip()
    except ValueError:
        return 0.0, name.strip()
