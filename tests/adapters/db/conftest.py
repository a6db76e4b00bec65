"""Every test of the books runs on SQLite and on a real PostgreSQL server, on databases that the migrations built."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, make_url

from app.adapters.db import Database, open_database
from app.adapters.db.session import open_engine
from app.domain.ids import ProfileId
from app.settings import Settings
from tests.adapters.db.world import configure
from tests.services.postgres import new_database


def settings_for(home: Path, url: str = "") -> Settings:
    return Settings(home=home, database_url=SecretStr(url))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = settings_for(tmp_path_factory.mktemp("template"))
    with open_database(settings) as database:
        database.migrate()
    return settings.database_file


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with new_database(postgres_url) as url:
        with open_database(settings_for(tmp_path_factory.mktemp("template"), url)) as database:
            database.migrate()
        yield make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_settings(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Settings:
    """Of a database without a table."""
    url = request.getfixturevalue("empty_postgres_url") if dialect == "postgresql" else ""
    return settings_for(tmp_path / "empty", url)


@pytest.fixture
def settings(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Settings]:
    """Of a migrated database, for this test alone."""
    if dialect == "sqlite":
        settings = settings_for(tmp_path)
        shutil.copy(request.getfixturevalue("sqlite_template"), settings.database_file)
        yield settings
    else:
        template = request.getfixturevalue("postgres_template")
        with new_database(request.getfixturevalue("postgres_url"), template=template) as url:
            yield settings_for(tmp_path, url)


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
