"""Host budgets in memory, that note what they were asked. For the real ones see tests/adapters/db/test_budgets.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.budget import HostState, Refusal, Taken, Want


class FakeBudgets:
    """`clock` stands still until a test moves it."""

    def __init__(self) -> None:
        self.clock = 1000.0
        self.asked: list[tuple[str, list[Want]]] = []
        self.given_back: list[Mapping[str, int]] = []
        self.hosts: defaultdict[str, HostState] = defaultdict(lambda: HostState(""))

    def take(self, holder: str, wants: Sequence[Want], *, urgent: bool = False) -> Taken | Refusal:
        del urgent
        self.asked.append((holder, list(wants)))
        for want in wants:
            if refusal := replace(self.hosts[want.host], host=want.host).refuses(want, holder, self.clock):
                return refusal
        for want in wants:
            state = self.hosts[want.host]
            self.hosts[want.host] = replace(state, slots={**state.slots, holder: self.clock})
        return Taken(frozenset(want.host for want in wants if self.hosts[want.host].trial))

    def leave(self, holder: str, unused: Mapping[str, int]) -> None:
        self.given_back.append(unused)
        for host in unused:
            state = self.hosts[host]
            self.hosts[host] = replace(state, slots={name: at for name, at in state.slots.items() if name != holder})

    def back_off(self, host: str, after_s: float | None) -> None:
        self.hosts[host] = self.hosts[host].backs_off(after_s, self.clock)

    def fine(self, host: str) -> None:
        self.hosts[host] = replace(self.hosts[host], trial=False)

    def states(self) -> Sequence[HostState]:
        return [replace(state, host=host) for host, state in sorted(self.hosts.items())]
