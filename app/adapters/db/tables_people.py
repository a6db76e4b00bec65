"""The schema, third part: users, how they sign in, what they did, and what they have set for the whole server.

Passwords are stored as argon2 hashes; session ids, tokens and set-up links as SHA-256 of what only their holder knows.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from app.adapters.db.column_types import Choice, Stored, UtcDateTime
from app.adapters.db.columns import prose, words
from app.adapters.db.tables import metadata
from app.domain.people import Role, Via

_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


def _user() -> Column[int]:
    return Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True)


users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("role", Choice(Role), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    words("password_hash"),
    words("setup_hash"),
    Column("setup_until", UtcDateTime),
    words("language"),
    words("time_zone"),
    words("theme"),
    Column("created", UtcDateTime, nullable=False),
    Column("signed_in", UtcDateTime),
    Column("version", Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    _user(),
    words("csrf"),
    Column("created", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    prose("agent"),
    words("address"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    _user(),
    prose("name"),
    Column("hash", Text, nullable=False, unique=True),
    Column("role", Choice(Role), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    Column("used", UtcDateTime),
    UniqueConstraint("user_id", "name"),
    sqlite_autoincrement=True,
)

# Failed sign-ins by user name and by address.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", UtcDateTime, nullable=False),
)

# Append-only: triggers refuse to change or delete a row.
audit = Table(
    "audit",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    prose("actor"),
    Column("via", Choice(Via), nullable=False),
    words("action"),
    words("entity_kind"),
    prose("entity"),
    Column("before", Stored(dict), nullable=False, server_default="{}"),
    Column("after", Stored(dict), nullable=False, server_default="{}"),
    words("address"),
    words("request"),
    Index(None, "at"),
    Index(None, "entity_kind", "entity"),
    sqlite_autoincrement=True,
)

# Answers to POST requests with an Idempotency-Key. status 0: the first one is still at work.
api_replies = Table(
    "api_replies",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    words("request_hash"),
    Column("status", Integer, nullable=False, server_default="0"),
    words("headers"),
    words("body"),
    Column("at", UtcDateTime, nullable=False, index=True),
)

licences = Table(
    "licences",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("key", Text, nullable=False),
    Column("activated", UtcDateTime, nullable=False),
    prose("activated_by"),
    sqlite_autoincrement=True,
)

# Settings of the whole server that are changed in the portal; JSON values by name.
options = Table(
    "options",
    metadata,
    Column("name", Text, primary_key=True),
    words("value"),
)
