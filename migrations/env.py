"""Runs migrations on the connection that `app.adapters.db.migrate` hands over, inside its transaction and under its lock."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,  # SQLite changes a column by copying its table
)
context.run_migrations()
