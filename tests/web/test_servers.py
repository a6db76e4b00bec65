"""Servers in the portal: set up with faults at their fields, tested step by step, removed only when nobody uses them."""

from __future__ import annotations

import socket

import pytest

from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.people import Role
from tests.services.portal import RunningPortal
from tests.services.sandbox import Sandbox

WICE = {"name": "main", "url": "https://wice.example.com", "mandant": "m", "time_zone": "Europe/Berlin"}
EXCHANGE = {"name": "mail", "url": "", "access": "impersonation", "auth": "basic", "username": "s", "password": "p"}


def test_an_empty_list_says_what_to_do(portal: RunningPortal) -> None:
    page = portal.browser().get("/servers").text
    assert page.count("Add a server") == 2


def test_servers_are_stored_shown_and_changed(portal: RunningPortal) -> None:
    browser = portal.browser()
    assert "Now test it." in browser.submit("/wice-servers/new", **WICE).text
    assert "Now test it." in browser.submit("/exchange-servers/new", **EXCHANGE).text
    page = browser.get("/servers").text
    assert "https://wice.example.com" in page
    assert "by autodiscover" in page
    changed = {**EXCHANGE, "url": "https://mail.example.com/EWS/Exchange.asmx", "password": "", "version": 1}
    del changed["name"]
    assert "Saved." in browser.submit("/exchange-servers/mail", **changed).text
    stored = portal.product.registry.exchange_server("mail", secrets=True)
    assert (stored.url, stored.password) == (changed["url"], "p")
    assert browser.submit("/exchange-servers/mail", **changed).status_code == 412


def test_a_secret_is_never_sent_back(portal: RunningPortal) -> None:
    browser = portal.browser()
    browser.submit("/exchange-servers/new", **{**EXCHANGE, "password": "hunter2-hunter2"})
    page = browser.get("/exchange-servers/mail").text
    assert "hunter2" not in page
    assert "A password is stored" in page


def test_faults_stand_at_their_fields_and_what_was_typed_stays(portal: RunningPortal) -> None:
    refused = portal.browser().submit("/wice-servers/new", **{**WICE, "url": "http://wice.example.com", "mandant": ""})
    assert refused.status_code == 422
    assert 'id="url-error"' in refused.text
    assert 'id="mandant-error"' in refused.text
    assert 'value="http://wice.example.com"' in refused.text


@pytest.mark.parametrize(("path", "body"), [("/wice-servers", WICE), ("/exchange-servers", EXCHANGE)])
def test_limits_are_set_shown_and_lifted(portal: RunningPortal, path: str, body: dict[str, str]) -> None:
    browser = portal.browser()
    name, typed = body["name"], {key: value for key, value in body.items() if key != "name"}
    browser.submit(f"{path}/new", **body, requests_per_second="2,5", concurrent_requests="4")
    page = browser.get(f"{path}/{name}").text
    assert 'name="requests_per_second" value="2.5"' in page
    assert 'name="concurrent_requests" value="4"' in page
    refused = browser.submit(f"{path}/{name}", **typed, version=1, requests_per_second="fast", concurrent_requests="0")
    assert "must be a number" in refused.text
    assert "must be at least 1" in refused.text
    assert 'value="fast"' in refused.text
    saved = browser.submit(f"{path}/{name}", **typed, version=1, requests_per_second="0", concurrent_requests="")
    assert "Saved." in saved.text
    page = browser.get(f"{path}/{name}").text
    assert 'name="requests_per_second" value="0"' in page
    assert 'name="concurrent_requests" value=""' in page


def test_a_server_in_use_is_not_removed(portal: RunningPortal) -> None:
    browser = portal.browser()
    portal.product.registry.save(WiceServer(name="main", url="https://w.example.com", mandant="m"))
    portal.product.registry.save(ExchangeServer(name="mail"))
    portal.product.registry.save(
        Account(name="a", wice_server="main", wice_username="a", exchange_server="mail", mailbox="a@example.com")
    )
    refused = browser.submit("/wice-servers/main/delete", version=1)
    assert refused.status_code in {409, 422}
    assert portal.product.registry.wice_server("main")


def test_renaming_takes_the_accounts_along(portal: RunningPortal) -> None:
    browser = portal.browser()
    browser.submit("/wice-servers/new", **WICE)
    renamed = browser.submit("/wice-servers/main/rename", new_name="Büro Süd", version=1)
    assert "Renamed." in renamed.text
    assert portal.product.registry.wice_server("Büro Süd")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_others_look_but_change_nothing(portal: RunningPortal, role: Role) -> None:
    portal.product.registry.save(WiceServer(name="main", url="https://w.example.com", mandant="m"))
    browser = portal.browser(role)
    page = browser.get("/wice-servers/main").text
    assert "w.example.com" in page
    assert "Save</" not in page
    assert browser.submit("/wice-servers/main", **{**WICE, "version": 1}).status_code == 403
    assert browser.get("/wice-servers/main/test").status_code == 403


def test_a_connection_test_shows_each_step(portal: RunningPortal, sandbox: Sandbox) -> None:
    browser = portal.browser(language="de")
    anna = sandbox.person("anna")
    browser.submit("/wice-servers/new", **{**WICE, "url": sandbox.wice, "mandant": sandbox.mandant})
    good = browser.submit("/wice-servers/main/test", test_username="anna", test_password=anna["password"]).text
    assert good.count('class="ws-good is-ok"') >= 5
    assert "Der Port antwortet" in good
    bad = browser.submit("/wice-servers/main/test", test_username="anna", test_password="wrong-wrong").text
    assert "Die Anmeldung wurde abgelehnt" in bad
    assert "wrong-wrong" not in bad


def test_a_test_shows_at_which_step_a_server_hangs(portal: RunningPortal) -> None:
    """Without any script: the page grows as the steps are tried."""
    browser = portal.browser(language="de")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        browser.submit("/wice-servers/new", **{**WICE, "url": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        browser.get("/wice-servers/main/test")
        form = {"csrf": browser.csrf, "test_username": "anna", "test_password": "secret-secret"}
        with browser.stream("POST", "/wice-servers/main/test", data=form) as page:
            seen = ""
            for piece in page.iter_text():
                seen += piece
                if "Ein Webserver antwortet" in seen:
                    break
            assert "wird versucht" in seen
            assert seen.count('class="ws-good is-ok"') == 2
            assert "</html>" not in seen


def test_a_mailbox_is_tried_with_the_stored_login(portal: RunningPortal, sandbox: Sandbox) -> None:
    browser = portal.browser()
    portal.product.registry.save(sandbox.exchange_server)
    mailbox = sandbox.person("anna")["mailbox"]
    assert f"{mailbox}, impersonation" in browser.submit("/exchange-servers/mail/test", test_mailbox=mailbox).text
