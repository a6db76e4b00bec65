"""The schema, second part: runs that were asked for, what all runs did by the hour, and what runs are writing to Wice just now (D3)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Table, Text, text

from app.adapters.db.column_types import Choice, ForeignText, Stored, UtcDateTime
from app.adapters.db.columns import number, owner, words
from app.adapters.db.tables import metadata
from app.domain.run import RequestState, RunStatus, Verb

run_requests = Table(
    "run_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("profile_id", ForeignKey("profiles.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("verb", Choice(Verb), nullable=False),
    words("subject"),
    Column("items", Stored(tuple[str, ...]), nullable=False, server_default="[]"),
    Column("state", Choice(RequestState), nullable=False),
    words("trigger"),
    words("requested_by"),
    Column("requested", UtcDateTime, nullable=False),
    Column("started", UtcDateTime),
    Column("ended", UtcDateTime),
    Column("not_before", UtcDateTime),
    number("attempts"),
    words("worker"),
    words("step"),
    number("done"),
    number("total"),
    Column("beat", UtcDateTime),
    Column("cancel", Boolean, nullable=False, server_default=text("false")),
    Column("message", ForeignText, nullable=False, server_default=""),
    Index(None, "ended"),
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
    number("runs"),
    number("exchange_writes"),
    number("wice_writes"),
    number("conflicts"),
    number("failed_items"),
    Column("milliseconds", BigInteger, nullable=False, server_default="0"),
)

claims = Table(
    "claims",
    metadata,
    owner("wice_server", primary_key=True),
    Column("key", Text, primary_key=True),
    owner("profile"),
    words("attempt"),
    number("token"),
    Column("until", UtcDateTime, nullable=False),
    Index(None, "profile_id", "attempt"),
)
