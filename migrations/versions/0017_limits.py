"""What single servers may be asked for, where that differs from others of their kind."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("wice_servers", "exchange_servers"):
        op.add_column(table, sa.Column("requests_per_second", sa.Float(53)))
        op.add_column(table, sa.Column("concurrent_requests", sa.Integer()))
