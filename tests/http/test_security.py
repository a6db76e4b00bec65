"""Who is asking, and may they: sessions, tokens, forged requests, and the way to the sign-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from app.domain.people import SYSTEM, Permission, Role
from app.http import cookies
from app.http.security import needs, own_path, public
from tests.http.conftest import add, enter
from tests.services.routes import declared_routes

HERE = "http://127.0.0.1:8080"


def token_of(product, name: str, role: Role, **more) -> dict[str, str]:
    _token, text = product.api_tokens.make(name, "t", role, more.get("until"), SYSTEM)
    return {"Authorization": f"Bearer {text}"}


def test_a_page_sends_a_stranger_to_the_sign_in_and_back(browser):
    answer = browser.get("/read?state=failing&text=m%C3%BC")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/read%3Fstate%3Dfailing%26text%3Dm%25C3%25BC",
    )
    assert browser.post("/run").headers["location"] == "/sign-in"


def test_a_partial_update_leads_the_whole_page_to_the_sign_in(browser):
    headers = {"HX-Request": "true", "HX-Current-URL": f"{HERE}/accounts?after=x"}
    answer = browser.get("/read", headers=headers)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/accounts%3Fafter%3Dx")


def test_the_api_asks_for_a_token(browser):
    answer = browser.get("/api/v1/read")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert browser.get("/api/v1/read", headers={"Authorization": "Bearer ws_wrong"}).status_code == 401


def test_a_cookie_tells_who_it_is(browser, product):
    add(product, "Ada", Role.ADMINISTRATOR)
    enter(browser, "ada")
    by = browser.get("/read").json()["by"]
    assert (by["name"], by["role"], by["via"], by["address"]) == ("Ada", "administrator", "portal", "127.0.0.1")
    assert browser.get("/api/v1/read").json()["by"]["via"] == "api"
    assert browser.get("/sign-in").json()["me"]["name"] == "Ada", "public pages know it too"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    token = browser.get("/sign-in").json()["csrf"]
    data = {"name": "ada", "password": "correct horse battery", "csrf": token}
    header = browser.post("/sign-in", data=data).headers["set-cookie"]
    parts = {part.strip().lower() for part in header.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert "secure" not in parts, "the portal's address is plain http"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMINISTRATOR, {"/read", "/run", "/rename", "/manage"}),
        (Role.OPERATOR, {"/read", "/run"}),
        (Role.AUDITOR, {"/read"}),
    ],
)
def test_each_role_may_what_its_row_says(browser, product, role, allowed):
    add(product, "ada", role)
    csrf = enter(browser, "ada")
    data = {"csrf": csrf, "name": "x"}
    answers = {
        "/read": browser.get("/read"),
        "/run": browser.post("/run", data=data),
        "/rename": browser.post("/rename", data=data),
        "/manage": browser.get("/manage"),
    }
    assert {path for path, answer in answers.items() if answer.status_code == 200} == allowed
    assert {answer.status_code for answer in answers.values()} <= {200, 403}


@pytest.mark.parametrize("place", ["field", "header"])
def test_a_change_needs_the_token_of_the_session(browser, product, place):
    add(product, "ada", Role.ADMINISTRATOR)
    csrf = enter(browser, "ada")

    def sent(token):
        headers = {"X-CSRF-Token": token} if place == "header" else {}
        return browser.post("/rename", data={"name": "x"} | ({} if headers else {"csrf": token}), headers=headers)

    assert sent(csrf).json() == {"name": "x"}
    assert [sent(wrong).status_code for wrong in ("", "wrong", csrf[:-1], csrf + "x")] == [403] * 4
    assert browser.post("/run").status_code == 403
    assert browser.post("/api/v1/run").status_code == 403, "the API with a cookie, too"
    assert browser.post("/api/v1/run", headers={"X-CSRF-Token": csrf}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_change_comes_from_our_own_pages(browser, product, headers, status):
    add(product, "ada", Role.ADMINISTRATOR)
    csrf = enter(browser, "ada")
    assert browser.post("/run", data={"csrf": csrf}, headers=headers).status_code == status


def test_the_sign_in_form_is_protected_before_anybody_is_known(browser, address, product):
    add(product, "ada", Role.ADMINISTRATOR)
    data = {"name": "ada", "password": "correct horse battery"}
    token = browser.get("/sign-in").json()["csrf"]
    assert browser.get("/sign-in").json()["csrf"] == token, "two tabs of one browser agree"
    with httpx.Client(base_url=address) as elsewhere:
        assert elsewhere.post("/sign-in", data=data | {"csrf": token}).status_code == 403, "a token of another browser"
    assert browser.post("/sign-in", data=data).status_code == 403
    forged = {"Origin": "http://evil.example"}
    assert browser.post("/sign-in", data=data | {"csrf": token}, headers=forged).status_code == 403
    assert browser.post("/sign-in", data=data | {"csrf": token}).status_code == 200


def test_a_sign_in_form_in_a_second_tab_still_works(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    second_tab = browser.get("/sign-in").json()["csrf"]
    enter(browser, "ada")
    data = {"name": "ada", "password": "correct horse battery", "csrf": second_tab}
    assert browser.post("/sign-in", data=data).status_code == 200


def test_signing_in_again_ends_the_former_session(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    enter(browser, "ada")
    former = browser.cookies[cookies.SESSION]
    data = {"name": "ada", "password": "correct horse battery", "csrf": browser.get("/read").json()["csrf"]}
    browser.post("/sign-in", data=data)
    assert browser.cookies[cookies.SESSION] != former
    assert product.sign_in.session(former) is None


def test_wrong_passwords_are_refused_and_then_slowed_down(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    token = browser.get("/sign-in").json()["csrf"]
    data = {"name": "ada", "password": "wrong", "csrf": token}
    answers = [browser.post("/sign-in", data=data) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 0


def test_a_token_may_what_it_and_its_owner_both_may(browser, product):
    add(product, "root", Role.ADMINISTRATOR)
    add(product, "ada", Role.ADMINISTRATOR)
    bearer = token_of(product, "ada", Role.OPERATOR)
    assert browser.post("/api/v1/run", headers=bearer).json() == {"name": "ada", "via": "api"}
    assert browser.get("/api/v1/read", headers=bearer).json()["by"]["role"] == "operator"
    ada = product.people.user("ada")
    product.people.change(_with(ada, role=Role.AUDITOR), SYSTEM)
    assert browser.post("/api/v1/run", headers=bearer).status_code == 403
    product.people.change(_with(product.people.user("ada"), active=False), SYSTEM)
    assert browser.get("/api/v1/read", headers=bearer).status_code == 401


def test_a_wrong_token_is_not_made_good_by_a_cookie(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    enter(browser, "ada")
    assert browser.get("/api/v1/read", headers={"Authorization": "Bearer ws_wrong"}).status_code == 401


def test_a_token_is_for_the_api_only(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    assert browser.get("/read", headers=token_of(product, "ada", Role.AUDITOR)).status_code == 303


def test_a_token_ends(browser, product):
    add(product, "ada", Role.ADMINISTRATOR)
    until = datetime.now(UTC) + timedelta(days=1)
    text = token_of(product, "ada", Role.AUDITOR, until=until)["Authorization"].split()[1]
    assert product.sign_in.bearer(text) is not None
    later = _with(product.sign_in, now=lambda: until)
    assert later.bearer(text) is None


def test_every_route_says_what_it_asks_for(app):
    assert set(declared_routes(app)) == {
        ("GET", "/sign-in", None),
        ("POST", "/sign-in", None),
        ("GET", "/read", Permission.READ),
        ("POST", "/run", Permission.RUN),
        ("POST", "/rename", Permission.CONFIGURE),
        ("GET", "/manage", Permission.MANAGE),
        ("POST", "/api/v1/run", Permission.RUN),
        ("GET", "/api/v1/read", Permission.READ),
    }


def test_a_route_that_says_nothing_is_found():
    silent = FastAPI()
    silent.add_api_route("/open", _nothing)
    with pytest.raises(LookupError, match="/open"):
        list(declared_routes(silent))


def test_a_router_s_own_dependency_counts():
    router = APIRouter(prefix="/closed", dependencies=[needs(Permission.READ)])
    router.add_api_route("/change", _nothing, dependencies=[needs(Permission.CONFIGURE)])
    router.add_api_route("/see", _nothing)
    open_router = APIRouter(dependencies=[public()])
    open_router.add_api_route("/open", _nothing)
    app = FastAPI()
    app.include_router(router)
    app.include_router(open_router)
    assert list(declared_routes(app)) == [
        ("GET", "/closed/change", Permission.CONFIGURE),
        ("GET", "/closed/see", Permission.READ),
        ("GET", "/open", None),
    ]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("/runs?state=x", "/runs?state=x"),
        ("https://evil.example/runs", "/runs"),
        ("//evil.example", "/"),
        ("/\\evil.example/x", "/x"),
        ("////evil.example", "/evil.example"),
        ("runs", "/runs"),
        ("", "/"),
        ("javascript:alert(1)", "/alert(1)"),
    ],
)
def test_nobody_is_led_to_another_host(given, taken):
    assert own_path(given) == taken


def _nothing() -> None:
    """A route's body."""


def _with(value, **changes):
    return replace(value, **changes)
