"""NTLM handshakes; whole ones are in test_auth. Tokens that are none are refused, not crashed on."""

import base64

import pytest

from sandbox.exchange.errors import NotAuthorised
from sandbox.exchange.ntlm import Handshakes


class Connection:
    """Stands for a TCP connection: only its identity counts."""


@pytest.mark.parametrize("token", ["no base64!", "", base64.b64encode(b"NTLMSSP\0garbage").decode()])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    handshakes, connection = Handshakes({"anna@example.com": "x"}), Connection()
    with pytest.raises(NotAuthorised):
        handshakes.step(token, connection)
    assert handshakes.login_of(connection) is None


def test_an_answer_without_a_challenge_logs_nobody_in() -> None:
    handshakes, connection = Handshakes({"anna@example.com": "x"}), Connection()
    message = b"NTLMSSP\0\x03\0\0\0".ljust(64, b"\0")
    assert handshakes.step(base64.b64encode(message).decode(), connection) == ("", None)
    assert handshakes.login_of(connection) is None
