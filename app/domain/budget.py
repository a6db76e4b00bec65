"""Host budgets: over how many connections runs may speak with one server at once, and how many requests it gets. Values and their arithmetic.

A run holds one slot of each of its two hosts while it goes on. It sends one request at a time; for many writes it takes further slots, as far as
there are any, and uses as many connections. So a host never has more requests at once than it has slots.
A host that was busy is tried by one run first. Who is refused is given a turn of their own, so that not all come back at the same moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from app.domain.sync import Side

LONGEST_TURN_S: Final = 60.0
"""Nobody is sent further away than this, unless the host itself wants it."""

NEXT_LOOK_S: Final = 1.0
"""A slot may become free after this time."""

LONGEST_BACK_OFF_S: Final = 3600.0
"""What a host may ask for at once."""

SILENCE_S: Final = 60.0
"""How long a host is left alone that did not answer in time, and then not the one run that tried it either."""

_BURST_S: Final = 10.0
_LEAST_BURST: Final = 20.0


class Why(StrEnum):
    """What a run waits for."""

    BACKING_OFF = "backing_off"
    CONCURRENCY = "concurrency"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Limits:
    """`concurrency`: connections at once. `rate`: requests a second over time, 0 for no limit."""

    concurrency: int
    rate: float = 0.0

    @property
    def burst(self) -> float:
        """How many requests may go out at once after a quiet time."""
        return max(self.rate * _BURST_S, _LEAST_BURST) if self.rate else 0.0


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """What one server of the configuration may be asked for, at its address; None: as much as any of its kind."""

    side: Side
    url: str
    rate: float | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """A slot of `host` ("exchange mail.example.com") and the right to send `requests` there."""

    host: str
    limits: Limits
    requests: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not now: `host` is to be asked again after `wait_s` seconds."""

    host: str
    wait_s: float
    why: Why


@dataclass(frozen=True, slots=True)
class Taken:
    """All that was wanted. `on_trial`: hosts that were busy; their first answer is to be told (`HostBudgets.fine`)."""

    on_trial: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HostState:
    """What is known of one host. Times are seconds of one clock that all workers share, 0 for none."""

    host: str
    until: float = 0.0
    """It wants to be left alone until then."""
    trial: bool = False
    """It was busy, and has not answered since."""
    turn: float = 0.0
    """When the latest of those who were refused is to come back."""
    tokens: float = 0.0
    refilled: float = 0.0
    slots: Mapping[str, float] = field(default_factory=dict)
    """Who holds one, and when it ends if nothing is heard of them."""

    def refuses(self, want: Want, holder: str, now: float) -> Refusal | None:
        """Why `holder` cannot have it now, and from when on they could; turns are not thought of yet."""
        if self.until > now:
            return Refusal(self.host, self.until - now, Why.BACKING_OFF)
        allowed = 1 if self.trial else want.limits.concurrency
        if holder not in self.slots and len(self.slots) >= allowed:
            return Refusal(self.host, NEXT_LOOK_S, Why.CONCURRENCY)
        tokens = self.tokens_at(want.limits, now)
        if want.limits.rate and tokens < min(want.requests, want.limits.burst):
            return Refusal(self.host, (want.limits.burst - tokens) / want.limits.rate, Why.RATE)
        return None

    def tokens_at(self, limits: Limits, now: float) -> float:
        """Requests that may be sent at once; a host that was never heard of is full."""
        return min(limits.burst, self.tokens + max(now - self.refilled, 0.0) * limits.rate)

    def in_turn(self, refused: Refusal, limits: Limits, now: float) -> tuple[HostState, Refusal]:
        """Give whom it refused a turn, behind everybody who was refused before."""
        turn = max(self.turn, now + refused.wait_s) + NEXT_LOOK_S / limits.concurrency
        return replace(self, turn=turn), replace(refused, wait_s=max(refused.wait_s, min(turn - now, LONGEST_TURN_S)))

    def backs_off(self, after_s: float | None, now: float) -> HostState:
        """It wants to be left alone for `after_s`; None: it did not answer in time, which one bad mailbox may cause as well."""
        if after_s is None:
            after_s = SILENCE_S if self.trial else 0.0
        return replace(self, until=max(self.until, now + min(after_s, LONGEST_BACK_OFF_S)), trial=True)
