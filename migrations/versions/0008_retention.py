"""What is too old may go: an index to find it, and an audit log whose oldest entries may be removed."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEPT_DAYS = 365
_TEXT = "the audit log is append-only"


def upgrade() -> None:
    op.create_index("ix_run_requests_ended", "run_requests", ["ended"])
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _append_only(dialect: str) -> Iterator[str]:
    """Entries of the last year stay, whoever asks."""
    if dialect == "sqlite":
        yield "DROP TRIGGER audit_no_delete"
        yield (
            f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.at > datetime('now', '-{_KEPT_DAYS} days') "
            f"BEGIN SELECT RAISE(ABORT, '{_TEXT}'); END"
        )
        return
    yield (
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{_KEPT_DAYS} days' THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{_TEXT}'; END $$"
    )
