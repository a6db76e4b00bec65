"""The database as `app.bootstrap` gets it: one object that owns the connections, and what hangs on it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from app.adapters.db import backup, migrate, rotation
from app.adapters.db.alerts import SqlAlerts
from app.adapters.db.attempts import SqlAttempts
from app.adapters.db.audit_log import SqlAuditLog
from app.adapters.db.books import SqlBooks
from app.adapters.db.budgets import SqlBudgets
from app.adapters.db.choices import SqlChoices
from app.adapters.db.chores import SqlChores
from app.adapters.db.dispatch import SqlDispatch
from app.adapters.db.drafts import Drafts
from app.adapters.db.finding import SqlFinder
from app.adapters.db.hints import SqlHints
from app.adapters.db.history import SqlHistory
from app.adapters.db.keys import load_secrets
from app.adapters.db.learnt import SqlLearnt
from app.adapters.db.licences import SqlLicences
from app.adapters.db.logins import SqlLogins
from app.adapters.db.measures import SqlMeasures
from app.adapters.db.options import SqlOptions
from app.adapters.db.people import SqlUsers
from app.adapters.db.processes import SqlProcesses
from app.adapters.db.registry import SqlRegistry
from app.adapters.db.replies import SqlReplies
from app.adapters.db.requests import SqlRequests
from app.adapters.db.retention import SqlAttic
from app.adapters.db.rotation import Rotation
from app.adapters.db.session import open_engine
from app.adapters.db.sessions import SqlSessions
from app.adapters.db.tokens import SqlTokens
from app.adapters.db.views import SqlGauges, SqlRunViews, SqlViews
from app.adapters.db.watching import LISTENER_LEASE, SqlWatchList
from app.adapters.db.work import SqlWork
from app.domain.backup import BackupSummary
from app.settings import Settings


class Database:
    """Books, registry and history over one pool of connections. Use as a context manager, or `close()` it."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = load_secrets(settings)
        self._engine = open_engine(settings)
        self.books = SqlBooks(self._engine, settings.lease)
        self.registry = SqlRegistry(self._engine, self._secrets)
        self.history = SqlHistory(self._engine)
        self.views = SqlViews(self._engine)
        self.run_views = SqlRunViews(self._engine)
        self.requests = SqlRequests(self._engine)
        self.work = SqlWork(self._engine, settings.lease)
        self.dispatch = SqlDispatch(self._engine)
        self.logins = SqlLogins(self._engine, self._secrets)
        self.choices = SqlChoices(self._engine)
        self.users = SqlUsers(self._engine)
        self.sessions = SqlSessions(self._engine)
        self.tokens = SqlTokens(self._engine)
        self.attempts = SqlAttempts(self._engine)
        self.audit_log = SqlAuditLog(self._engine)
        self.replies = SqlReplies(self._engine)
        self.finder = SqlFinder(self._engine)
        self.licences = SqlLicences(self._engine)
        self.options = SqlOptions(self._engine)
        self.learnt = SqlLearnt(self._engine)
        self.measures = SqlMeasures(self._engine)
        self.gauges = SqlGauges(self._engine)
        self.processes = SqlProcesses(self._engine)
        self.budgets = SqlBudgets(self._engine, settings.lease)
        self.hints = SqlHints(self._engine)
        self.alerts = SqlAlerts(self._engine, self._secrets)
        self.chores = SqlChores(self._engine)
        self.attic = SqlAttic(self._engine)
        self.watch_list = SqlWatchList(self._engine)
        self.listening = SqlBudgets(self._engine, LISTENER_LEASE)
        self.drafts = Drafts(self._secrets)

    def migrate(self) -> None:
        """Bring the schema up to date. Raises: Halt if the database is newer than this program, Retry."""
        migrate.migrate(self._engine)

    def schema_is_current(self) -> bool:
        """Has the database this program's schema? Raises: Retry."""
        return migrate.is_current(self._engine)

    def rotate_secrets(self) -> Rotation:
        """Encrypt all secrets with the first key. Raises: Halt if one cannot be decrypted, Retry."""
        return rotation.rotate(self._engine, self._secrets)

    def back_up(self, file: Path) -> BackupSummary:
        """See `backup.back_up`."""
        return backup.back_up(self._engine, self._secrets, file)

    def restore(self, file: Path, *, replace: bool) -> BackupSummary:
        """See `backup.restore`."""
        return backup.restore(self._engine, self._secrets, file, replace=replace)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(settings: Settings) -> Database:
    """Open the configured database; connects at first use. Raises: BadInput for settings that cannot be used."""
    return Database(settings)
