"""Every test of the books runs on SQLite and on a real PostgreSQL server, on databases that the migrations built."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from app.adapters.db import Database, open_database
from app.adapters.db.session import open_engine
from app.domain.ids import ProfileId
from app.settings import Settings
from tests.adapters.db.world import configure
from tests.services.databases import migrated


def settings_for(home: Path, url: str = "") -> Settings:
    return Settings(home=home, database_url=SecretStr(url))


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_settings(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Settings:
    """Of a database without a table."""
    url = request.getfixturevalue("empty_postgres_url") if dialect == "postgresql" else ""
    return settings_for(tmp_path / "empty", url)


@pytest.fixture
def settings(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Settings:
    """Of a migrated database, for this test alone."""
    url = request.getfixturevalue("postgres_database_url") if dialect == "postgresql" else ""
    return migrated(settings_for(tmp_path, url))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with open_database(settings) as database:
        yield database


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """A second pool on the same database: the eyes of the test, and another worker's hands."""
    engine = open_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def profile(database: Database) -> ProfileId:
    """The profile anna/anna of the configured world."""
    configure(database)
    return database.registry.profile("anna/anna")[0].id
