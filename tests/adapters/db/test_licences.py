"""R38: pasted keys, the remembered moment, and what is counted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.adapters.db import open_database
from app.adapters.db.tables_people import audit
from app.domain.account import ExchangeServer, Profile, WiceServer
from app.domain.ids import ProfileId
from app.domain.licence import Seat
from app.domain.people import SYSTEM, Via
from tests.adapters.db.world import MAIL, account, configure
from tests.rules.licences import licence

NOON = datetime(2126, 3, 10, 12, 0, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)


def activate(database, key="WS1.a.b", now=NOON, *, afresh=False):
    database.licences.activate(key, licence(), now, SYSTEM, afresh=afresh)


def test_a_key_is_kept_once_with_its_audit_entry(database, engine):
    activate(database)
    activate(database, now=NOON + AN_HOUR)
    activate(database, "WS1.c.d")
    kept = [(one.key, one.activated, one.activated_by) for one in database.licences.activations()]
    assert kept == [("WS1.a.b", NOON, "system"), ("WS1.c.d", NOON, "system")]
    with engine.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.entity_kind == "licence")).all()
    assert len(rows) == 2
    assert (rows[0].action, rows[0].actor, rows[0].via, rows[0].entity) == ("activated", "system", Via.SYSTEM, "l1")
    assert rows[0].after == {
        "licensee": "Muster GmbH",
        "edition": "enterprise",
        "accounts": 3,
        "valid_from": "2026-03-01",
        "until": "2026-12-31",
        "loopback": False,
    }


def test_of_many_that_paste_a_key_at_once_one_activates_it(database, settings):
    together = threading.Barrier(4)

    def paste():
        with open_database(settings) as own:
            together.wait()
            activate(own)

    threads = [threading.Thread(target=paste) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(database.licences.activations()) == 1


def test_R38_the_remembered_moment_moves_forward_only(database):
    assert database.licences.marks().seen is None
    for now in (NOON, NOON - AN_HOUR, NOON + AN_HOUR, NOON):
        database.licences.saw(now)
    assert database.licences.marks().seen == NOON + AN_HOUR
    activate(database, now=NOON)
    assert database.licences.marks().seen == NOON + AN_HOUR
    activate(database, "WS1.new.key", now=NOON, afresh=True)
    assert database.licences.marks().seen == NOON


def test_R38_runs_and_the_audit_log_are_remembered_too(database, profile):
    before = database.licences.marks().record
    with database.books.open(profile, "analyse") as ledger:
        ledger.finish("done", {})
    [run] = database.history.runs(profile)
    after_run = database.licences.marks().record
    assert after_run >= run.started >= (before or run.started)
    activate(database)
    assert database.licences.marks().record >= after_run


@pytest.fixture
def three(database):
    """anna with two profiles, bernd, clara; bernd's only profile is not active."""
    configure(database, "anna", "bernd", "clara")
    database.registry.save(Profile(account="anna", name="second"))
    database.registry.save(Profile(account="bernd", name="bernd", active=False))
    return database


def seat(database, name):
    return database.licences.seat(database.registry.profile(name)[0].id)


def test_R38_active_profiles_of_active_accounts_are_counted(three):
    assert three.licences.counts() == (2, 3)
    three.registry.save(account("clara", active=False))
    assert three.licences.counts() == (1, 2)


def test_R38_a_seat_is_counted_from_the_oldest(three):
    assert seat(three, "anna/anna") == Seat(active=True)
    assert seat(three, "clara") == Seat(active=True, older_accounts=1, older_profiles=1)
    assert seat(three, "anna/second") == Seat(active=True, older_accounts=0, older_profiles=2)
    assert seat(three, "bernd") == Seat(active=False)
    assert three.licences.seat(ProfileId(999)) == Seat(active=False)
    three.registry.save(Profile(account="bernd", name="bernd"))
    assert seat(three, "clara") == Seat(active=True, older_accounts=2, older_profiles=2)


def test_servers_that_an_active_account_uses_are_listed_once(database):
    assert database.licences.addresses() == []
    configure(database, "anna", "bernd")
    assert sorted(database.licences.addresses()) == ["https://mail.example/EWS", "https://wice.example"]
    database.registry.save(WiceServer(name="idle", url="https://nobody.example", mandant="x"))
    database.registry.save(ExchangeServer(name="found", username="svc"))
    database.registry.save(account("bernd", exchange_server="found"))
    assert sorted(database.licences.addresses()) == ["", MAIL.url, "https://wice.example"]
