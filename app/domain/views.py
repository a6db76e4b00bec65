"""What lists show: rows for people to look at, never to be saved. Pages are cut by key, not by number, so that the last is as fast as the first.

Names, not row ids: what a row refers to is an address of the portal and of the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from app.domain.account import Direction
from app.domain.ids import AccountId, ProfileId, RunId
from app.domain.run import RequestState, RunStatus, Verb
from app.domain.sync import Kind, Side

T = TypeVar("T")


class AccountState(StrEnum):
    """How an account or a profile is, the better ones first: of several profiles the worst counts."""

    INACTIVE = "inactive"
    HEALTHY = "healthy"
    WAITING = "waiting"
    """It was never synchronised, or the next run is queued."""
    RUNNING = "running"
    ATTENTION = "attention"
    """It is synchronised but for items that were refused or frozen."""
    NEEDS_CONFIRMATION = "needs_confirmation"
    FAILING = "failing"
    """The latest run failed; a cancelled one does not count."""

    @property
    def rank(self) -> int:
        """0 for the best; how databases compare states."""
        return list(AccountState).index(self)

    @classmethod
    def ranked(cls, rank: int) -> AccountState:
        """The state of this rank."""
        return list(cls)[rank]

    @classmethod
    def worst(cls, states: Iterable[AccountState], *, active: bool) -> AccountState:
        """The state of an account with profiles of these states; without a profile it waits for one."""
        if not active:
            return cls.INACTIVE
        return max(states, key=lambda state: state.rank, default=cls.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Which part of a list is asked for. `cursor` is `next` or `previous` of another page of the same list in the same order, "" for the first.

    `sort` is one of the words that the list offers, "" for its own order.
    """

    cursor: str = ""
    limit: int = 50
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursors of its neighbours ("" where there is none); `total` is None where nobody counted."""

    rows: Sequence[T]
    next: str = ""
    previous: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """Which accounts; "" and None leave it open. `text`: words that name, e-mail address, mailbox or Wice login hold, whatever the case."""

    text: str = ""
    state: AccountState | None = None
    wice_server: str = ""
    exchange_server: str = ""
    template: str = ""
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFilter(AccountFilter):
    """Which profiles; as for accounts, where `text` looks at the profile's account and `active` at both."""

    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs. `profile` is its name within `account`; `since` <= started < `until`."""

    account: str = ""
    profile: str = ""
    status: RunStatus | None = None
    trigger: str = ""
    verb: Verb | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFilter:
    """Which refused items: with this error code, refused at least so often in a row."""

    account: str = ""
    profile: str = ""
    code: str = ""
    at_least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """A profile in a list. `busy`: a run of it is queued or going on, whatever its `state` is.

    `synced_at`: end of the last synchronisation that was carried out; `deep_compared_at`: when everything was compared last.
    `waiting_run`: the run whose plan waits for an answer, "" for none.
    `failed_runs`: in a row. `failed_items`: refused by their server (R32). `frozen_items`: R40.
    """

    id: ProfileId
    account: str
    name: str
    active: bool
    state: AccountState
    busy: RequestState | None
    contacts: bool
    appointments: bool
    direction: Direction
    schedule: str
    template: str
    version: int
    last_run: RunId
    last_status: RunStatus | None
    last_finished: datetime | None
    last_message: str
    waiting_run: RunId
    synced_at: datetime | None
    failed_runs: int
    failed_items: int
    frozen_items: int
    due_at: datetime | None
    deep_compared_at: datetime | None

    @property
    def full_name(self) -> str:
        """account/name."""
        return f"{self.account}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account in a list, with its profiles by name."""

    id: AccountId
    name: str
    email: str
    mailbox: str
    wice_username: str
    wice_server: str
    exchange_server: str
    active: bool
    version: int
    profiles: tuple[ProfileRow, ...]

    @property
    def state(self) -> AccountState:
        """The worst of its profiles."""
        return AccountState.worst((profile.state for profile in self.profiles), active=self.active)

    @property
    def synced_at(self) -> datetime | None:
        """Since when nothing of it is older; None as long as an active profile was never synchronised."""
        ends = [profile.synced_at for profile in self.profiles if profile.active]
        return min((end for end in ends if end), default=None) if None not in ends else None

    @property
    def last_finished(self) -> datetime | None:
        """End of its latest run."""
        return max((profile.last_finished for profile in self.profiles if profile.last_finished), default=None)


@dataclass(frozen=True, slots=True)
class SideCounts:
    """Writes on one side."""

    add: int = 0
    change: int = 0
    delete: int = 0

    @property
    def all(self) -> int:
        """Of whatever sort."""
        return self.add + self.change + self.delete


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run's report in a line, over all kinds: planned writes after an analysis, executed ones after a synchronisation."""

    exchange: SideCounts = SideCounts()
    wice: SideCounts = SideCounts()
    conflicts: int = 0
    hints: int = 0
    frozen: int = 0
    failed: int = 0
    message: str = ""

    def of(self, side: Side) -> SideCounts:
        """The writes on `side`."""
        return self.wice if side is Side.WICE else self.exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in a list."""

    id: RunId
    account: str
    profile: str
    number: int
    verb: Verb
    trigger: str
    requested_by: str
    status: RunStatus
    started: datetime
    finished: datetime | None
    summary: RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow:
    """A run that is queued or going on. A run of the command line tells no progress: `requested` is then when it started."""

    id: RunId
    account: str
    profile: str
    verb: Verb
    trigger: str
    requested_by: str
    state: RequestState
    requested: datetime
    started: datetime | None = None
    step: str = ""
    done: int = 0
    total: int = 0
    cancel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """An item that its server refused `count` times in a row (R32)."""

    account: str
    profile: str
    kind: Kind
    key: str
    label: str
    code: str
    message: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """A server of one `side` with its accounts; inactive ones are not among those that fail."""

    side: Side
    name: str
    url: str
    version: int
    accounts: int = 0
    failing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """A template with the number of profiles that follow it."""

    name: str
    version: int
    profiles: int = 0


@dataclass(frozen=True, slots=True)
class OldestChange:
    """The change that waits longest to be synchronised, of all active profiles."""

    account: str
    profile: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What runs did that ended in the hour, or on the day, that begins at `start`."""

    start: datetime
    runs: int = 0
    failed_runs: int = 0
    exchange_writes: int = 0
    wice_writes: int = 0
    conflicts: int = 0
    failed_items: int = 0


@dataclass(frozen=True, slots=True)
class Fresh:
    """So many profiles were synchronised within `hours` (and not within the step before); None for older, 0 for never."""

    hours: int | None
    profiles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo(Generic[T]):
    """The most pressing cases that need a person, and how many there are in all."""

    rows: Sequence[T] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How fresh the active profiles are, and those that need a person.

    `confirmations`: a plan waits for an answer (`last_message` is why) and no run is in progress; those first that wait longest. `failing`: the
    latest run failed; those first that fail for most runs. `frozen`: they have frozen items (R40).
    """

    freshness: Sequence[Fresh]
    confirmations: Todo[ProfileRow]
    failing: Todo[ProfileRow]
    frozen: Todo[ProfileRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Is everything fine? `states` counts accounts, every state is in it."""

    at: datetime
    states: dict[AccountState, int]
    oldest: OldestChange | None
    hours: Sequence[Activity]
    days: Sequence[Activity]
    freshness: Sequence[Fresh]
    confirmations: Todo[ProfileRow]
    failing: Todo[ProfileRow]
    frozen: Todo[ProfileRow]
    quarantined: Todo[FailureRow]

    @property
    def accounts(self) -> int:
        """Of whatever state."""
        return sum(self.states.values())

    @property
    def is_fine(self) -> bool:
        """Nobody has to do anything."""
        return not any(todo.total for todo in (self.confirmations, self.failing, self.frozen, self.quarantined))
