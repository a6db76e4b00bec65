"""Services are tested on the databases of the books' own tests."""

from tests.adapters.db.conftest import database, dialect, engine, settings

__all__ = ["database", "dialect", "engine", "settings"]
