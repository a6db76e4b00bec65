"""Which account is writing to which appointment in Wice (D3)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("wice_server_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False, server_default=""),
        sa.Column("token", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["wice_server_id"], ["wice_servers.id"], "fk_claims_wice_server_id_wice_servers", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"], "fk_claims_profile_id_profiles", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("wice_server_id", "key", name="pk_claims"),
    )
    op.create_index("ix_claims_profile_id_attempt", "claims", ["profile_id", "attempt"])
