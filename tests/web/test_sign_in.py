"""Who may come in: the sign-in, the one-time link, and nothing that tells a stranger which names exist."""

from __future__ import annotations

import re

import httpx
import pytest

from app.domain.people import SYSTEM, Role
from tests.services.entrance import PASSWORD
from tests.services.portal import RunningPortal


def form(visitor: httpx.Client, path: str) -> str:
    """Open a form and return its token."""
    found = re.search(r'name="csrf" value="([^"]+)"', visitor.get(path).text)
    assert found
    return found[1]


@pytest.fixture
def visitor(portal: RunningPortal) -> httpx.Client:
    portal.browser(Role.OPERATOR)  # so that this user exists
    return portal.anybody()


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(portal: RunningPortal, visitor: httpx.Client) -> None:
    sent = visitor.get("/sign-in?next=/runs")
    assert 'name="back" value="/runs"' in sent.text
    fields = {"name": "operator", "password": PASSWORD, "back": "/runs", "csrf": form(visitor, "/sign-in")}
    entered = visitor.post("/sign-in", data=fields)
    assert (entered.status_code, entered.headers["location"]) == (303, "/runs")
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert visitor.get("/sign-in").status_code == 303


@pytest.mark.parametrize("name", ["operator", "nobody"])
def test_a_wrong_password_and_an_unknown_name_read_the_same(visitor: httpx.Client, name: str) -> None:
    token = form(visitor, "/sign-in")
    refused = visitor.post("/sign-in", data={"name": name, "password": "not the one", "csrf": token})
    assert refused.status_code == 401
    assert "The user name or the password is wrong." in refused.text
    assert "not the one" not in refused.text


def test_too_many_wrong_passwords_say_when_to_come_back(visitor: httpx.Client) -> None:
    token = form(visitor, "/sign-in")
    fields = {"name": "operator", "password": "not the one", "csrf": token}
    # On a slow machine the pause may be over before the next attempt arrives; pauses grow, attempts do not.
    answers = (visitor.post("/sign-in", data=fields) for _ in range(20))
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "Too many sign-ins failed" in refused.text


def test_nobody_is_led_to_another_site(visitor: httpx.Client) -> None:
    fields = {"name": "operator", "password": PASSWORD, "csrf": form(visitor, "/sign-in")}
    entered = visitor.post("/sign-in", data={**fields, "back": "https://elsewhere.example/x"})
    assert entered.headers["location"] == "/x"


def test_a_sign_in_without_the_forms_token_is_refused(visitor: httpx.Client) -> None:
    assert visitor.post("/sign-in", data={"name": "operator", "password": PASSWORD}).status_code == 403


def test_signing_out_ends_the_session(portal: RunningPortal) -> None:
    browser = portal.browser(Role.OPERATOR)
    before = len(portal.product.people.sessions_of("operator", SYSTEM))
    left = browser.submit("/sign-out")
    assert left.url.path == "/sign-in"
    assert "You are signed out." in left.text
    assert len(portal.product.people.sessions_of("operator", SYSTEM)) == before - 1


def test_a_set_up_link_sets_a_password_once(portal: RunningPortal, visitor: httpx.Client) -> None:
    _user, link = portal.product.people.add("anna", Role.AUDITOR, SYSTEM)
    path = f"/welcome/{link.rpartition('/')[2]}"
    token = form(visitor, path)
    short = visitor.post(path, data={"password": "short", "repeated": "short", "csrf": token})
    assert short.status_code == 422
    assert "too short" in short.text
    differs = visitor.post(path, data={"password": PASSWORD, "repeated": "x" * 20, "csrf": token})
    assert "The two passwords differ." in differs.text
    done = visitor.post(path, data={"password": PASSWORD, "repeated": PASSWORD, "csrf": token})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert portal.anybody().get(path).status_code == 404


def test_the_first_administrator_chooses_a_name(portal: RunningPortal) -> None:
    link = portal.product.people.first_link()
    assert link
    path, visitor = f"/welcome/{link.rpartition('/')[2]}", portal.anybody()
    fields = {"name": "anna", "password": PASSWORD, "repeated": PASSWORD, "csrf": form(visitor, path)}
    assert visitor.post(path, data=fields).status_code == 303
    assert portal.product.people.user("anna").role is Role.ADMINISTRATOR
    assert portal.product.people.first_link() is None


def test_the_sign_in_speaks_german(portal: RunningPortal) -> None:
    page = portal.anybody().get("/sign-in", headers={"Accept-Language": "de"}).text
    assert "Benutzername" in page
    assert "Passwort" in page
