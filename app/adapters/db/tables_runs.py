"""The schema, second part: runs that were asked for, and what all runs did by the hour."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from app.adapters.db.column_types import Choice, ForeignText, Stored, UtcDateTime
from app.adapters.db.tables import metadata
from app.domain.run import RequestState, RunStatus, Verb


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


run_requests = Table(
    "run_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("profile_id", ForeignKey("profiles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("verb", Choice(Verb), nullable=False),
    _text("subject"),
    Column("items", Stored(tuple[str, ...]), nullable=False, server_default="[]"),
    Column("state", Choice(RequestState), nullable=False),
    _text("trigger"),
    _text("requested_by"),
    Column("requested", UtcDateTime, nullable=False),
    Column("started", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("not_before", UtcDateTime),
    _number("attempts"),
    _text("worker"),
    _text("step"),
    _number("done"),
    _number("total"),
    Column("beat", UtcDateTime),
    Column("cancel", Boolean, nullable=False, server_default=text("false")),
    Column("message", ForeignText, nullable=False, server_default=""),
    Index(
        "ix_run_requests_waiting",
        "requested",
        sqlite_where=text("state IN ('queued', 'running')"),
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)

run_stats = Table(
    "run_stats",
    metadata,
    Column("hour", UtcDateTime, primary_key=True),
    Column("status", Choice(RunStatus), primary_key=True),
    _number("runs"),
    _number("exchange_writes"),
    _number("wice_writes"),
    _number("conflicts"),
    _number("failed_items"),
    Column("milliseconds", BigInteger, nullable=False, server_default="0"),
)
