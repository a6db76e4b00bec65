"""R38, R39 over both databases: activating keys, and what they allow until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from app.adapters.db import Database, open_database
from app.adapters.licence import KeyRing, demo_signer, load_keys
from app.adapters.licence.signing import Signer
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.licence import Edition, KeyRefused, LicenceState
from app.domain.licence_sentences import Notice
from app.domain.people import SYSTEM
from app.services.licences import Licences, all_on_loopback
from app.settings import Settings
from tests.fakes.clock import Clock
from tests.rules.licences import licence
from tests.services.databases import migrated

VENDOR = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KNOWN = load_keys()
RING = KeyRing(public={VENDOR.kid: VENDOR.private.public_key(), **KNOWN.public}, loopback_only=KNOWN.loopback_only)
A_DAY = timedelta(days=1)


class Site:
    """An installation whose clock a test can turn; it starts at the real moment of its installation."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.clock.now = datetime.now(UTC)
        self.today = self.clock.now.date()
        self.licences = Licences(database.licences, RING, lambda: self.clock.now)
        database.registry.save(WiceServer(name="wice", url="http://127.0.0.1:8091", mandant="m"))
        database.registry.save(ExchangeServer(name="mail", url="http://localhost:8092/EWS", username="svc"))

    def account(self, name: str, **changes: object) -> None:
        given = {
            "wice_server": "wice",
            "exchange_server": "mail",
            "wice_username": name,
            "mailbox": f"{name}@example.com",
        }
        self.database.registry.save(Account(name=name, **(given | changes)))  # type: ignore[arg-type] # fields of Account
        self.database.registry.save(Profile(account=name, name=name))

    def may_write(self, name: str) -> bool:
        return self.licences.permit(self.database.registry.profile(name)[0].id).granted

    def key(self, signer: Signer = VENDOR, **changes: object) -> str:
        given = {"valid_from": self.today, "until": self.today + 90 * A_DAY}
        return signer.key_for(licence(**(given | changes)))


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    url = request.getfixturevalue("postgres_database_url") if request.param == "postgresql" else ""
    with open_database(migrated(Settings(home=tmp_path, database_url=SecretStr(url)))) as database:
        yield Site(database)


def test_R38_trial_key_end(site):
    site.account("anna")
    site.account("bernd")
    assert (site.may_write("anna"), site.may_write("bernd")) == (True, False)
    shown = site.licences.activate(site.key(accounts=2), SYSTEM)
    assert (shown.state, shown.accounts_used, shown.accounts_allowed) == (LicenceState.LICENSED, 2, 2)
    site.account("clara")
    assert [site.may_write(name) for name in ("anna", "bernd", "clara")] == [True, True, False]
    assert site.licences.status().state is LicenceState.TOO_MANY
    site.clock.now += 91 * A_DAY
    assert not any(site.may_write(name) for name in ("anna", "bernd", "clara"))
    assert site.licences.status().state is LicenceState.EXPIRED


def test_R38_the_clock_turned_back_does_not_bring_the_trial_back(site):
    site.account("anna")
    site.clock.now += 31 * A_DAY
    assert not site.may_write("anna")
    site.clock.now -= 31 * A_DAY
    assert not site.may_write("anna")


def test_R38_after_a_wrong_clock_a_new_key_starts_afresh_and_the_old_one_does_not(site):
    site.account("anna")
    old = site.key(id="old")
    site.licences.activate(old, SYSTEM)
    site.clock.now += 40_000 * A_DAY
    assert not site.may_write("anna")
    site.clock.now -= 40_000 * A_DAY
    assert Notice.CLOCK_BACK in [sentence.code for sentence in site.licences.status().sentences]
    with pytest.raises(KeyRefused) as refused:
        site.licences.activate(old, SYSTEM)
    assert refused.value.sentence.code is Notice.KEY_EXPIRED
    with pytest.raises(KeyRefused):
        site.licences.activate(site.key(demo_signer(), id="demo"), SYSTEM)
    assert site.licences.activate(site.key(id="new"), SYSTEM).state is LicenceState.LICENSED
    assert site.may_write("anna")


def test_activating_a_key_again_changes_nothing(site):
    site.licences.activate(site.key(), SYSTEM)
    first = site.database.licences.activations()
    site.clock.now += A_DAY
    site.licences.activate(f'  "{site.key()}"\n', SYSTEM)
    assert site.database.licences.activations() == first


def test_the_moment_is_written_down_once_an_hour(site):
    site.licences.status()
    first = site.clock.now
    site.clock.now += timedelta(minutes=59)
    site.licences.status()
    assert site.database.licences.marks().seen == first
    site.clock.now += timedelta(minutes=1)
    site.licences.status()
    assert site.database.licences.marks().seen == site.clock.now


def test_a_demo_key_counts_while_all_servers_in_use_are_on_loopback(site):
    site.account("anna")
    site.account("bernd")
    demo = site.key(demo_signer(), accounts=1000)
    assert site.licences.activate(demo, SYSTEM).state is LicenceState.DEMO
    assert site.may_write("bernd")
    site.database.registry.save(ExchangeServer(name="real", url="https://mail.example.com/EWS", username="svc"))
    assert site.may_write("bernd"), "no account uses it"
    site.account("bernd", exchange_server="real")
    assert (site.may_write("anna"), site.may_write("bernd")) == (True, False), "the trial"
    site.account("bernd", exchange_server="real", active=False)
    assert site.licences.status().state is LicenceState.DEMO


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": date(2026, 1, 1), "valid_from": date(2025, 1, 1)}, Notice.KEY_EXPIRED),
        ({"until": date(2999, 1, 1), "valid_from": date(2998, 1, 1)}, Notice.KEY_NOT_YET_VALID),
        ({"loopback": True}, Notice.KEY_LOOPBACK_ONLY),
    ],
)
def test_a_key_that_is_of_no_use_is_refused_and_not_kept(site, changes, code):
    site.database.registry.save(WiceServer(name="wice", url="https://wice.example.com", mandant="m"))
    site.account("anna")
    with pytest.raises(KeyRefused) as refused:
        site.licences.activate(site.key(**changes), SYSTEM)
    assert refused.value.sentence.code is code
    assert site.database.licences.activations() == []


def test_a_kept_key_whose_signer_is_no_longer_known_is_no_licence(site):
    site.licences.activate(site.key(edition=Edition.ENTERPRISE), SYSTEM)
    without_vendor = Licences(site.database.licences, KNOWN, lambda: site.clock.now)
    assert without_vendor.status().state is LicenceState.TRIAL


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8091", True),
        ("http://127.9.9.9/EWS", True),
        ("https://LOCALHOST/EWS/Exchange.asmx", True),
        ("http://[::1]:8092/EWS", True),
        ("", False),
        ("https://mail.example.com/EWS", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://127.0.0.1@mail.example.com/", False),
        ("http://0.0.0.0:8091", False),
        ("http://[::", False),
    ],
)
def test_what_counts_as_loopback(address, expected):
    assert all_on_loopback(["http://localhost", address]) is expected
