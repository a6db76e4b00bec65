"""Every route of the product: strangers are sent away, each role is refused what it may not, and no page's form works without its token."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from app.domain.people import Permission, Role
from app.http.security import METRICS
from app.main import create_app
from app.rules.access import may
from app.settings import Settings
from tests.services.portal import RunningPortal, running_portal
from tests.services.routes import Declared, declared_routes

API = "/api/v1"
SAFE = ("GET", "HEAD")
OPEN_TO_ALL = {"/healthz", "/readyz", "/preferences", "/sign-in", "/welcome/{link}", "/{path:path}"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with running_portal(Settings(home=tmp_path_factory.mktemp("routes"))) as portal:
        yield portal


@pytest.fixture(scope="module")
def routes(portal: RunningPortal) -> list[Declared]:
    found = list(declared_routes(create_app(Settings(), portal.product)))
    assert len(found) > 100
    # Who has signed out would be a stranger to all that follows.
    return sorted(found, key=lambda route: route.path == "/sign-out")


def guarded(routes: list[Declared], *, api: bool) -> Iterator[tuple[Declared, Permission]]:
    for route in routes:
        if route.permission is not None and route.path.startswith(API) == api:
            yield route, route.permission


def filled(route: Declared) -> str:
    """An address of the route. Nothing of that name exists, which only those may learn who may ask."""
    return re.sub(r"{[^}]+}", "1", route.path)


def asked(client: httpx.Client, route: Declared, **more: object) -> httpx.Response:
    return client.request(route.method, filled(route).removeprefix(API), follow_redirects=False, **more)  # type: ignore[arg-type]


def test_only_signing_in_is_open_to_everybody(routes):
    assert {route.path for route in routes if route.permission is None} == OPEN_TO_ALL


def test_what_changes_something_takes_more_than_reading(routes):
    """Except for what is one's own: one's account, one's tokens."""
    weak = {
        route.path.removeprefix(API)
        for route in routes
        if route.permission is Permission.READ and route.method not in SAFE
    }
    own = re.compile(r"/me(/|$)|/tokens(/|$)|/sign-out$")
    assert not [path for path in weak if not own.match(path)]


def test_a_stranger_reaches_no_page(portal, routes):
    stranger = portal.anybody()
    wrong = {}
    for route, _ in guarded(routes, api=False):
        reply = asked(stranger, route)
        if route.path == METRICS:
            refused = reply.status_code == 401  # Prometheus reads no sign-in page
        else:
            refused = (reply.status_code, reply.headers.get("location", "")[:8]) == (303, "/sign-in")
        if not refused:
            wrong[route] = reply.status_code
    assert not wrong


def test_a_stranger_reaches_no_resource(portal, routes):
    stranger = httpx.Client(base_url=f"{portal.address}{API}")
    with stranger:
        wrong = {route: asked(stranger, route).status_code for route, _ in guarded(routes, api=True)}
    assert {route: status for route, status in wrong.items() if status != 401} == {}


@pytest.mark.parametrize("role", Role)
def test_pages_refuse_exactly_what_a_role_may_not(portal, routes, role):
    browser = portal.browser(role)
    wrong = {}
    for route, permission in guarded(routes, api=False):
        # In the header, as htmx sends it: the forms differ.
        reply = asked(browser, route, headers={"X-CSRF-Token": browser.csrf})
        refused = reply.status_code == 403
        if refused == may(role, permission) or reply.status_code in (401, 500):
            wrong[route] = reply.status_code
    assert not wrong


@pytest.mark.parametrize("role", Role)
def test_resources_refuse_exactly_what_a_role_may_not(portal, routes, role):
    api = portal.api(role)
    wrong = {}
    for route, permission in guarded(routes, api=True):
        reply = asked(api, route)
        refused = reply.status_code == 403
        if refused == may(role, permission) or reply.status_code in (401, 500):
            wrong[route] = reply.status_code
    assert not wrong


def test_nothing_is_changed_by_a_form_without_its_token(portal, routes):
    """Another site can make a browser send a form with its cookie; the token on the page it cannot read (CSRF)."""
    browser = portal.browser(Role.ADMINISTRATOR)
    wrong = {}
    for route in routes:
        if route.method in SAFE or route.path.startswith(API):
            continue
        for sent in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": browser.csrf, "Origin": "https://evil.example"}):
            reply = asked(browser, route, headers=sent)
            if reply.status_code != 403:
                wrong[route] = reply.status_code
    assert not wrong


def test_nothing_is_changed_through_the_api_by_a_cookie_alone(portal, routes):
    browser = portal.browser(Role.ADMINISTRATOR)
    api = httpx.Client(base_url=f"{portal.address}{API}", cookies=browser.cookies)
    with api:
        unsafe = [route for route, _ in guarded(routes, api=True) if route.method not in SAFE]
        wrong = {route: asked(api, route).status_code for route in unsafe}
    assert {route: status for route, status in wrong.items() if status != 403} == {}
