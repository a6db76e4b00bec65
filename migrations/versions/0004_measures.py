"""Sums for monitoring."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measures",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "labels")),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", name="pk_measures"),
    )
