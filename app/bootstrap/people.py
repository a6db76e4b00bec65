"""Signing in, managing people, API tokens and the audit log, over one database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.adapters.db import Database
from app.domain.people import Lifetimes
from app.ports.people import AuditLog, Passwords, Replies
from app.services.api_tokens import ApiTokens
from app.services.people import People
from app.services.sign_in import SignIn
from app.settings import Settings


class PeopleServices:
    """One per process: it limits how many passwords are hashed at once. May be used by several threads."""

    def __init__(
        self, settings: Settings, database: Database, passwords: Passwords, now: Callable[[], datetime]
    ) -> None:
        def lifetimes() -> Lifetimes:
            options = database.options.read()
            return Lifetimes(timedelta(hours=options.session_idle_hours), timedelta(days=options.session_days))

        users, sessions, tokens = database.users, database.sessions, database.tokens
        self.sign_in: Final = SignIn(users, sessions, tokens, database.attempts, passwords, lifetimes, now)
        self.people: Final = People(users, sessions, passwords, lifetimes, now, settings.portal_url)
        self.api_tokens: Final = ApiTokens(tokens, users, now)
        self.audit: Final[AuditLog] = database.audit_log
        self.replies: Final[Replies] = database.replies
