"""Connections and transactions: `reading` sees one consistent state, `writing` is one transaction that is on disk when it returns.

PostgreSQL by psycopg 3. SQLite in WAL mode: readers never wait; `BEGIN IMMEDIATE` takes the write lock at once, because a transaction that
reads first and writes later fails without waiting when another process wrote in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from app.adapters.db.errors import translated
from app.errors import BadInput
from app.settings import Settings

_WAIT_S = 30
_READ_ONLY: Mapping[str, Mapping[str, object]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {"wice_sync_read_only": True},
}
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite+pysqlite"}


def open_engine(settings: Settings) -> Engine:
    """Return the engine of the configured database; nothing is connected yet. Raises: BadInput for an address that cannot be used."""
    url = _url(settings)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _WAIT_S, "application_name": "wice-sync"},
    )


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A short read-only transaction that sees one state of the database. Raises: Retry if it is out of reach."""
    options = _READ_ONLY[engine.dialect.name]
    with translated(_place(engine)), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all or nothing. Raises: Retry if the database is out of reach (a lost answer to the commit included)."""
    with translated(_place(engine)), engine.begin() as connection:
        yield connection


def take_turns(connection: Connection, key: int) -> None:
    """Let one transaction at a time go on from here, of all that give this key; on SQLite only one ever writes."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def _url(settings: Settings) -> URL:
    text = settings.database_url.get_secret_value()
    if not text:
        return URL.create(_DRIVERS["sqlite"], database=str(settings.database_file))
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadInput(_advice("it is not of the form dialect://user:password@host/name")) from None
    family = url.drivername.partition("+")[0]
    if family not in _DRIVERS:
        raise BadInput(_advice(f"databases of the kind {family!r} are not supported"))
    if family == "sqlite" and (not url.database or url.database == ":memory:"):
        raise BadInput(_advice("a database in memory cannot be shared by several processes; name a file"))
    return url.set(drivername=_DRIVERS[family])


def _advice(problem: str) -> str:
    return f"WICE_SYNC_DATABASE_URL: {problem}. Give postgresql://user:password@host/name or sqlite:///path/file.db"


def _place(engine: Engine) -> str:
    url = engine.url
    return (
        f"{url.database} at {url.host or 'this machine'}"
        if url.get_backend_name() == "postgresql"
        else f"{url.database}"
    )


def _sqlite(url: URL) -> Engine:
    file = Path(url.database or "")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Private, as are the files that SQLite lays beside it: they hold names and addresses.
        file.touch(mode=0o600)
    except OSError as error:
        raise BadInput(f"the database {file} cannot be created: {error.strerror}; see WICE_SYNC_HOME") from None
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred, and not at all before DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    deferred = connection.get_execution_options().keys() & _READ_ONLY["sqlite"].keys()
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
