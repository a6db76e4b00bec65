"""Language and theme from the page header, over a real product."""

import re

import httpx
import pytest
from fastapi import FastAPI

from app import web
from app.bootstrap import opened
from app.domain.people import SYSTEM, Role
from app.http import cookies, security
from app.http.request_id import RequestIds
from app.http.state import Portal
from app.services.sign_in import Client
from app.settings import Settings
from app.web.styleguide import create_styleguide_router
from tests.services.databases import migrated
from tests.services.serving import served

PASSWORD = "correct horse battery"


@pytest.fixture
def product(tmp_path):
    with opened(migrated(Settings(home=tmp_path))) as product:
        yield product


@pytest.fixture
def browser(product, tmp_path):
    settings = Settings(home=tmp_path)
    app = FastAPI()
    app.state.portal = Portal(settings, product)
    app.include_router(create_styleguide_router(), dependencies=[security.public()])
    web.install(app)
    security.install(app, app.state.portal)
    app.add_middleware(RequestIds)
    with served(app) as address, httpx.Client(base_url=address, headers={"Accept-Language": "en"}) as browser:
        yield browser


def choose(browser, **fields):
    page = browser.get("/styleguide").text
    [token] = re.findall(r'<meta name="csrf" content="([^"]+)">', page)
    return browser.post("/preferences", data={"csrf": token, **fields})


def shown(browser):
    """Language and theme of a page."""
    [found] = re.findall(r'<html lang="(\w+)"(?: data-bs-theme="(\w+)")?>', browser.get("/styleguide").text)
    return found


def test_a_browser_keeps_its_choice(browser):
    assert shown(browser) == ("en", "")
    choose(browser, language="de")
    choose(browser, theme="dark")
    assert shown(browser) == ("de", "dark")
    choose(browser, theme="auto")
    assert shown(browser) == ("de", "")


def test_what_is_no_choice_changes_nothing(browser):
    choose(browser, language="xx", theme="evil")
    assert shown(browser) == ("en", "")


def test_a_form_of_another_site_is_refused(browser):
    assert browser.post("/preferences", data={"language": "de"}).status_code == 403


@pytest.mark.parametrize(
    ("back", "to"), [("/runs?q=a", "/runs?q=a"), ("//evil.example/x", "/x"), ("https://evil.example", "/")]
)
def test_nobody_is_led_to_another_host(browser, back, to):
    assert choose(browser, back=back).headers["Location"] == to


def test_a_signed_in_persons_choice_goes_with_them(browser, product):
    _user, link = product.people.add("anna", Role.AUDITOR, SYSTEM)
    entered = product.sign_in.welcome(link.rpartition("/")[2], "", PASSWORD, Client("", ""))
    browser.cookies.set(cookies.SESSION, entered.cookie)
    choose(browser, language="de", theme="dark")
    kept = product.people.user("anna")
    assert (kept.language, kept.theme) == ("de", "dark")
    browser.cookies.clear()
    browser.cookies.set(cookies.SESSION, entered.cookie)
    assert shown(browser) == ("de", "dark")
