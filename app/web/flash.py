"""One message that survives the redirect after a form: "Saved." It travels in a cookie that the next page deletes."""

from __future__ import annotations

import base64
import binascii
import json

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

COOKIE = "flash"
TONES = ("good", "info", "warn", "bad")
_LONGEST_BYTES = 2000  # a cookie holds 4096, and this grows by a third
_LIFETIME_S = 60


def redirect(to: str, text: str = "", tone: str = "good") -> RedirectResponse:
    """After a form has done its work: the page `to`, which shows `text`. Status 303, so that a reload does not send the form again."""
    response = RedirectResponse(to, status_code=303)
    if text:
        short = text.encode()[:_LONGEST_BYTES].decode(errors="ignore")
        value = base64.urlsafe_b64encode(json.dumps([tone, short], ensure_ascii=False).encode()).decode()
        response.set_cookie(COOKIE, value, max_age=_LIFETIME_S, httponly=True, samesite="lax")
    return response


def read(request: Request) -> tuple[str, str] | None:
    """(tone, text). It is shown as text only, so that a forged cookie can say things but not do any."""
    try:
        tone, text = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
    except (ValueError, TypeError, binascii.Error):
        return None
    return (tone, str(text)) if tone in TONES else None


def forget(response: Response) -> None:
    """The page has shown it."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
