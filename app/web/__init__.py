"""The portal: pages for people. One module per resource, as in `app.api`; docs/portal.md says how to add a page."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request
from starlette.routing import Match

from app.http.security import public
from app.web.errors import install_errors
from app.web.languages import LanguageChoice
from app.web.routes import ROUTERS
from app.web.security_headers import SecurityHeaders
from app.web.static_files import static_app


def install(app: FastAPI) -> None:
    """Pages, static files, error pages, the choice of language and the headers of every answer."""
    app.mount("/static", static_app(), name="static")
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    # Last of all: an unknown address is answered with the frame that signed-in people know.
    app.add_api_route("/{path:path}", _missing, dependencies=[public()], include_in_schema=False)
    install_errors(app)
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecurityHeaders)


def _missing(request: Request) -> None:
    known = any(route.matches(request.scope)[0] is Match.PARTIAL for route in request.app.routes)
    raise HTTPException(405 if known else 404)
