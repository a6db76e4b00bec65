"""Budgets of hosts, for installations without Redis."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_budgets",
        sa.Column("host", sa.Text(), nullable=False),
        _seconds("until"),
        sa.Column("trial", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        *map(_seconds, ("turn", "tokens", "refilled")),
        sa.PrimaryKeyConstraint("host", name="pk_host_budgets"),
    )
    op.create_table(
        "host_slots",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        _seconds("ends"),
        sa.PrimaryKeyConstraint("host", "holder", name="pk_host_slots"),
    )


def _seconds(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(53), nullable=False, server_default="0")
