"""A small application with routes of each kind, over a real product on SQLite; the API is mounted as the product mounts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse

from app.adapters.trust import trusted
from app.api import problems
from app.bootstrap import Application, opened
from app.domain.people import SYSTEM, Actor, Permission, Role
from app.http import cookies, security
from app.http.cookies import keep_session
from app.http.security import client_of, needs, public
from app.http.state import Here, Portal
from app.services.sign_in import Client, Entered
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.entrance import PASSWORD, cheap_passwords
from tests.services.serving import served


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def product(settings: Settings) -> Iterator[Application]:
    with opened(migrated(settings), passwords=cheap_passwords()) as product:
        yield product


@pytest.fixture
def app(settings: Settings, product: Application) -> FastAPI:
    return _application(Portal(settings, product))


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(verify=trusted(""), base_url=address) as browser:
        yield browser


def add(product: Application, name: str, role: Role) -> None:
    """A user with `PASSWORD`."""
    _user, link = product.people.add(name, role, SYSTEM)
    product.sign_in.welcome(link.rpartition("/")[2], "", PASSWORD, Client("", ""))


def enter(browser: httpx.Client, name: str, password: str = PASSWORD) -> str:
    """Sign in as a browser does; returns the token of its forms."""
    token = browser.get("/sign-in").json()["csrf"]
    answer = browser.post("/sign-in", data={"name": name, "password": password, "csrf": token})
    assert answer.status_code == 200, answer.text
    return str(browser.get("/read").json()["csrf"])


def _application(here: Portal) -> FastAPI:
    app = FastAPI()
    app.state.portal = here
    _add_pages(app)
    api = FastAPI()
    api.state.portal = here
    problems.install(api)
    api.add_api_route("/run", _run, methods=["POST"])
    api.add_api_route("/read", _read)
    app.mount("/api/v1", api)
    problems.install(app)
    security.install(app, here)
    return app


def _add_pages(app: FastAPI) -> None:
    app.add_api_route("/sign-in", _sign_in_form, dependencies=[public()])
    app.add_api_route("/sign-in", _sign_in, methods=["POST"], dependencies=[public()])
    app.add_api_route("/read", _read)
    app.add_api_route("/run", _run, methods=["POST"])
    app.add_api_route("/rename", _rename, methods=["POST"])
    app.add_api_route("/manage", _manage)


def _sign_in_form(request: Request) -> dict[str, object]:
    return {"csrf": request.state.csrf, "me": request.state.me}


def _sign_in(
    request: Request, here: Here, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> JSONResponse:
    former = request.cookies.get(cookies.SESSION, "")
    entered: Entered = here.product.sign_in.enter(name, password, client_of(request), former)
    response = JSONResponse({})
    keep_session(response, entered, here.settings)
    return response


def _read(request: Request, by: Annotated[Actor, needs(Permission.READ)]) -> dict[str, object]:
    return {"by": by, "csrf": request.state.csrf, "session": request.state.me.session}


def _run(by: Annotated[Actor, needs(Permission.RUN)]) -> dict[str, str]:
    return {"name": by.name, "via": by.via}


def _rename(by: Annotated[Actor, needs(Permission.CONFIGURE)], name: Annotated[str, Form()]) -> dict[str, str]:
    return {"name": name}


def _manage(by: Annotated[Actor, needs(Permission.MANAGE)]) -> dict[str, str]:
    return {"name": by.name}
