"""The books: PostgreSQL or SQLite. Start at `database.open_database`; `tables` is the schema, `ledger` the writing side of a run."""

from app.adapters.db.database import Database, open_database

__all__ = ["Database", "open_database"]
