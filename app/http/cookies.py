"""The two cookies of signing in: who is signed in, and which browser was given a sign-in form. Neither can be read by scripts."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.services.sign_in import Entered
from app.settings import Settings

SESSION: Final = "wice_sync_session"
FORM: Final = "wice_sync_form"
NEW_FORM: Final = "new_form_cookie"
"""`request.state.<NEW_FORM>`: what the next answer sets as the form's cookie."""


def keep_session(response: Response, entered: Entered, settings: Settings) -> None:
    """Let the browser carry the session from here on; it forgets it at the end of the session at the latest."""
    seconds = int((entered.session.until - entered.session.created).total_seconds())
    response.set_cookie(
        SESSION, entered.cookie, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_https(settings)
    )


def forget_session(response: Response, settings: Settings) -> None:
    """After signing out."""
    response.delete_cookie(SESSION, path="/", httponly=True, samesite="lax", secure=is_https(settings))


def is_https(settings: Settings) -> bool:
    """Do browsers reach the portal encrypted?"""
    return settings.portal_url.startswith("https:")


class FormCookies:
    """ASGI middleware: an answer to a browser that has neither session nor form cookie sets the latter, if its page asked for a token."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._secure = is_https(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and (value := state.get(NEW_FORM)):
                MutableHeaders(scope=message).append("set-cookie", self._cookie(value))
            await send(message)

        await self._app(scope, receive, with_cookie)

    def _cookie(self, value: str) -> str:
        return f"{FORM}={value}; HttpOnly; Path=/; SameSite=lax{'; Secure' if self._secure else ''}"
