"""Requests that other sites make a browser send: refused by where they come from, and because they lack the page's token.

Source: OWASP, Cross-Site Request Forgery Prevention (synchroniser token, checking the origin).
"""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from app.errors import Denied
from app.settings import Settings

HEADER: Final = "X-CSRF-Token"
FIELD: Final = "csrf"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_STALE: Final = (
    "This page was open too long, or was sent from elsewhere. Nothing was changed: reload the page and try again."
)


def is_unsafe(request: Request) -> bool:
    """May this request change something?"""
    return request.method not in _SAFE


def check_origin(request: Request, settings: Settings) -> None:
    """Raises: Denied for a request that a page of another site sent. Programs send neither header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Denied(_STALE)
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {request.headers.get("host", ""), urlsplit(settings.portal_url).netloc}
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or parts.netloc not in ours:
        raise Denied(_STALE)


def check_token(sent: str, *expected: str) -> None:
    """Raises: Denied unless one of the page's tokens came along."""
    if not any(token and hmac.compare_digest(sent.encode(), token.encode()) for token in expected):
        raise Denied(_STALE)


async def sent_token(request: Request) -> str:
    """The token in the header, else in the form's field; the form stays readable for the endpoint."""
    if HEADER in request.headers:
        return request.headers[HEADER]
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FORMS:
        return ""
    value = (await request.form()).get(FIELD)
    return value if isinstance(value, str) else ""
