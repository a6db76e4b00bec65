"""Logins that were refused, which schedules leave alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ("accounts", "wice_refused"),
        ("accounts", "exchange_refused"),
        ("exchange_servers", "refused"),
    ):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
