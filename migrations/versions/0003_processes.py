"""Processes give signs of life."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "processes",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "kind", "host")),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("started", "seen")),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
