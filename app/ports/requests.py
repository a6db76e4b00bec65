"""Runs that are asked for: who asks, who works them off, who sends them on. The rows are the truth, the queue's messages are hints."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.ids import ProfileId, RunId
from app.domain.licence import EVERYTHING, Coverage
from app.domain.logins import Login
from app.domain.people import Actor
from app.domain.plan_views import PlannedRow
from app.domain.run import RunRequest, Verb
from app.domain.schedule import Turn


class Queue(Protocol):
    """Where workers hear of requests. A message is a run's id, and may come twice, late, or not at all."""

    def send(self, runs: Sequence[RunId], *, urgent: bool) -> None:
        """Tell the workers; what is `urgent` is heard first. Raises: Retry if the broker is out of reach."""
        ...

    def backlog(self) -> int:
        """Messages that no worker has taken yet. Raises: Retry."""
        ...


class Requests(Protocol):
    """The portal's side."""

    def ask(
        self,
        profiles: Sequence[str],
        verb: Verb,
        by: Actor,
        *,
        trigger: str,
        subject: str = "",
        items: Sequence[str] = (),
    ) -> Sequence[RunRequest]:
        """One queued request for each profile (account/name), in that order, all in one transaction.

        One that is queued already for the same is not doubled but returned, and starts as soon as it can. Raises: NotFound.
        """
        ...

    def sent(self, runs: Collection[RunId]) -> None:
        """The workers were told."""
        ...

    def unsent(self, runs: Collection[RunId], message: str) -> Sequence[RunRequest]:
        """They could not be told: the scheduler will; `message` says so to whoever looks."""
        ...

    def cancel(self, run: RunId, by: Actor) -> RunRequest:
        """A queued request is over; a running one is asked to stop. Raises: NotFound, Taken if it is over already."""
        ...

    def request(self, run: RunId) -> RunRequest | None:
        """The request that this run answers, or will."""
        ...

    def unfinished(self, profile: ProfileId) -> Sequence[RunRequest]:
        """Running, then queued requests of a profile, in the order in which they were asked for."""
        ...


class Work(Protocol):
    """The workers' side."""

    def claim(self, run: RunId) -> RunRequest | None:
        """Take a queued request whose time has come; None: another worker was faster, or it is over."""
        ...

    def advance(self, run: RunId, step: str, done: int, total: int) -> bool:
        """Note a sign of life and how far the run is. Has somebody asked it to stop?"""
        ...

    def end(self, run: RunId, message: str = "", *, cancelled: bool = False) -> None:
        """It is over; the run says what came of it, `message` why there is none."""
        ...

    def postpone(self, run: RunId, after: timedelta, message: str = "") -> None:
        """Nothing has begun yet: back into the queue, not to be started before `after`; `message` says why."""
        ...

    def again(self, run: RunId, after: timedelta, message: str, *, counts: bool = True) -> RunRequest | None:
        """It is over for now, and a new request like it is queued; None if it has been tried often enough, or was asked to stop.

        `counts`: as an attempt that failed; waiting for a busy server is none.
        """
        ...

    def bury(self) -> Sequence[RunRequest]:
        """Close the runs whose worker is no more, and ask for each anew; returns the new requests."""
        ...


class Timetable(Protocol):
    """When profiles run by themselves. `now` is the database's, whose clock all schedulers share."""

    def first(self, profile: ProfileId, schedule: str, now: datetime, *, ran: bool) -> datetime | None:
        """When a profile that just got this schedule is due; `ran`: it was synchronised before."""
        ...

    def turn(self, profile: ProfileId, schedule: str, now: datetime) -> Turn:
        """What becomes of a profile that is due."""
        ...


class Logins(Protocol):
    """Which logins servers have refused, and which are known to be right."""

    def of(self, profile: ProfileId) -> Sequence[Login]:
        """How it stands with the logins at Wice and at Exchange with which this profile is synchronised; none of one that does not exist."""
        ...

    def proven(self, login: Login) -> None:
        """A run has got through with it."""
        ...

    def passed(self, account: Account, server: WiceServer | ExchangeServer, by: Actor) -> bool:
        """An account's own login works at `server`, as `by` has found. Had it been refused? Then all who have the same are due at once.

        It counts for the login that `account` was read with; nothing happens if somebody has edited the server since it was read.
        """
        ...

    def passed_for_all(self, server: ExchangeServer, by: Actor) -> bool:
        """The service account works; the same for all accounts of this server."""
        ...


class Dispatch(Protocol):
    """The scheduler's side. Several schedulers may work at once: each row is given to one of them."""

    def take_unsent(self, limit: int) -> Sequence[RunRequest]:
        """Queued requests whose time has come and of which no worker has been told, from now on taken for told."""
        ...

    def take_unanswered(self, limit: int) -> Sequence[RunRequest]:
        """Those of which workers were told a while ago, without any of them having claimed it."""
        ...

    def plan(self, timetable: Timetable, limit: int) -> int:
        """Note when profiles are due whose schedule is new or was changed, `limit` at most; returns how many."""
        ...

    def ask_for_due(self, timetable: Timetable, limit: int, covered: Coverage = EVERYTHING) -> Sequence[RunRequest]:
        """Ask for a synchronisation of profiles that are due (R36), `limit` at most; taken for told.

        Those whose last run found changes come first, but none waits for them longer than an hour. Only of those that the licence covers:
        a run that may write nothing would fail, again and again (R38).
        """
        ...


class Choices(Protocol):
    """What an administrator leaves out of a plan."""

    def bound(self, run: RunId) -> Sequence[PlannedRow]:
        """Of the plan that `run` made, the actions that found a company or write persons of one that is founded, in order. Raises: NotFound."""
        ...

    def leave_out(self, run: RunId, keys: Collection[str], by: Actor, *, out: bool) -> None:
        """Leave these actions out of the plan that `run` made, or take them in again.

        Raises: NotFound if one of them is not in it, Taken if the plan is executed already.
        """
        ...

    def rows(self, run: RunId, keys: Collection[str]) -> Sequence[PlannedRow]:
        """Those of these actions that the plan has, in order."""
        ...
