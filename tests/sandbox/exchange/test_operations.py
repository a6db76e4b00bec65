"""What is said to requests that are no requests, and to operations nobody knows."""

import pytest

from sandbox.people import SERVICE
from tests.sandbox.exchange.conftest import Exchange

LOGIN = (SERVICE.username, SERVICE.password)


@pytest.mark.parametrize(
    "body", [b"", b"no xml", b"<x/>", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>']
)
def test_anything_but_an_envelope_is_an_invalid_request(exchange: Exchange, body: bytes) -> None:
    answer = exchange.http.post(exchange.ews, content=body, auth=LOGIN)
    assert answer.status_code == 500
    assert "<e:ResponseCode" in answer.text
    assert "ErrorInvalidRequest" in answer.text


def test_an_unknown_operation_is_a_soap_fault(exchange: Exchange) -> None:
    answer = exchange.soap("<m:GetUserPhoto/>")
    assert answer.status_code == 500
    assert "a:ErrorInvalidOperation" in answer.text


def test_impersonation_without_an_address_is_a_soap_fault(exchange: Exchange) -> None:
    header = "<t:ExchangeImpersonation><t:ConnectingSID><t:SID>S-1</t:SID></t:ConnectingSID></t:ExchangeImpersonation>"
    assert "ErrorInvalidExchangeImpersonationHeaderData" in exchange.soap("<m:GetItem/>", header).text
