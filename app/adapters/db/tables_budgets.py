"""The schema, fourth part: budgets of hosts, used where there is no Redis. Times are seconds of the database's clock."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Table, Text, text

from app.adapters.db.tables import metadata


def _seconds(name: str) -> Column[float]:
    return Column(name, Float(53), nullable=False, server_default="0")


host_budgets = Table(
    "host_budgets",
    metadata,
    Column("host", Text, primary_key=True),
    _seconds("until"),
    Column("trial", Boolean, nullable=False, server_default=text("false")),
    _seconds("turn"),
    _seconds("tokens"),
    _seconds("refilled"),
)

host_slots = Table(
    "host_slots",
    metadata,
    Column("host", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    _seconds("ends"),
)
