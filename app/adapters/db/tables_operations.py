"""The schema, fourth part: what keeps an eye on the server itself."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, Table, Text

from app.adapters.db.column_types import Choice, UtcDateTime
from app.adapters.db.tables import metadata
from app.domain.process import ProcessKind

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
