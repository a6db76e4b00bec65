from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.adapters.db import Database, open_database
from app.settings import Settings
from tests.engine.harness import Office


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(Settings(home=tmp_path)) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def make_office(database: Database) -> Callable[..., Office]:
    return lambda **settings: Office(database, settings=settings)
