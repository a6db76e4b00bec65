"""The portal's process as an ASGI application: pages, the REST API below `/api/v1`, and the addresses that monitoring looks at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match

from app import web
from app.api.application import create_api
from app.bootstrap import Application, beating, opened, watching
from app.domain.process import ProcessKind
from app.http import security
from app.http.metrics import CONTENT_TYPE, exposition
from app.http.readiness import Readiness
from app.http.request_id import RequestIds
from app.http.security import METRICS, monitors, public
from app.http.state import Portal
from app.settings import Settings


def create_app(settings: Settings, product: Application) -> FastAPI:
    """The application over an opened product, which the caller closes."""
    portal = Portal(settings, product)
    app = FastAPI(title="Wice Sync", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.portal = portal
    _add_health(app, product)
    _add_metrics(app, product)
    app.mount("/api/v1", create_api(portal))
    web.install(app)
    # Last of all: an unknown address is answered inside the frame that signed-in people know.
    app.add_api_route("/{path:path}", _missing, dependencies=[public()])
    security.install(app, portal)
    app.add_middleware(RequestIds)
    return app


def create() -> FastAPI:
    """The application with the settings of the environment, for ASGI servers: `uvicorn --factory app.main:create`."""
    settings = Settings.load()
    opening = opened(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            with beating(product, ProcessKind.PORTAL), watching(product):
                yield
        finally:
            opening.__exit__(None, None, None)

    product = opening.__enter__()
    app = create_app(settings, product)
    app.router.lifespan_context = lifespan
    return app


def _add_health(app: FastAPI, product: Application) -> None:
    """For load balancers and monitoring; they hold nothing that needs a sign-in."""
    readiness = Readiness(product)

    @app.get("/healthz", dependencies=[public()])
    def healthz() -> dict[str, str]:
        """This process answers."""
        return {"status": "ok"}

    @app.get("/readyz", dependencies=[public()])
    async def readyz() -> JSONResponse:
        """The whole installation can do its work: database, broker, a worker and a scheduler are there."""
        health = await run_in_threadpool(readiness.look)
        missing = health.missing
        status = {"status": "not_ready" if missing else "ok", "missing": missing}
        return JSONResponse({**status, **health.parts}, 503 if missing else 200)


def _add_metrics(app: FastAPI, product: Application) -> None:
    """For Prometheus; with a token, or from a network that a setting names."""

    @app.get(METRICS, dependencies=[monitors()])
    def metrics() -> Response:
        """The whole installation, whichever portal is asked."""
        return Response(exposition(product), media_type=CONTENT_TYPE)


def _missing(request: Request) -> None:
    known = any(route.matches(request.scope)[0] is Match.PARTIAL for route in request.app.routes)
    raise HTTPException(405 if known else 404)
