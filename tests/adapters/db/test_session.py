"""Connections: what SQLite is set to, which addresses are taken, and what a database out of reach means for a run."""

import sqlite3
import stat

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text
from sqlalchemy.exc import DatabaseError

from app.adapters.db import open_database
from app.adapters.db.errors import BooksBroken, translated
from app.adapters.db.session import open_engine, reading, writing
from app.errors import BadInput, Retry
from app.settings import Settings
from tests.adapters.db.world import account, configure
from tests.services.forked import together


def at(tmp_path, url):
    return Settings(home=tmp_path, database_url=SecretStr(url))


def test_sqlite_is_durable_checks_references_and_lets_readers_go_on(tmp_path):
    engine = open_engine(at(tmp_path, ""))
    with reading(engine) as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert pragmas == ["wal", 2, 1]
    assert stat.S_IMODE((tmp_path / "wice-sync.db").stat().st_mode) == 0o600


def test_a_reader_sees_one_state_while_another_writes(database, engine):
    configure(database)
    with writing(engine) as connection:
        connection.execute(text("UPDATE accounts SET email = 'changed'"))
        assert database.registry.accounts()[0].email == "anna@example.com"
    assert database.registry.accounts()[0].email == "changed"


def test_two_writers_take_turns(settings, database):
    configure(database)
    assert together(_save_many, *((settings, name) for name in ("one", "two", "three"))) == [0, 0, 0]
    assert len(database.registry.accounts()) == 81


def _save_many(settings, name):
    with open_database(settings) as database:
        for number in range(20):
            database.registry.save(account(f"{name}{number}"))
            database.registry.save(account(f"shared{number}"))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://host/name", "'mysql' are not supported"),
        ("nonsense", "not of the form"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_an_unusable_address_says_what_to_give(tmp_path, url, problem):
    with pytest.raises(BadInput, match=f"WICE_SYNC_DATABASE_URL.*{problem}.*Give postgresql://"):
        open_engine(at(tmp_path, url))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_spelling_of_postgresql_uses_the_one_driver(tmp_path, scheme):
    assert open_engine(at(tmp_path, f"{scheme}://u:p@host/name")).url.drivername == "postgresql+psycopg"


def test_a_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"cannot be created.*WICE_SYNC_HOME"):
        open_engine(at(tmp_path / "file" / "home", ""))


def test_R30_a_database_out_of_reach_is_tried_later_and_its_password_stays_secret(tmp_path):
    with (
        open_database(at(tmp_path, "postgresql://user:hush-hush@127.0.0.1:1/name")) as database,
        pytest.raises(Retry, match=r"name at 127.0.0.1 cannot be used now.*WICE_SYNC_DATABASE_URL") as refusal,
    ):
        database.schema_is_current()
    assert "hush-hush" not in str(refusal.value)


def test_R30_a_file_that_vanishes_is_tried_later(tmp_path):
    settings = at(tmp_path, "")
    with open_database(settings) as database:
        database.migrate()
        database.close()
        settings.database_file.unlink()
        settings.database_file.mkdir()
        with pytest.raises(Retry):
            database.registry.profiles()


def test_R30_a_server_that_refuses_is_tried_later(postgres_url, empty_postgres_url, tmp_path):
    with open_database(at(tmp_path, empty_postgres_url)) as database:
        database.migrate()
        name = make_url(empty_postgres_url).database
        server = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with pytest.raises(Retry):
            database.registry.profiles()


def test_R30_a_server_that_stops_inside_a_transaction_is_tried_later(empty_postgres_url, tmp_path):
    engine = open_engine(at(tmp_path, empty_postgres_url))
    with pytest.raises(Retry, match="terminating connection"), writing(engine) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with reading(engine) as connection:  # the next transaction has a connection of its own
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_R30_a_full_disk_is_tried_later(tmp_path):
    engine = open_engine(at(tmp_path, ""))
    with reading(engine) as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(Retry, match="database or disk is full"), writing(engine) as connection:
        connection.execute(text("CREATE TABLE more (x)"))
    engine.dispose()


def test_R30_a_locked_file_is_tried_later(tmp_path):
    holder, other = (sqlite3.connect(tmp_path / "locked.db", timeout=0, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as busy:
        other.execute("BEGIN IMMEDIATE")
    holder.close()
    other.close()
    with pytest.raises(Retry, match="locked"), translated("the file"):
        raise DatabaseError("BEGIN", {}, busy.value)


def test_a_mistake_of_ours_is_loud(engine):
    with pytest.raises(DatabaseError), reading(engine) as connection:
        connection.execute(text("SELECT * FROM no_such_table"))


def test_a_broken_rule_names_no_values(engine):
    with pytest.raises(BooksBroken, match=r"accounts") as refusal, writing(engine) as connection:
        connection.execute(text("INSERT INTO accounts (id, name, email) VALUES (1, NULL, 'anna@example.com')"))
    assert "anna" not in str(refusal.value)
