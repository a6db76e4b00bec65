"""The database server of the tests is a real one, starts for root and everybody else, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from tests.services.databases import Reused
from tests.services.postgres import new_database, running_postgres

STARTER = """
import time
from tests.services.postgres import running_postgres
with running_postgres() as url:
    print(url, flush=True)
    time.sleep(600)
"""
PATIENCE_S = 30


def test_an_empty_database_is_postgresql_without_a_table(empty_postgres_url):
    engine = create_engine(empty_postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("select version()")).scalar_one().startswith("PostgreSQL")
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_a_reused_database_is_as_the_migrations_left_it(postgres_url):
    with closing(Reused(postgres_url)) as reused:
        first = reused.emptied()
        with psycopg.connect(_conninfo(first)) as connection:
            new = connection.execute("TABLE installation").fetchall()
            connection.execute("INSERT INTO chores VALUES ('x', now())")
            connection.execute("UPDATE installation SET latest_seen = now()")
            connection.execute("UPDATE alembic_version SET version_num = 'newer'")
        straggler = psycopg.connect(_conninfo(first))
        assert reused.emptied() == first
        straggler.close()
        with psycopg.connect(_conninfo(first)) as connection:
            assert connection.execute("TABLE installation").fetchall() == new
            assert connection.execute("TABLE chores").fetchall() == []
            assert connection.execute("TABLE alembic_version").fetchall() != [("newer",)]
            connection.execute("CREATE TABLE more (x integer)")
        assert reused.emptied() != first


def test_a_database_is_dropped_although_someone_is_still_connected(postgres_url):
    with new_database(postgres_url) as url:
        straggler = psycopg.connect(_conninfo(url))
    straggler.close()
    with psycopg.connect(_conninfo(postgres_url)) as connection:
        names = connection.execute("select datname from pg_database").fetchall()
    assert (make_url(url).database,) not in names


def test_a_stopped_server_leaves_no_directory():
    with running_postgres() as url:
        directory = _directory(url)
        assert directory.is_dir()
    assert not directory.exists()


def test_a_killed_test_run_leaves_no_server_and_no_directory():
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        directory = _directory(starter.stdout.readline().strip())
        server = int((directory / "data" / "postmaster.pid").read_text().splitlines()[0])
        starter.send_signal(signal.SIGKILL)
    assert _gone(directory)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def _gone(directory: Path) -> bool:
    give_up = time.monotonic() + PATIENCE_S
    while directory.exists() and time.monotonic() < give_up:
        time.sleep(0.05)
    return not directory.exists()


def _directory(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def _conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
