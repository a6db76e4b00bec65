"""Which linked items are private by now: their former words are not shown."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("links", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.text("false")))
