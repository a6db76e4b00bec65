"""For which schedule a profile's next run is planned (R36)."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNPLANNED = sa.text("schedule != due_for")


def upgrade() -> None:
    op.add_column("profiles", sa.Column("due_for", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_profiles_due_at", "profiles", ["due_at"])
    op.create_index("ix_profiles_unplanned", "profiles", ["id"], sqlite_where=_UNPLANNED, postgresql_where=_UNPLANNED)
