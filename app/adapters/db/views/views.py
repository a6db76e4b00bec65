"""`app.ports.views.Views` in a database: every read is one short transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from app.adapters.db.session import reading
from app.adapters.db.tables import accounts as account_rows
from app.adapters.db.tables import profiles as profile_rows
from app.adapters.db.views import accounts, failures, overview, profiles, runs
from app.domain.ids import RunId
from app.domain.views import (
    AccountFilter,
    AccountRow,
    AccountState,
    Activity,
    Attention,
    Cut,
    FailureFilter,
    FailureRow,
    OldestChange,
    Page,
    ProfileFilter,
    ProfileRow,
    ProgressRow,
    RunFilter,
    RunRow,
    ServerRow,
    TemplateRow,
    Todo,
)


class SqlViews:
    """Read access to everything that lists show."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accounts(self, wanted: AccountFilter, cut: Cut) -> Page[AccountRow]:
        with reading(self._engine) as connection:
            return accounts.page(connection, wanted, cut)

    def account_names(self, wanted: AccountFilter) -> Sequence[str]:
        with reading(self._engine) as connection:
            return accounts.names(connection, wanted)

    def account(self, name: str) -> AccountRow | None:
        with reading(self._engine) as connection:
            return accounts.one(connection, name)

    def profiles(self, wanted: ProfileFilter, cut: Cut) -> Page[ProfileRow]:
        with reading(self._engine) as connection:
            return profiles.page(connection, wanted, cut)

    def profile(self, account: str, name: str) -> ProfileRow | None:
        named = (account_rows.c.name == profiles.given(account), profile_rows.c.name == profiles.given(name))
        with reading(self._engine) as connection:
            return next(profiles.read(connection, *named), None)

    def runs(self, wanted: RunFilter, cut: Cut) -> Page[RunRow]:
        with reading(self._engine) as connection:
            return runs.page(connection, wanted, cut)

    def in_progress(self, wanted: RunFilter, limit: int = 50) -> Todo[ProgressRow]:
        with reading(self._engine) as connection:
            return runs.in_progress(connection, wanted, limit)

    def progress(self, run: RunId) -> ProgressRow | None:
        with reading(self._engine) as connection:
            return runs.progress(connection, run)

    def failures(self, wanted: FailureFilter, cut: Cut) -> Page[FailureRow]:
        with reading(self._engine) as connection:
            return failures.page(connection, wanted, cut)

    def servers(self) -> Sequence[ServerRow]:
        with reading(self._engine) as connection:
            return accounts.servers(connection)

    def templates(self) -> Sequence[TemplateRow]:
        with reading(self._engine) as connection:
            return accounts.template_rows(connection)

    def states(self) -> Mapping[AccountState, int]:
        with reading(self._engine) as connection:
            return accounts.states(connection)

    def oldest_change(self) -> OldestChange | None:
        with reading(self._engine) as connection:
            return overview.oldest_change(connection)

    def activity(self, since: datetime) -> Sequence[Activity]:
        with reading(self._engine) as connection:
            return overview.activity(connection, since)

    def attention(self, now: datetime, hours: Sequence[int], limit: int) -> Attention:
        with reading(self._engine) as connection:
            return overview.attention(connection, now, hours, limit)
