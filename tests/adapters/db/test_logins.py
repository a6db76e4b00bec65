"""R36: accounts with the same login know it of each other, and nobody reads from the database what the login is."""

import base64
import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.adapters.db import Database, open_database
from app.adapters.db.logins import note_accepted, note_refused
from app.adapters.db.tables import accounts, logins, profiles
from app.domain.account import Access, Profile
from app.domain.ids import ProfileId
from app.domain.logins import Login, Whose
from app.domain.people import SYSTEM
from app.domain.run import RunStatus
from app.domain.sync import Side
from app.rules.logins import is_refused
from app.rules.timetable import TIMETABLE
from tests.adapters.db.world import EXCHANGE, LONG_AGO, MAIL, MAIN, WICE, account

OWN = replace(MAIL, access=Access.DELEGATE)
SERVICE = {"exchange_username": "CORP\\sync", "exchange_password": "one for all"}
NAMES = ("anna", "bernd", "clara")


@pytest.fixture
def database(database):
    """Three accounts whose mailboxes are opened with one login."""
    database.registry.save_many([MAIN, OWN])
    database.registry.save_many([account(name, **SERVICE) for name in NAMES])
    database.registry.save_many([Profile(account=name, name=name, schedule="every 15 minutes") for name in NAMES])
    return database


def profile(database: Database, name: str) -> ProfileId:
    return database.registry.profile(name)[0].id


def at(side: Side, database: Database, name: str) -> Login:
    return next(login for login in database.logins.of(profile(database, name)) if login.side is side)


def refuse(engine, database, name, side=EXCHANGE):
    with engine.begin() as connection:
        note_refused(connection, profile(database, name), side)


def change(database, name, **changes):
    database.registry.save(replace(database.registry.account(name, secrets=True), **changes))


def standing(database, side=EXCHANGE):
    return {name: (login.whose, login.refusals) for name in NAMES for login in [at(side, database, name)]}


def test_R36_what_one_finds_out_is_known_of_all_with_the_same_login(database, engine):
    assert at(EXCHANGE, database, "anna").users == 3
    assert at(WICE, database, "anna").whose is Whose.OWN
    refuse(engine, database, "anna")
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 1))
    refuse(engine, database, "bernd")
    refuse(engine, database, "bernd")
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 2))
    with engine.begin() as connection:
        note_accepted(connection, profile(database, "clara"))
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 0))
    assert at(EXCHANGE, database, "bernd").proven


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_R36_two_refusals_at_the_same_time_are_two(database, engine):
    with ThreadPoolExecutor(1) as other:
        with engine.begin() as connection:
            note_refused(connection, profile(database, "anna"), EXCHANGE)
            second = other.submit(refuse, engine, database, "bernd")
        second.result()
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 2))


@pytest.mark.parametrize(
    "changes",
    [
        {"exchange_password": "another"},
        {"exchange_username": "CORP\\other"},
        {"exchange_server": "other"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_R36_who_is_given_another_login_is_free_alone(database, engine, changes):
    database.registry.save(replace(OWN, name="other"))
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    change(database, "clara", **changes)
    shared = (Whose.SHARED, 2)
    assert standing(database) == {"anna": shared, "bernd": shared, "clara": (Whose.OWN, 0)}


def test_R36_it_is_the_same_login_whatever_else_is_edited(database, engine):
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    change(database, "anna", email="new@example.com")
    change(database, "bernd", exchange_username="corp\\SYNC")
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 2))
    change(database, "anna", exchange_password="another")
    change(database, "anna", **SERVICE)
    assert at(EXCHANGE, database, "anna").refusals == 2


def test_R36_an_edited_server_frees_all(database, engine):
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    database.registry.save(replace(OWN, url="https://new.example/EWS"))
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 0))


def test_R36_the_same_password_of_different_users_is_no_shared_login(database, engine):
    for name in NAMES:
        change(database, name, wice_password="summer")
    refuse(engine, database, "anna", WICE)
    alone = dict.fromkeys(NAMES, (Whose.OWN, 0))
    assert standing(database, WICE) == alone | {"anna": (Whose.OWN, 1)}


def test_R36_with_a_service_account_the_accounts_own_logins_do_not_count(database, engine):
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    database.registry.save(replace(OWN, access=Access.IMPERSONATION))
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SERVICE, 0))
    refuse(engine, database, "anna")
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SERVICE, 1))


def due(database, engine):
    """Whom schedules ask for, once everybody has failed and is due."""
    database.dispatch.plan(TIMETABLE, 100)
    with engine.begin() as connection:
        connection.execute(update(profiles).values(due_at=LONG_AGO, last_status=RunStatus.FAILED))
    asked = database.dispatch.ask_for_due(TIMETABLE, 100)
    for request in asked:
        database.work.end(request.id)
        database.requests.cancel(request.id, SYSTEM)
    return sorted(database.registry.profile_name(request.profile).partition("/")[0] for request in asked)


def test_R36_schedules_leave_out_all_who_share_a_refused_login(database, engine):
    refuse(engine, database, "anna")
    assert due(database, engine) == [*NAMES], "one refusal is made sure of"
    refuse(engine, database, "bernd")
    assert due(database, engine) == []
    change(database, "clara", exchange_password="another")
    assert due(database, engine) == ["clara"]
    database.logins.proven(at(EXCHANGE, database, "anna"))
    assert due(database, engine) == [*NAMES]
    refuse(engine, database, "clara")
    assert due(database, engine) == ["anna", "bernd"], "an own one counts at once"


def test_R36_a_test_that_passed_counts_for_the_login_it_was_made_with(database, engine):
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    read = database.registry.account("anna", secrets=True)
    server = database.registry.exchange_server("mail", secrets=True)
    assert not database.logins.passed(replace(read, exchange_password="another"), server, SYSTEM)
    assert not database.logins.passed(read, replace(server, version=server.version - 1), SYSTEM), "edited since"
    assert all(map(is_refused, (at(EXCHANGE, database, name) for name in NAMES)))
    assert database.logins.passed(read, server, SYSTEM)
    assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 0))
    assert not database.logins.passed(read, server, SYSTEM)


def test_R36_an_account_from_before_is_taken_for_unshared_until_its_next_run(database, engine):
    for name in ("anna", "bernd"):
        refuse(engine, database, name)
    with engine.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.name == "clara").values(wice_login="", exchange_login=""))
    assert due(database, engine) == ["clara"]
    assert at(EXCHANGE, database, "clara").refusals == 2, "its run begins by looking, before it signs in"
    assert due(database, engine) == []


def marks(engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(select(accounts.c.name, accounts.c.exchange_login))
        return {row.name: row.exchange_login for row in rows}


def test_nobody_reads_a_login_from_its_mark(database, engine, tmp_path):
    refuse(engine, database, "anna")
    of = marks(engine)
    assert len(set(of.values())) == 1
    assert re.fullmatch(r"\w+:[\w=-]{44}", of["anna"])
    assert of["anna"] not in repr(database.logins.of(profile(database, "anna")))
    assert of["anna"] not in str(database.registry.account("anna", secrets=True))
    file = tmp_path / "backup"
    database.back_up(file)
    assert of["anna"].encode() not in gzip.decompress(file.read_bytes())


def keys(settings, *fills):
    ring = (f"k{fill}:{base64.b64encode(bytes([fill]) * 32).decode()}" for fill in fills)
    return settings.model_copy(update={"secret_keys": SecretStr(",".join(ring))})


def test_R36_a_rotation_of_the_keys_marks_anew_and_forgets_nothing(settings, engine):
    with open_database(keys(settings, 1)) as database:
        database.registry.save_many([MAIN, OWN, *(account(name, **SERVICE) for name in NAMES)])
        database.registry.save_many([Profile(account=name, name=name) for name in NAMES])
        for name in ("anna", "bernd"):
            refuse(engine, database, name)
        before = marks(engine)
    with open_database(keys(settings, 2, 1)) as database:
        database.rotate_secrets()
        after = marks(engine)
    assert {mark.partition(":")[0] for mark in after.values()} == {"k2"}
    assert not set(after.values()) & set(before.values())
    with open_database(keys(settings, 2)) as database:
        assert standing(database) == dict.fromkeys(NAMES, (Whose.SHARED, 2))
    with engine.connect() as connection:
        assert connection.execute(select(logins.c.mark)).scalars().all() == [after["anna"]]


def test_what_is_known_of_a_login_goes_with_its_last_account(database, engine):
    refuse(engine, database, "anna")
    for name in NAMES:
        change(database, name, exchange_password=f"of {name}")
    with engine.connect() as connection:
        assert connection.execute(select(logins)).all() == []
