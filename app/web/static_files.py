"""The portal's own and vendored files below /static: addresses carry the content's hash, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).with_name("static")
SPRITE = "vendor/icons/sprite.svg"
_KEPT_FOR_EVER = "public, max-age=31536000, immutable"
_KEPT_FOR_AN_HOUR = "public, max-age=3600"


@cache
def static_url(name: str) -> str:
    """`static_url("app.css")` is `/static/app.css?v=<hash>`. Raises: FileNotFoundError."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def icon_names() -> frozenset[str]:
    """What the sprite holds; tools/vendor_icons.txt is its list."""
    root = ET.fromstring((STATIC / SPRITE).read_text(encoding="utf-8"))  # noqa: S314  our own committed file
    return frozenset(symbol.attrib["id"] for symbol in root)


def icon_url(name: str) -> str:
    """For `<use href>`. Raises: KeyError for an icon that is not vendored."""
    if name not in icon_names():
        raise KeyError(f"{name}: not an icon of tools/vendor_icons.txt")
    return f"{static_url(SPRITE)}#{name}"


def static_app() -> ASGIApp:
    """Compressed, because nothing secret is in these files (pages are not: BREACH)."""
    return _Lasting(GZipMiddleware(StaticFiles(directory=STATIC)))


class _Lasting:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = _KEPT_FOR_EVER if b"v=" in scope.get("query_string", b"") else _KEPT_FOR_AN_HOUR

        async def send_with_lifetime(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 206, 304}:
                MutableHeaders(scope=message)["Cache-Control"] = kept
            await send(message)

        await self._app(scope, receive, send_with_lifetime)
