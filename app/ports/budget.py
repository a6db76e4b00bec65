"""Budgets of servers, shared by all workers; and what one run may still send to one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.budget import HostState, Refusal, Taken, Want
from app.errors import HostBusy


class HostBudgets(Protocol):
    """Slots and requests of hosts. A store that is out of reach refuses nobody: it must not stop the work."""

    def take(self, holder: str, wants: Sequence[Want], *, urgent: bool = False) -> Taken | Refusal:
        """All of it or nothing; a slot that `holder` has already is prolonged. `urgent`: a person waits, who stands in no queue of turns."""
        ...

    def leave(self, holder: str, unused: Mapping[str, int]) -> None:
        """Give all slots back, and the requests by host that were not sent."""
        ...

    def back_off(self, host: str, after_s: float | None) -> None:
        """The host wants to be left alone for so long; None: it did not answer in time. From now on one run at a time tries it."""
        ...

    def fine(self, host: str) -> None:
        """It has answered: as many as may use it."""
        ...

    def states(self) -> Sequence[HostState]:
        """The hosts that were heard of lately, by name; times are relative to now, so 0 is this moment."""
        ...


class Allowance(Protocol):
    """What one run may send to one host; adapters ask before each request and tell what came of it."""

    def spend(self) -> None:
        """Before a request is sent. Raises: HostBusy; nothing was sent."""
        ...

    def connections(self, wanted: int) -> int:
        """So many of the wanted connections may be used at the same time from now on, at least one; each counts as one that the host has open."""
        ...

    def answered(self) -> None:
        """The host has answered, whatever it said to the request itself."""
        ...

    def busy(self, error: HostBusy) -> None:
        """The host, or one of its mailboxes, took nothing of a request."""
        ...

    def silent(self) -> None:
        """No answer came in time."""
        ...


class Unlimited:
    """For what a person looks at: a few requests, at once."""

    def spend(self) -> None:
        """Always."""

    def connections(self, wanted: int) -> int:
        """All of them."""
        return wanted

    def answered(self) -> None:
        """Nobody asks."""

    def busy(self, error: HostBusy) -> None:
        """The person is told."""

    def silent(self) -> None:
        """The person is told."""
