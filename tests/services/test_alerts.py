"""Alerts from the product itself: by real SMTP and HTTP, once however many schedulers there are, on both databases."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, update

from app.adapters.alerting import Mail
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.tables import profiles
from app.adapters.db.tables_operations import alert_messages, alert_settings, alerts, chores
from app.bootstrap import Application, opened
from app.domain.alerts import Alert, AlertSettings, Topic, Word
from app.domain.people import SYSTEM
from app.errors import BadInput, Halt, Superseded
from app.services.alerts import version_of
from tests.adapters.db.test_registry_changes import entries
from tests.adapters.db.world import LONG_AGO, configure
from tests.services.mailbox import MailServer, Receiver, running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with running(Receiver()) as server:
        yield server


@pytest.fixture
def product(settings) -> Iterator[Application]:
    with opened(settings) as product:
        configure(product.database)
        yield product


def by_mail(product: Application, mail: MailServer, **more: object) -> None:
    given = {
        "recipients": "it@example.com, boss@example.com",
        "sender": "sync@example.com",
        "smtp_host": "127.0.0.1",
        "smtp_port": mail.port,
        "smtp_security": "none",
        "licence_days": 0,
    }
    product.alerts.change(given | more, SYSTEM)


def fail(engine, runs: int) -> None:
    with engine.begin() as connection:
        connection.execute(update(profiles).values(failed_runs=runs))
        connection.execute(delete(chores))


def gone_long(engine, *, told: bool = False) -> None:
    """What stands has been standing for long."""
    with engine.begin() as connection:
        connection.execute(update(alerts).values(since=LONG_AGO, **({"told": LONG_AGO} if told else {})))
        connection.execute(delete(chores))


def subjects(mail: MailServer) -> list[str]:
    return [str(one["Subject"]) for one in mail.received]


def test_an_account_that_fails_is_told_once_again_and_when_it_is_over(product, engine, mail):
    by_mail(product, mail)
    fail(engine, 3)
    assert product.alerts.round() == 1
    assert product.alerts.round() == 0
    gone_long(engine, told=True)
    product.alerts.round()
    fail(engine, 0)
    product.alerts.round()
    accounts = [subject for subject in subjects(mail) if "anna" in subject]
    assert accounts == [
        "Wice Sync: The account anna fails: 3 runs in a row",
        "Wice Sync: The account anna fails: 3 runs in a row (still)",
        "Wice Sync: The account anna is synchronised again",
    ]
    first = mail.received[0]
    assert (first["To"], first["From"]) == ("it@example.com, boss@example.com", "sync@example.com")
    assert "Since 2" in first.get_content()


def test_no_worker_and_no_scheduler_are_told_after_a_while_in_the_servers_language(product, engine, mail):
    by_mail(product, mail)
    product.options.replace(product.options.read(), replace(product.options.read(), language="de"), SYSTEM)
    assert product.alerts.round() == 0
    gone_long(engine)
    assert product.alerts.round() == 2
    assert sorted(subjects(mail)) == [
        "Wice Sync: Kein Planer läuft: Von selbst wird nichts synchronisiert",
        "Wice Sync: Kein Worker läuft: Es wird kein Lauf ausgeführt",
    ]


def test_several_schedulers_tell_everything_once(product, settings, engine, mail):
    by_mail(product, mail)
    fail(engine, 3)
    barrier = threading.Barrier(4)

    def scheduler() -> None:
        with opened(settings) as other:
            barrier.wait()
            for _ in range(3):
                other.alerts.round()

    threads = [threading.Thread(target=scheduler) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects(mail) == ["Wice Sync: The account anna fails: 3 runs in a row"]


def test_what_could_not_be_sent_is_sent_later_and_says_when_it_began(product, engine, mail):
    by_mail(product, mail)
    fail(engine, 3)
    mail.away = True
    assert product.alerts.round() == 0
    mail.away = False
    assert product.alerts.round() == 0, "not at once again"
    with engine.begin() as connection:
        connection.execute(update(alert_messages).values(due=DatabaseTime()))
    assert product.alerts.round() == 1
    assert len(mail.received) == 1
    with engine.begin() as connection:
        assert connection.execute(select(alert_messages.c.id)).all() == []


def test_a_webhook_gets_a_signed_object(product, engine, hook):
    product.alerts.change({"webhook_url": hook.address, "webhook_secret": "geheim", "licence_days": 0}, SYSTEM)
    fail(engine, 4)
    assert product.alerts.round() == 1
    [(headers, body)] = hook.received
    sent = json.loads(body)
    assert (sent["event"], sent["topic"], sent["account"], sent["value"]) == ("raised", "account_failing", "anna", 4)
    assert headers["X-Wice-Sync-Signature"] == f"sha256={hmac.new(b'geheim', body, hashlib.sha256).hexdigest()}"
    assert headers["Idempotency-Key"] == sent["id"]


def test_a_test_message_goes_every_way_and_says_what_is_wrong(product, mail, hook):
    with pytest.raises(BadInput, match="save one of them first"):
        product.alerts.test()
    by_mail(product, mail, webhook_url=hook.address, smtp_username="svc", smtp_password="s3cret")
    product.alerts.test()
    assert subjects(mail) == ["Wice Sync: A test message"]
    assert mail.logins == ["\0svc\0s3cret"]
    assert len(hook.received) == 1
    hook.status = 404
    with pytest.raises(Halt, match="404"):
        product.alerts.test()
    mail.refuses = {"boss@example.com"}
    with pytest.raises(Halt, match="refuses the recipients boss@"):
        product.alerts.test()


def test_a_name_with_line_breaks_makes_no_second_header(product, mail):
    by_mail(product, mail)
    alert = Alert(id="1", word=Word.RAISED, topic=Topic.ACCOUNT_FAILING, subject="x", at=datetime.now(UTC))
    Mail().send(alert, product.alerts.settings(), "anna\r\nBcc: all@example.com", "text")
    assert mail.received[0]["Bcc"] is None
    assert mail.received[0]["Subject"] == "anna Bcc: all@example.com"


def test_secrets_are_encrypted_kept_and_removed_and_never_written_down(product, engine, settings):
    product.alerts.change({"webhook_url": "https://chat.example/hook/abc", "webhook_secret": "geheim"}, SYSTEM)
    product.alerts.change({"webhook_url": "", "webhook_secret": None}, SYSTEM)
    assert product.alerts.settings() == AlertSettings(webhook_url="https://chat.example/hook/abc")
    with engine.begin() as connection:
        row = connection.execute(select(alert_settings)).one()
    assert row.webhook_secret == ""
    assert "chat.example" not in row.webhook_url
    assert "chat.example" not in row.settings
    told = str(entries(engine))
    assert "chat.example" not in told
    assert "geheim" not in told


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"recipients": "it"}, "recipients"),
        ({"recipients": "it@example.com"}, "smtp_host"),
        ({"webhook_url": "ftp://x"}, "webhook_url"),
        ({"smtp_port": "70000"}, "smtp_port"),
        ({"smtp_host": "a\r\nb"}, "smtp_host"),
        ({"smtp_ca_file": "/no/such/file.pem"}, "smtp_ca_file"),
        ({"failed_runs": "many"}, "failed_runs"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(product, given, field):
    with pytest.raises(BadInput) as refused:
        product.alerts.change(given, SYSTEM)
    assert field in refused.value.fields
    assert product.alerts.settings() == AlertSettings()


def test_who_was_slower_is_told(product):
    version = version_of(product.alerts.settings())
    product.alerts.change({"failed_runs": 5}, SYSTEM, version=version)
    with pytest.raises(Superseded):
        product.alerts.change({"failed_runs": 6}, SYSTEM, version=version)
