"""Each step on the way to a server has its own sentence."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from app.adapters.reach import reach
from app.errors import Halt, HaltCode, Retry


class Refusing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(401)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def server(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), Refusing) as listening:
        if tls:
            listening.socket = tls.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{listening.server_port}/EWS/Exchange.asmx"
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with server(context) as url:
        yield url


def test_any_status_is_an_answer():
    with server() as url:
        assert reach(url, "") == "answers; without TLS, on this machine only"


def test_a_certificate_nobody_vouches_for_is_refused(secure):
    with pytest.raises(Halt, match="give its certificate authority as ca_file") as refused:
        reach(secure, "")
    assert refused.value.code is HaltCode.CERTIFICATE


def test_a_further_authority_is_trusted(secure, authority, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    assert reach(secure, str(file)) == "answers; trusted certificate"


def test_a_broken_ca_file_is_named(tmp_path):
    file = tmp_path / "ca.pem"
    file.write_text("no certificate", "utf-8")
    with pytest.raises(Halt, match=r"ca\.pem cannot be read"):
        reach("https://127.0.0.1:9/", str(file))


def test_a_closed_port_is_named():
    with pytest.raises(Retry, match=r"nothing listens at 127\.0\.0\.1:9"):
        reach("http://127.0.0.1:9/", "")
