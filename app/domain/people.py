"""Who uses the server: roles and what they may, users, sessions, API tokens, and the audit log of what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """OPERATOR runs, confirms, retries and reads; AUDITOR reads everything and changes nothing."""

    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a page or an API route asks for. RUN: start, confirm, retry, undo, cancel. CONFIGURE: everything that is set up. MANAGE: people."""

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
