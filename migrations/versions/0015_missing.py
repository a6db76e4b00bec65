"""Whether a complete listing named every linked item. Of the listings so far nobody knows: each profile looks once more."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cursors", sa.Column("missing", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.execute("UPDATE cursors SET missing = true")
