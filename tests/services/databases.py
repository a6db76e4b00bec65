"""Databases as the migrations build them: made once per process, then copied. All of them have the same installation id (R43)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import Engine, make_url
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from app.adapters.db import open_database
from app.adapters.db.tables import metadata
from app.bootstrap import is_embedded
from app.settings import Settings
from tests.services.postgres import new_database


def share_compiled_statements() -> None:
    """Let all engines of this process share what they compile: a quarter of the time went into compiling the same anew for each test."""
    shared: LRUCache[Any, Any] = LRUCache(20_000)
    Engine._compiled_cache = property(lambda _: shared, lambda _, own: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]


share_compiled_statements()


def migrated(settings: Settings) -> Settings:
    """These settings; their embedded database is there now, if it was not yet."""
    file = settings.database_file
    if is_embedded(settings) and not file.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        file.write_bytes(_embedded())
    return settings


@cache
def _embedded() -> bytes:
    with tempfile.TemporaryDirectory(prefix="wice-sync-") as home:
        settings = Settings(home=Path(home))
        with open_database(settings) as database:
            database.migrate()
        return settings.database_file.read_bytes()


class Reused:
    """A migrated database of the PostgreSQL server that test after test gets: to empty it takes a hundredth of making one."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._open = ExitStack()
        self._url = ""

    def emptied(self) -> str:
        """Its URL, as after the migrations; another database if a test has changed more than rows, or lets nobody in."""
        try:
            if self._url and self._empty():
                return self._url
        except psycopg.Error:
            pass
        self.close()
        self._url = self._open.enter_context(new_database(self._server_url))
        with tempfile.TemporaryDirectory() as home:
            settings = Settings(home=Path(home), database_url=SecretStr(self._url))
            with open_database(settings) as database:
                database.migrate()
        with self._connect() as connection:
            connection.execute("CREATE SCHEMA kept")
            for name in _KEPT:
                connection.execute(_each("CREATE TABLE kept.{0} AS TABLE public.{0}", name))
        return self._url

    def close(self) -> None:
        self._open.close()

    def _connect(self) -> psycopg.Connection:
        url = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True)

    def _empty(self) -> bool:
        with self._connect() as connection:
            connection.execute(_ALONE)
            if {name for (name,) in connection.execute(_TABLES)} != {*metadata.tables, "alembic_version"}:
                return False
            # Nobody's triggers and foreign keys: the audit log refuses to forget, and the order does not matter.
            connection.execute("SET session_replication_role = replica")
            all_rows = [_each("DELETE FROM public.{0}", name) for name in (*metadata.tables, "alembic_version")]
            kept = [_each("INSERT INTO public.{0} TABLE kept.{0}", name) for name in _KEPT]
            connection.execute(sql.SQL(";").join([*all_rows, *kept]))
            connection.execute(_NUMBERS_FROM_1)
        return True


_KEPT: Final = ("installation", "alembic_version")
"""What the migrations put in."""
_ALONE: Final = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_NUMBERS_FROM_1: Final = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public'"


def _each(statement: LiteralString, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))


@pytest.fixture(scope="session")
def _reused(postgres_url: str) -> Iterator[Reused]:
    with closing(Reused(postgres_url)) as reused:
        yield reused


@pytest.fixture
def postgres_database_url(_reused: Reused) -> str:
    """A migrated database on the server, without a row of other tests; for one test at a time."""
    return _reused.emptied()
