"""The portal's frame without the product: the style guide, and routes that fail on purpose, served by a real server to real clients."""

from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app import errors, web
from app.domain.people import Role, User
from app.web.flash import redirect
from app.web.static_files import static_url
from app.web.styleguide import create_styleguide_router

FAILURES = {
    "missing": errors.NotFound("There is no such profile."),
    "superseded": errors.Superseded("It is at version 4 by now."),
    "denied": errors.Denied("Your role does not allow this."),
    "retry": errors.Retry("The server is busy.", after=timedelta(seconds=90)),
    "input": errors.BadInput("host: <b>is no name</b>", "mailbox: is no address"),
    "bug": RuntimeError("secret: hunter2"),
    "too-many": HTTPException(429, headers={"Retry-After": "60"}),
}


class Visitors:
    """Who asks is what the cookie `as` says: a role, or nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            role = cookie_parser(headers.get(b"cookie", b"").decode()).get("as")
            state = scope.setdefault("state", {})
            state["me"] = User(name="anna.admin", role=Role(role), time_zone="Europe/Berlin") if role else None
            state |= {"csrf": "token-of-this-session", "request_id": "k3v7qmzlw2ab", "time_zone": "UTC"}
        await self._app(scope, receive, send)


def create_frame() -> FastAPI:
    """The application under test."""
    app = FastAPI(openapi_url=None)
    app.include_router(create_styleguide_router())

    @app.get("/fails/{how}")
    def fails(how: str) -> Response:
        raise FAILURES[how]

    @app.post("/saved")
    def saved(text: Annotated[str, Form()]) -> Response:
        return redirect("/styleguide", text)

    @app.get("/numbers/{value}")
    def numbers(request: Request, value: int) -> int:
        return value

    @app.get("/live")
    def live() -> HTMLResponse:
        scripts = "".join(
            f'<script src="{static_url(name)}" defer></script>'
            for name in ("vendor/htmx/htmx.min.js", "vendor/htmx-sse/sse.min.js")
        )
        config = """<meta name="htmx-config" content='{"includeIndicatorStyles":false}'>"""
        return HTMLResponse(
            f'{config}{scripts}<p hx-ext="sse" sse-connect="/events" sse-swap="progress">nothing yet</p>'
        )

    @app.get("/events")
    def events() -> StreamingResponse:
        return StreamingResponse(["event: progress\ndata: half of it\n\n"], media_type="text/event-stream")

    web.install(app)
    app.add_middleware(Visitors)
    return app
