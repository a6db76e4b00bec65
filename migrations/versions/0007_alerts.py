"""Alerts, and what several processes do in turns."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chores",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )
    op.create_table(
        "alert_settings",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("settings", sa.Text(), nullable=False, server_default="{}"),
        *(
            sa.Column(name, sa.Text(), nullable=False, server_default="")
            for name in ("smtp_password", "webhook_url", "webhook_secret")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert_settings"),
    )
    op.create_table(
        "alerts",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("topic", "subject")),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("told", _MOMENT),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("times", "value")),
        sa.PrimaryKeyConstraint("topic", "subject", name="pk_alerts"),
    )
    op.create_table(
        "alert_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("channel", "alert")),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("made", "due")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_messages"),
        sqlite_autoincrement=True,
    )
