"""What of private appointments comes into Wice."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("profiles", "templates"):
        op.add_column(table, sa.Column("private_appointments", sa.Text(), nullable=False, server_default="content"))
