"""A run: one execution of one profile, from taking its lease to its report; and the request that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.ids import AccountId, ProfileId, RunId
from app.domain.people import Actor


class RunStatus(StrEnum):
    """How a run ended; RUNNING while it has not."""

    RUNNING = "running"
    DONE = "done"
    NOTHING_TO_DO = "nothing_to_do"
    NEEDS_CONFIRMATION = "needs_confirmation"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as the history keeps it, the `number`-th of its profile.

    Times are UTC; `report` is what `analyse` and `sync --json` print (contract.md), {} before the end.
    """

    id: RunId
    profile: ProfileId
    number: int
    trigger: str
    status: RunStatus
    started: datetime
    finished: datetime | None = None
    report: Mapping[str, object] = field(default_factory=dict)
    requested_by: str = ""


class Verb(StrEnum):
    """What a run is asked to do."""

    ANALYSE = "analyse"
    SYNC = "sync"
    CONFIRM = "confirm"
    DISCARD = "discard"
    UNDO = "undo"
    RETRY = "retry"
    REMOVE = "remove"


THOROUGH: Final = "thorough"
"""As an item of an analysis: everything is compared, not only what the servers call changed."""

SCHEDULED: Final = "scheduled"
"""Trigger of a run that no person asked for; the trigger of any other is its verb. Only a person's run approves a first plan (R27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A run that somebody has carried out at once, without a request, for the audit log. `subject` and `items` are those of `RunRequest`."""

    by: Actor
    verb: Verb
    subject: str = ""
    items: tuple[str, ...] = ()


class RequestState(StrEnum):
    """Life of a request; ENDED whatever came of it: the run of the same id says what."""

    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run that somebody asked for. Its id is the id of the run that carries it out.

    `subject`: the run whose plan is confirmed or discarded, or that is undone. `items`: attempts (UNDO), action keys (RETRY)
    or THOROUGH (ANALYSE), () for all.
    `attempts`: how often the same was tried before this request. `not_before`: a busy server asked to be left alone until then.
    `done` of `total` are through `step`; `total` is 0 while nobody knows it. `message`: why it ended without a run.
    """

    id: RunId
    profile: ProfileId
    account: AccountId
    verb: Verb
    trigger: str
    requested_by: str
    requested: datetime
    subject: str = ""
    items: tuple[str, ...] = ()
    state: RequestState = RequestState.QUEUED
    started: datetime | None = None
    ended: datetime | None = None
    not_before: datetime | None = None
    attempts: int = 0
    step: str = ""
    done: int = 0
    total: int = 0
    cancel: bool = False
    message: str = ""
