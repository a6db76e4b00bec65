"""The API as an application of its own, mounted at `/api/v1`: its own errors, its own OpenAPI document."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from app.api import document, problems
from app.api.licence import add_notice
from app.api.routes import ROUTERS
from app.http.state import Portal
from app.http.version import version

_ABOUT = """
Everything that the portal can do. Sign in with an API token: `Authorization: Bearer ws_...`.

* Errors are RFC 9457 problem details; their `type` is stable.
* Lists come in pages with opaque cursors.
* Changes name the version they were made from (`If-Match`); a lost race answers 412 and changes nothing.
* A POST with an `Idempotency-Key` may be repeated for a day and is carried out once.
* Long work is a run: POST to `/runs`, then GET it until its `state` is `ended`, or cancel it.
* As long as something is not written because of the licence, every answer says so in the header `Licence-Notice`.
"""


def create_api(portal: Portal) -> FastAPI:
    """The application for this process."""
    api = FastAPI(
        title="Wice Sync",
        version=version(),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=_operation_id,
        responses=problems.RESPONSES,
        servers=[{"url": "/api/v1"}],
        root_path_in_servers=False,
        dependencies=[Depends(add_notice)],
    )
    api.state.portal = portal
    problems.install(api)
    for router in ROUTERS:
        api.include_router(router)
    document.complete(api)
    return api


def _operation_id(route: APIRoute) -> str:
    """Names of operations in generated clients: the function's own."""
    return route.name
