"""What lists and the overview read: each method a few statements on one state of the database, however many accounts there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

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

ACCOUNT_ORDERS = ("name", "state", "synced_at", "last_finished")
PROFILE_ORDERS = ("name", "state", "synced_at", "last_finished")
RUN_ORDERS = ("started",)
FAILURE_ORDERS = ("count", "profile", "label")


class Views(Protocol):
    """Reads only. Every list raises BadInput for a cursor that is not its own and for an order that it does not offer."""

    def accounts(self, wanted: AccountFilter, cut: Cut) -> Page[AccountRow]:
        """By name, unless `cut` says otherwise (ACCOUNT_ORDERS); counted."""
        ...

    def account_names(self, wanted: AccountFilter) -> Sequence[str]:
        """The names of all accounts that fit, as lists sort them."""
        ...

    def account(self, name: str) -> AccountRow | None:
        """One account as lists show it."""
        ...

    def profiles(self, wanted: ProfileFilter, cut: Cut) -> Page[ProfileRow]:
        """By account and name, unless `cut` says otherwise (PROFILE_ORDERS); counted."""
        ...

    def profile(self, account: str, name: str) -> ProfileRow | None:
        """One profile as lists show it."""
        ...

    def runs(self, wanted: RunFilter, cut: Cut) -> Page[RunRow]:
        """The newest first, unless `cut` says `started` (RUN_ORDERS); not those in progress; not counted."""
        ...

    def in_progress(self, wanted: RunFilter, limit: int = 50) -> Todo[ProgressRow]:
        """Runs that go on, then queued ones in their order; `status`, `since` and `until` are not looked at."""
        ...

    def progress(self, run: RunId) -> ProgressRow | None:
        """A run that is queued or goes on; None once it has ended."""
        ...

    def failures(self, wanted: FailureFilter, cut: Cut) -> Page[FailureRow]:
        """The most often refused first, unless `cut` says otherwise (FAILURE_ORDERS); counted."""
        ...

    def servers(self) -> Sequence[ServerRow]:
        """Wice servers, then Exchange servers, by name."""
        ...

    def templates(self) -> Sequence[TemplateRow]:
        """By name."""
        ...

    def states(self) -> Mapping[AccountState, int]:
        """How many accounts are in each state."""
        ...

    def oldest_change(self) -> OldestChange | None:
        """What waits longest to be synchronised."""
        ...

    def activity(self, since: datetime) -> Sequence[Activity]:
        """Hours in which runs ended, in their order; hours without one are not among them."""
        ...

    def attention(self, now: datetime, hours: Sequence[int], limit: int) -> Attention:
        """How fresh active profiles are: one `Fresh` per step of `hours`, then older, then never. Who needs a person, at most `limit` of a sort."""
        ...
