"""The version with which a service account's login has got through: until then, one run at a time tries it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exchange_servers", sa.Column("proven", sa.BigInteger(), nullable=False, server_default="0"))
