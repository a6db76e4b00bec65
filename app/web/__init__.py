"""The portal: pages for people. One module per resource, as in `app.api`; docs/portal.md says how to add a page."""

from __future__ import annotations

from fastapi import FastAPI

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
    install_errors(app)
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecurityHeaders)
