"""Autodiscover: found once, redirects followed, and a refused login ends the search at once."""

import pytest
import requests

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.autodiscover import OFFICE_365, find_endpoint
from app.domain.account import Auth
from app.errors import Halt, HaltCode
from tests.adapters.exchange.canned import Reply, serving
from tests.adapters.exchange.sandbox_server import Server

SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"


def pox(inner: str) -> Reply:
    return Reply(
        f'<Autodiscover><Response xmlns="{SCHEMA}"><Account>{inner}</Account></Response></Autodiscover>'.encode()
    )


def access() -> ExchangeAccess:
    return ExchangeAccess(mailbox="anna@example.com", username="u", password="p")


def test_a_server_tells_its_address(server: Server) -> None:
    with requests.Session() as session:
        found = find_endpoint(server.access(endpoint=""), session, [f"{server.url}/autodiscover/autodiscover.xml"])
    assert found.endpoint.endswith("/EWS/Exchange.asmx")
    assert server.mailbox(endpoint=found.endpoint).probe()


def test_a_refused_login_ends_the_search(server: Server) -> None:
    urls = [f"{server.url}/autodiscover/autodiscover.xml?{number}" for number in range(3)]
    with requests.Session() as session, pytest.raises(Halt) as caught:
        find_endpoint(server.access(endpoint="", password="falsch"), session, urls)
    assert caught.value.code is HaltCode.LOGIN_REFUSED
    assert sum(server.counters["failed_logins"].values()) == 1


def test_redirects_are_followed_and_silent_candidates_passed_over() -> None:
    address = pox(
        "<Protocol><Type>EXCH</Type><EwsUrl>https://inside/E</EwsUrl></Protocol><Protocol><Type>EXPR</Type><EwsUrl>https://outside/E</EwsUrl></Protocol>"
    )
    with serving(Reply(status=404), Reply(b"<html>"), Reply(), address) as canned, requests.Session() as session:
        canned.replies[2] = pox(f"<Action>redirectUrl</Action><RedirectUrl>{canned.url}/d</RedirectUrl>")
        found = find_endpoint(access(), session, [f"{canned.url}/{name}" for name in "abc"])
        assert [path for path, _, _ in canned.requests] == ["/a", "/b", "/c", "/d"]
    assert found.endpoint == "https://outside/E"


def test_a_circle_of_redirects_ends() -> None:
    with serving(Reply()) as canned, requests.Session() as session:
        canned.replies[0] = Reply(status=302, headers={"Location": f"{canned.url}/a"})
        with pytest.raises(Halt) as caught:
            find_endpoint(access(), session, [f"{canned.url}/a"])
        assert len(canned.requests) == 1
    assert caught.value.code is HaltCode.NOT_FOUND


def test_no_login_goes_out_in_plain_text() -> None:
    with requests.Session() as session, pytest.raises(Halt):
        find_endpoint(access(), session, ["http://autodiscover.example.com/autodiscover/autodiscover.xml"])


def test_oauth2_belongs_to_office_365() -> None:
    given = ExchangeAccess(mailbox="anna@example.com", username="u", password="p", auth=Auth.OAUTH2, tenant_id="t")
    with requests.Session() as session:
        assert find_endpoint(given, session).endpoint == OFFICE_365
