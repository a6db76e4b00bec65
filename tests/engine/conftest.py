from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from app.adapters.db import Database, open_database
from app.settings import Settings
from tests.engine.harness import Office
from tests.services.databases import migrated

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A crash here is an exception and no power cut: memory is disk enough, and much faster."""

NewOffice = Callable[[], AbstractContextManager[Office]]


@contextmanager
def new_database() -> Iterator[Database]:
    home = Path(tempfile.mkdtemp(prefix="wice-sync-", dir=MEMORY))
    with open_database(migrated(Settings(home=home))) as opened:
        yield opened
    shutil.rmtree(home)


@pytest.fixture
def database() -> Iterator[Database]:
    with new_database() as database:
        yield database


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def new_office() -> NewOffice:
    """For a test that begins again and again."""

    @contextmanager
    def opened() -> Iterator[Office]:
        with new_database() as database:
            yield Office(database)

    return opened
