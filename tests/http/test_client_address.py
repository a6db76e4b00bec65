"""From where somebody asks: nobody can say so themselves."""

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from app.http.client_address import client_address
from app.settings import Settings


def asked(peer, *forwarded, trusted=""):
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    request = Request({"type": "http", "headers": headers, "client": (peer, 1) if peer else None})
    return client_address(request, Settings(trusted_proxies=trusted))


@pytest.mark.parametrize(
    ("expected", "peer", "forwarded", "trusted"),
    [
        ("203.0.113.9", "203.0.113.9", (), ""),
        ("203.0.113.9", "203.0.113.9", ("1.1.1.1",), ""),
        ("203.0.113.9", "203.0.113.9", ("1.1.1.1",), "10.0.0.0/8"),
        ("198.51.100.7", "10.0.0.1", ("198.51.100.7",), "10.0.0.0/8"),
        ("198.51.100.7", "10.0.0.1", ("1.1.1.1, 198.51.100.7",), "10.0.0.0/8"),
        ("198.51.100.7", "10.0.0.1", ("1.1.1.1", "198.51.100.7, 10.0.0.2"), "10.0.0.1, 10.0.0.2"),
        ("2001:db8::1", "::1", ("2001:db8::1",), "::1"),
        ("10.0.0.1", "10.0.0.1", ("unknown",), "10.0.0.0/8"),
        ("10.0.0.1", "10.0.0.1", (), "10.0.0.0/8"),
        ("", "", ("1.1.1.1",), "10.0.0.0/8"),
    ],
)
def test_only_what_a_trusted_proxy_saw_is_believed(expected, peer, forwarded, trusted):
    assert asked(peer, *forwarded, trusted=trusted) == expected


def test_what_is_no_network_is_refused_at_start():
    with pytest.raises(ValidationError, match=r"proxy\.example"):
        Settings(trusted_proxies="proxy.example")
