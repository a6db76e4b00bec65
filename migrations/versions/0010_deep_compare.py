"""How often everything is compared, and when it was done last."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("profiles", "templates"):
        op.add_column(table, sa.Column("deep_compare_days", sa.Integer(), nullable=False, server_default="7"))
    op.add_column("profiles", sa.Column("deep_compared_at", sa.DateTime(timezone=True)))
