"""The schema, fourth part: what keeps an eye on the server itself."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Integer, Table, Text

from app.adapters.db.column_types import Choice, Stored, UtcDateTime
from app.adapters.db.tables import SECRET, metadata
from app.domain.alerts import Alert, Topic
from app.domain.process import ProcessKind

ALERT_SECRETS: Final = ("smtp_password", "webhook_url", "webhook_secret")

# `id` is the holder's name (see `holder`).
processes = Table(
    "processes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Choice(ProcessKind), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
)

# Sums that only grow; `labels` is a JSON object, by name.
measures = Table(
    "measures",
    metadata,
    Column("name", Text, primary_key=True),
    Column("labels", Text, primary_key=True),
    Column("value", Double, nullable=False),
)

# What any of several processes does now and then.
chores = Table(
    "chores",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due", UtcDateTime, nullable=False),
)

# One row. `settings` is a JSON object without the secrets.
alert_settings = Table(
    "alert_settings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    *(Column(name, Text, nullable=False, server_default="", info=dict(SECRET)) for name in ALERT_SECRETS),
)

alerts = Table(
    "alerts",
    metadata,
    Column("topic", Choice(Topic), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("told", UtcDateTime),
    Column("times", Integer, nullable=False, server_default="0"),
    Column("value", Integer, nullable=False, server_default="0"),
)

alert_messages = Table(
    "alert_messages",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("alert", Stored(Alert), nullable=False),
    Column("made", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
