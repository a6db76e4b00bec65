"""Counting what servers answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from app.domain.measures import Labels, Measure
from app.domain.run import RequestState, RunStatus
from app.domain.sync import Side


class Outcome(StrEnum):
    """What became of a request to a server, as its HTTP status says."""

    ANSWERED = "answered"
    BUSY = "busy"
    REFUSED = "refused"
    """The login, or the right."""
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    """No answer at all."""

    @classmethod
    def of(cls, status: int) -> Outcome:
        """Of an HTTP status."""
        if status in {429, 503}:
            return cls.BUSY
        if status in {401, 403}:
            return cls.REFUSED
        return cls.FAILED if status >= 400 else cls.ANSWERED  # noqa: PLR2004 - RFC 9110, 15


class Meter(Protocol):
    """Takes note of every request to a server; costs next to nothing. May be used by several threads."""

    def answered(self, side: Side, host: str, seconds: float, outcome: Outcome) -> None:
        """A request to `host` took so long."""
        ...


class NoMeter:
    """Takes note of nothing."""

    def answered(self, side: Side, host: str, seconds: float, outcome: Outcome) -> None:
        """See `Meter.answered`."""


NO_METER: Final[Meter] = NoMeter()


class Measures(Protocol):
    """The sums."""

    def add(self, more: Mapping[tuple[str, Labels], float]) -> None:
        """Add to sums by name and labels. Raises: Retry."""
        ...

    def read(self) -> Sequence[Measure]:
        """All of them."""
        ...


class Gauges(Protocol):
    """What is looked up when somebody asks; each a statement or two, however many accounts there are."""

    def ages(self, now: datetime) -> tuple[Sequence[float], int]:
        """Of each active account, for how many seconds its active profile that waits longest has not been synchronised; and how many never were."""
        ...

    def queue(self, now: datetime) -> tuple[Mapping[RequestState, int], float]:
        """How many runs are queued and go on; for how many seconds the oldest that could begin has been waiting."""
        ...

    def runs(self) -> Mapping[RunStatus, tuple[int, float]]:
        """Runs by result since installation, and the seconds that they took."""
        ...
