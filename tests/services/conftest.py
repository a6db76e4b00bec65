"""Services are tested on the databases of the books' own tests."""

from tests.adapters.db.conftest import database, dialect, engine, postgres_template, settings, sqlite_template

__all__ = ["database", "dialect", "engine", "postgres_template", "settings", "sqlite_template"]
