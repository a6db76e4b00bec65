"""Alembic migrations of the one schema, for PostgreSQL and SQLite; run by `wice-sync migrate` (`app.adapters.db.migrate`)."""
