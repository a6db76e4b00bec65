"""What is known of the logins of accounts, which several of them may share."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("wice_login", "exchange_login"):
        op.add_column("accounts", sa.Column(column, sa.Text(), nullable=False, server_default=""))
        op.create_index(f"ix_accounts_{column}", "accounts", [column])
    op.create_table(
        "logins",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("proven", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("mark", name="pk_logins"),
    )
