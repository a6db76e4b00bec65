"""One run's part of its hosts' budgets: a slot of each while it goes on, further ones for further connections, and requests in
growing portions, so that few of them need a question.

An idle run asks once for both hosts and gives back once. A long one asks again when its portion is spent, or when it has not asked for a while:
then it also hears that somebody else met a busy host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Final, assert_never

import structlog

from app.domain.budget import Limits, Refusal, Taken, Want, Why
from app.errors import HostBusy
from app.ports.budget import HostBudgets

FIRST_PORTION: Final = 8
LARGEST_PORTION: Final = 64

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Host:
    """A server as its budget knows it, such as "exchange mail.example.com"."""

    name: str
    limits: Limits


class HostAllowance:
    """`app.ports.budget.Allowance` of one run and one host. A run may send over several connections, each in a thread of its own."""

    def __init__(
        self, budgets: HostBudgets, holder: str, host: Host, lasts: timedelta, clock: Callable[[], float] = monotonic
    ) -> None:
        self._budgets = budgets
        self._holder = holder
        self._host = host
        self._lasts_s = lasts.total_seconds()
        self._clock = clock
        self._turn = Lock()
        self._portion = FIRST_PORTION
        self._ends = 0.0
        self._on_trial = False
        self._more: list[str] = []
        self.left = 0
        """Requests that may still be sent."""

    @property
    def want(self) -> Want:
        """What is asked for next."""
        return Want(self._host.name, self._host.limits, self._portion)

    def taken(self, taken: Taken) -> None:
        """It was given."""
        self.left += self._portion
        self._portion = min(self._portion * 2, LARGEST_PORTION)
        self._ends = self._clock() + self._lasts_s / 3
        self._on_trial = self._host.name in taken.on_trial

    def spend(self) -> None:
        """See `app.ports.budget.Allowance.spend`."""
        with self._turn:
            if not self.left or self._clock() >= self._ends:
                answer = self._budgets.take(self._holder, [self.want])
                if isinstance(answer, Refusal):
                    raise waiting(answer)
                self.taken(answer)
                self._keep_connections()
            self.left -= 1

    def connections(self, wanted: int) -> int:
        """See `app.ports.budget.Allowance.connections`. What was given is kept until the run ends."""
        with self._turn:
            while len(self._more) < wanted - 1 and self._connection(name := f"{self._holder}/{len(self._more) + 1}"):
                self._more.append(name)
            return min(wanted, 1 + len(self._more))

    def _connection(self, name: str) -> bool:
        # Nobody is kept waiting by it: who does not get it uses fewer.
        return isinstance(self._budgets.take(name, [replace(self.want, requests=0)], urgent=True), Taken)

    def _keep_connections(self) -> None:
        for name in self._more:
            self._connection(name)

    def end(self) -> None:
        """Give back what `connections` gave."""
        for name in self._more:
            self._budgets.leave(name, {self._host.name: 0})

    def answered(self) -> None:
        """See `app.ports.budget.Allowance.answered`."""
        if self._on_trial:
            self._on_trial = False
            self._budgets.fine(self._host.name)

    def busy(self, error: HostBusy) -> None:
        """See `app.ports.budget.Allowance.busy`."""
        if error.whole:
            self._back_off(error.after.total_seconds())

    def silent(self) -> None:
        """See `app.ports.budget.Allowance.silent`."""
        self._back_off(None)

    def _back_off(self, after_s: float | None) -> None:
        _log.warning("host_backs_off", host=self._host.name, after_s=after_s)
        self._budgets.back_off(self._host.name, after_s)


def waiting(refusal: Refusal) -> HostBusy:
    """What a run says that has to wait."""
    server = refusal.host.partition(" ")[2]
    after = timedelta(seconds=refusal.wait_s)
    match refusal.why:
        case Why.BACKING_OFF:
            return HostBusy(
                f"The server {server} is busy; the run goes on by itself when it answers again.", after=after
            )
        case Why.CONCURRENCY:
            return HostBusy(
                f"The server {server} has as many connections at once as it may have; this run waits its turn.",
                after=after,
            )
        case Why.RATE:
            return HostBusy(
                f"The server {server} has had as many requests as it may have for now; the run goes on by itself.",
                after=after,
            )
        case _:
            assert_never(refusal.why)


@contextmanager
def held(
    budgets: HostBudgets, holder: str, hosts: Sequence[Host], lasts: timedelta, *, urgent: bool = False
) -> Iterator[Sequence[HostAllowance]]:
    """A slot of each host, in their order, for the block. `lasts`: how long a slot outlives its holder. Raises: HostBusy."""
    parts = [HostAllowance(budgets, holder, host, lasts) for host in hosts]
    answer = budgets.take(holder, [part.want for part in parts], urgent=urgent)
    if isinstance(answer, Refusal):
        raise waiting(answer)
    for part in parts:
        part.taken(answer)
    try:
        yield parts
    finally:
        for part in parts:
            part.end()
        budgets.leave(holder, {host.name: part.left for host, part in zip(hosts, parts, strict=True)})
