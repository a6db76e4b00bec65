"""Alerts over TLS, to a real mail server in a process of its own: STARTTLS and TLS from the beginning, and what is refused says why."""

from __future__ import annotations

import mailbox
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from app.adapters import trust
from app.adapters.alerting import Mail
from app.domain.alerts import Alert, AlertSettings, Security, Topic, Word
from app.errors import Halt, HaltCode

ALERT = Alert(
    id="1", word=Word.RAISED, topic=Topic.ACCOUNT_FAILING, subject="anna", at=datetime(2027, 1, 2, tzinfo=UTC)
)

Start = Callable[..., AlertSettings]
"""Starts a mail server with a certificate for a name, and gives the settings that fit it."""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    ours = trustme.CA()
    ours.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))  # this machine's authorities
    trust._trusted.cache_clear()
    with ExitStack() as running:

        def started(way: Security, name: str = "127.0.0.1", authority: trustme.CA = ours) -> AlertSettings:
            port = running.enter_context(_server(tmp_path, way, authority.issue_cert(name)))
            return AlertSettings(
                recipients="it@example.com, boss@example.com",
                sender="sync@example.com",
                smtp_host="127.0.0.1",
                smtp_port=port,
                smtp_security=way,
                smtp_username="svc",
                smtp_password="s3cret",
            )

        yield started
    trust._trusted.cache_clear()


@contextmanager
def _server(home: Path, way: Security, certificate: trustme.LeafCert) -> Iterator[int]:
    """The process, as long as the block runs; the block gets its port."""
    chain, key = home / "certificate.pem", home / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(key)
    files = map(str, (home / "mails", chain, key))
    command = [sys.executable, "-m", "tests.services.smtp_process", *files, way.value]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def send(settings: AlertSettings) -> None:
    Mail().send(ALERT, settings, "The account anna fails", "What to do")


def refusal(settings: AlertSettings) -> str:
    with pytest.raises(Halt) as refused:
        send(settings)
    return str(refused.value)


@pytest.mark.parametrize("way", [Security.STARTTLS, Security.TLS])
def test_a_message_arrives_over_tls_after_the_login(start: Start, tmp_path: Path, way: Security) -> None:
    settings = start(way)
    send(settings)
    [arrived] = mailbox.Maildir(tmp_path / "mails")
    assert (arrived["Subject"], arrived["X-RcptTo"]) == ("The account anna fails", "it@example.com, boss@example.com")
    assert "What to do" in arrived.get_payload()
    wrong = refusal(replace(settings, smtp_password="guessed"))
    assert "The mail server 127.0.0.1 refuses the login (535)" in wrong
    assert "guessed" not in wrong


@pytest.mark.parametrize("way", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_is_not_trusted_is_refused_and_nothing_is_sent(
    start: Start, tmp_path: Path, way: Security
) -> None:
    settings = start(way, authority=trustme.CA())
    with pytest.raises(Halt, match=r"The certificate of the mail server 127\.0\.0\.1 is not trusted") as refused:
        send(settings)
    assert refused.value.code is HaltCode.CERTIFICATE
    assert "name the file with your certificate authority as its CA file" in str(refused.value)
    assert list(mailbox.Maildir(tmp_path / "mails")) == []


@pytest.mark.parametrize("way", [Security.STARTTLS, Security.TLS])
def test_a_company_authority_is_trusted_that_a_file_names(start: Start, tmp_path: Path, way: Security) -> None:
    company, ca_file = trustme.CA(), tmp_path / "company.pem"
    company.cert_pem.write_to_path(ca_file)
    settings = replace(start(way, authority=company), smtp_ca_file=str(ca_file))
    send(settings)
    assert len(mailbox.Maildir(tmp_path / "mails")) == 1
    trustme.CA().cert_pem.write_to_path(ca_file)
    assert "is not trusted" in refusal(settings), "a file that has changed is read anew"


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "broken"])
def test_a_ca_file_that_cannot_be_read_is_named(start: Start, tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "company.pem"
    if content:
        ca_file.write_text(content)
    assert f"The CA file {ca_file} cannot be read" in refusal(
        replace(start(Security.STARTTLS), smtp_ca_file=str(ca_file))
    )
    assert list(mailbox.Maildir(tmp_path / "mails")) == []


def test_a_certificate_for_another_name_is_refused(start: Start) -> None:
    assert "is not trusted" in refusal(start(Security.STARTTLS, name="mail.example.com"))


def test_the_wrong_way_of_encryption_is_named(start: Start) -> None:
    settings = start(Security.STARTTLS)
    assert "speaks no TLS that fits" in refusal(replace(settings, smtp_security=Security.TLS))
    assert "Choose STARTTLS" in refusal(replace(settings, smtp_security=Security.NONE))
