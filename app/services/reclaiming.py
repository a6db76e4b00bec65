"""Slots of a process that was killed come back as soon as somebody waits for one, not only when they end by themselves.

A holder's name begins with its process, so whoever is refused can tell. Only of processes of the same machine is that certain; others' slots end with
their lease. Nothing is looked at as long as there are slots for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Final

import structlog

from app.domain.budget import HostState, Refusal, Taken, Want, Why
from app.ports.budget import HostBudgets

EVERY_S: Final = 5.0
"""Where many wait for a busy server, one of this process looks so often."""

_log = structlog.get_logger()


def holder_name(process: str, work: str) -> str:
    """How a process holds slots for what it does; `run_budget` appends numbers to it."""
    return f"{process} {work}"


class Reclaiming:
    """`app.ports.budget.HostBudgets`: `budgets`, and what is said above. `is_dead`: is it certain that a process is no more?"""

    def __init__(
        self, budgets: HostBudgets, is_dead: Callable[[str], bool], clock: Callable[[], float] = monotonic
    ) -> None:
        self._budgets = budgets
        self._is_dead = is_dead
        self._clock = clock
        self._turn = Lock()
        self._next = clock()

    def take(self, holder: str, wants: Sequence[Want], *, urgent: bool = False) -> Taken | Refusal:
        """See `app.ports.budget.HostBudgets.take`."""
        answer = self._budgets.take(holder, wants, urgent=urgent)
        if isinstance(answer, Refusal) and answer.why is Why.CONCURRENCY and self._reclaim():
            return self._budgets.take(holder, wants, urgent=urgent)
        return answer

    def leave(self, holder: str, unused: Mapping[str, int]) -> None:
        """See `app.ports.budget.HostBudgets.leave`."""
        self._budgets.leave(holder, unused)

    def back_off(self, host: str, after_s: float | None) -> None:
        """See `app.ports.budget.HostBudgets.back_off`."""
        self._budgets.back_off(host, after_s)

    def fine(self, host: str) -> None:
        """See `app.ports.budget.HostBudgets.fine`."""
        self._budgets.fine(host)

    def states(self) -> Sequence[HostState]:
        """See `app.ports.budget.HostBudgets.states`."""
        return self._budgets.states()

    def _reclaim(self) -> int:
        """How many slots came back."""
        with self._turn:
            if self._clock() < self._next:
                return 0
            self._next = self._clock() + EVERY_S
        dead = [(state.host, holder) for state in self.states() for holder in state.slots if self._was_killed(holder)]
        for host, holder in dead:
            _log.info("slot_reclaimed", host=host)
            self._budgets.leave(holder, {host: 0})
        return len(dead)

    def _was_killed(self, holder: str) -> bool:
        process, _, work = holder.partition(" ")
        return bool(work) and self._is_dead(process)
