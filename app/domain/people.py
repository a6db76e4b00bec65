"""Who uses the server: roles and what they may, users, sessions, API tokens, and the audit log of what they did."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """OPERATOR runs, confirms, retries and reads; AUDITOR reads everything and changes nothing; MESSENGER is for programs that report changes."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    MESSENGER = "messenger"


class Permission(StrEnum):
    """What a page or an API route asks for. RUN: start, confirm, retry, undo, cancel. CONFIGURE: everything that is set up. MANAGE: people.

    HINT: say that something has changed at a server.
    """

    HINT = "hint"
    READ = "read"
    RUN = "run"
    CONFIGURE = "configure"
    MANAGE = "manage"


class Via(StrEnum):
    """By which door somebody came."""

    PORTAL = "portal"
    API = "api"
    CLI = "cli"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks for a change. `address` (of the client) and `request` (its id) are for the audit log, "" where there are none."""

    name: str
    role: Role
    via: Via
    address: str = ""
    request: str = ""


SYSTEM = Actor(name="system", role=Role.ADMINISTRATOR, via=Via.SYSTEM)
"""The server itself: schedules, upgrades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who signs in.

    `language`: "de", "en" or "" (the browser's); `time_zone`: IANA or "" (the server's); `theme`: "light", "dark" or "" (the system's).
    """

    name: str
    role: Role
    active: bool = True
    language: str = ""
    time_zone: str = ""
    theme: str = ""
    has_password: bool = False
    """False until the one-time set-up link was used."""
    created: datetime | None = None
    signed_in: datetime | None = None
    id: int = 0
    version: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user, and the hash of the password that lets them in ("" before they have one)."""

    user: User
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetupLink:
    """Where somebody chooses their password, once. What the link says is known to its holder only; here is its hash."""

    hash: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Failures:
    """Sign-ins that failed, and when the latest did."""

    count: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class FailedBefore:
    """What went before an attempt to sign in. `known`: this name came in from this address before."""

    name: Failures
    address: Failures
    known: bool


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a browser stays signed in: unused, and at all."""

    idle: timedelta = timedelta(hours=8)
    absolute: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. The cookie's value is known to the browser only; here is its hash (`id`)."""

    id: str
    user: User
    csrf: str = field(repr=False)
    created: datetime
    seen: datetime
    until: datetime
    agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A bearer token; its text is shown once and stored hashed. It may at most what `role` and its owner's present role both may."""

    id: int
    user: str
    name: str
    role: Role
    created: datetime
    until: datetime | None = None
    used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change, or one confirmed plan. `before` and `after` hold what differs; secrets are masked."""

    at: datetime
    actor: str
    via: Via
    action: str
    entity_kind: str
    entity: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    address: str = ""
    request: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which entries are wanted; what is empty does not restrict. `since` is included, `until` is not; `text` is looked for in everything."""

    actor: str = ""
    action: str = ""
    entity_kind: str = ""
    entity: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first. `older` and `newer` are the `seq` to go on from, None where there is nothing more."""

    entries: tuple[AuditEntry, ...]
    older: int | None = None
    newer: int | None = None


def name_key(name: str) -> str:
    """What two names have in common that people take for the same: however typed, in whatever case."""
    return unicodedata.normalize("NFKC", name).casefold()


def new_secret() -> str:
    """256 random bits as text that fits into addresses and headers."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is stored of a random secret. SHA-256 is enough: nobody guesses 256 random bits. Passwords take argon2 instead."""
    return hashlib.sha256(secret.encode()).hexdigest()
