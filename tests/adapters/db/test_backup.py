"""Backup and restore: everything comes back, from either database into either, or nothing is touched."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Table, insert, select

from app.adapters.db import Database, open_database
from app.adapters.db.backup import PASSING
from app.adapters.db.session import open_engine
from app.adapters.db.tables import links, metadata
from app.domain.people import SYSTEM
from app.domain.process import ProcessKind
from app.domain.sync import Kind
from app.errors import BadInput, Taken
from app.settings import Settings
from tests.adapters.db.conftest import settings_for
from tests.adapters.db.world import configure, intent
from tests.services.postgres import new_database


def fill(database: Database, engine: Engine) -> None:
    """Rows with everything that the two databases spell differently: times, booleans, numbers, text of all sorts."""
    configure(database, "anna", 'Bernd "Ü" %s \\ \u2028', "gone")
    profile = database.registry.profile("anna/anna")[0].id
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(1)])
        ledger.finish("done", {"kinds": {}})
    rows = [
        {"profile_id": profile, "kind": Kind.CONTACTS, "id": f"link{n}", "wice_id": f"{n}", "exchange_id": f"{n}"}
        for n in range(2500)
    ]
    with engine.begin() as connection:
        connection.execute(insert(links), rows)


def everything(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(*_backed_up(table))).all()))
            for table in metadata.sorted_tables
            if table.name not in PASSING
        }


def _backed_up(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not column.info.get("derived")]


@contextmanager
def target(request: pytest.FixtureRequest, kind: str, home: Path) -> Iterator[Settings]:
    """An empty database of the other installation, with the same key."""
    if kind == "sqlite":
        yield settings_for(home)
        return
    with new_database(request.getfixturevalue("postgres_url")) as url:
        yield settings_for(home, url)


@pytest.fixture
def file(database: Database, engine: Engine, tmp_path: Path) -> Path:
    fill(database, engine)
    file = tmp_path / "backup"
    database.back_up(file)
    return file


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_everything_comes_back_in_either_database(request, database, engine, settings, file, kind, tmp_path):
    before = everything(engine)
    assert sum(map(len, before.values())) > 10
    home = tmp_path / "other"
    home.mkdir()
    with target(request, kind, home) as other:
        (other.home / "secret.key").write_bytes(settings.key_file.read_bytes())
        with open_database(other) as restored:
            summary = restored.restore(file, replace=False)
            assert summary.missing_keys == []
            assert restored.schema_is_current()
            assert restored.registry.profile("anna/anna")[1].wice_password == "anna-secret"
            eyes = open_engine(other)
            after = everything(eyes)
            eyes.dispose()
            # What is added now gets numbers that nobody had.
            configure(restored, "new")
    assert after == before


def test_a_number_of_a_removed_row_does_not_come_again(database, file, settings, tmp_path):
    last = database.registry.profile("gone/gone")[0].id
    database.registry.remove_accounts(["gone"], SYSTEM)
    database.back_up(file)
    database.restore(file, replace=True)
    configure(database, "later")
    assert database.registry.profile("later/later")[0].id > last


def test_a_full_database_is_touched_only_when_that_is_said(database, engine, file):
    with pytest.raises(BadInput, match="--replace"):
        database.restore(file, replace=False)
    configure(database, "later")
    database.restore(file, replace=True)
    names = {name.partition("/")[0] for name in database.registry.active_profiles()}
    assert "later" not in names
    assert "anna" in names


def test_nothing_may_run_meanwhile(database, file):
    database.processes.beat(ProcessKind.WORKER, "1")
    with pytest.raises(Taken, match="worker on"):
        database.restore(file, replace=True)


def changed(file: Path, change: Any) -> Path:
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(change(lines))))
    return file


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (lambda lines: lines[:-1], "damaged"),
        (lambda lines: [*lines[:3], *lines[4:]], "damaged"),
        (lambda lines: [line.replace(b"anna", b"eva") for line in lines], "damaged"),
        (lambda _: [b"{}\n"], "no backup"),
        (lambda lines: [lines[0].replace(b'"schema":"', b'"schema":"9')], "damaged"),
    ],
)
def test_a_damaged_file_changes_nothing(database, engine, file, change, advice):
    before = everything(engine)
    with pytest.raises(BadInput, match=advice):
        database.restore(changed(file, change), replace=True)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(BadInput, match=r"backup"):
        database.restore(file, replace=True)
    assert everything(engine) == before


def test_a_newer_schema_is_refused(database, file):
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    header = json.loads(lines[0]) | {"schema": "9999"}
    body = [json.dumps(header).encode() + b"\n", *lines[1:-1]]
    end = {"end": json.loads(lines[-1])["end"], "sha256": hashlib.sha256(b"".join(body)).hexdigest()}
    file.write_bytes(gzip.compress(b"".join([*body, json.dumps(end).encode()])))
    with pytest.raises(BadInput, match="newer version"):
        database.restore(file, replace=True)


def test_the_key_is_not_in_it_and_its_absence_is_told(database, settings, file, tmp_path):
    key = settings.key_file.read_text().strip().partition(":")[2]
    text = gzip.decompress(file.read_bytes()).decode()
    assert key not in text
    assert "anna-secret" not in text
    with open_database(settings_for(tmp_path / "elsewhere")) as other:
        assert other.restore(file, replace=True).missing_keys
