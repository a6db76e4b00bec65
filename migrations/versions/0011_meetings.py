"""Meetings that several accounts hold: whose copy decides, and which stay other than Wice's (D1)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("links", sa.Column("say", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("links", sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index("ix_links_shared", "links", ["wice_id"])
