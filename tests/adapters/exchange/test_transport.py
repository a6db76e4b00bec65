"""Connections: verified, bounded, silent about people, and without effects on the rest of the process."""

import logging
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from app.domain.contact import Contact
from app.errors import Halt, HaltCode, Retry
from tests.adapters.exchange.canned import canned_mailbox, root, serving
from tests.adapters.exchange.sandbox_server import Server, creation, halted


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def verified_server(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def test_tls_is_verified_and_a_further_authority_can_be_named(
    verified_server: ssl.SSLContext, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with serving(root(), context=verified_server) as canned:
        stranger = canned_mailbox(canned)
        assert halted(stranger) is HaltCode.CERTIFICATE
        friend = canned_mailbox(canned, ca_file=str(ca_file))
        assert friend.probe()
        friend.close()
        assert halted(canned_mailbox(canned)) is HaltCode.CERTIFICATE, "one mailbox's CA is not everybody's"
    assert len(canned.requests) == 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_read_is_a_halt(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    with serving(root()) as canned, pytest.raises(Halt) as caught:
        canned_mailbox(canned, ca_file=str(ca_file)).probe()
    assert caught.value.code is HaltCode.CERTIFICATE


def test_errors_log_nothing_of_the_request(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store = server.store()
    server.fault("garbage", "CreateItem")
    with pytest.raises(Retry):
        list(store.write([creation(Contact(last_name="Geheimname"))]))
    assert "Geheimname" not in caplog.text
    assert not [one for one in caplog.records if one.name.startswith("exchangelib")]


def test_two_mailboxes_share_nothing_but_the_process(server: Server) -> None:
    script = (
        "import sys; from app.adapters.exchange import ExchangeAccess, open_mailbox\n"
        "from exchangelib.protocol import BaseProtocol, CachingProtocol\n"
        "before = dict(vars(BaseProtocol))\n"
        "for name in ('anna', 'bernd'):\n"
        "    a = ExchangeAccess(mailbox=f'{name}@example.com', endpoint=sys.argv[1], username=sys.argv[2], password=sys.argv[3])\n"
        "    m = open_mailbox(a); m.probe(); m.close()\n"
        "assert not CachingProtocol._protocol_cache\n"
        "assert dict(vars(BaseProtocol)) == before\n"
    )
    access = server.access()
    command = [sys.executable, "-c", script, access.endpoint, access.username, access.password]
    subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[3])
