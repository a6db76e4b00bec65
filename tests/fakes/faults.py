"""What may go wrong on the way to a fake server, and where a run may die.

Every remote call of the fakes goes through `Faults.call` or `Faults.batch`. Operations are named as below; None means any.
Wice: "whoami", "probe", "list", "get", "search", "insert", "update", "flag", "leave".
Exchange: "folder", "sync", "get", "find", "create", "update", "delete".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from app.errors import Halt, HaltCode, HostBusy, Retry

Given = TypeVar("Given")
Result = TypeVar("Result")

WRITES = frozenset({"insert", "update", "flag", "leave", "create", "delete"})
"""Operations that change something; the others only read."""


class FaultKind(StrEnum):
    """What happens to a call."""

    BUSY = "busy"  # the server turns the call away before it does anything
    CUT_BEFORE = "cut_before"  # the connection breaks and nothing was done, which the caller cannot know
    CUT_AFTER = "cut_after"  # the work is done (of a batch: the first `done` items), the answer is lost
    REFUSED = "refused"  # the server refuses one item; `skip` and `count` count items
    DENIED = "denied"  # an administrator must act
    TRUNCATED = "truncated"  # a listing ends in its middle
    EMPTY = "empty"  # a listing names nothing
    DUPLICATES = "duplicates"  # a listing names everything twice
    STALE = "stale"  # a listing as it was the time before
    REPEATED_PAGE = "repeated_page"  # the former page again instead of this one, whose changes are lost (Exchange)
    INVALID_CURSOR = "invalid_cursor"  # the server has forgotten its sync states (Exchange)


CALL_FAULTS = frozenset({FaultKind.BUSY, FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER, FaultKind.DENIED})
LISTING_FAULTS = frozenset(FaultKind) - CALL_FAULTS - {FaultKind.REFUSED}


class Crash(BaseException):
    """`kill -9`: nothing but the test may catch it."""


class Lost(Retry):
    """The answer to a write was lost: it may or may not have happened."""


class ItemRefused(Exception):
    """The server refuses this item."""

    code = "ErrorRefusedByFault"


@dataclass
class Fault:
    """Fires for `count` calls of `operation`, after letting `skip` of them by."""

    kind: FaultKind
    operation: str | None
    skip: int
    count: int
    after: timedelta
    done: int | None


def _nothing(_point: str) -> None:
    pass


class Faults:
    """The faults of one fake server. `on_point` is called with "before <operation>" and "after <operation>" around every call.

    It may raise `Crash`, or act as a person who changes something at that very moment.
    """

    def __init__(self) -> None:
        self.pending: list[Fault] = []
        self.points: list[str] = []
        self.on_point: Callable[[str], None] = _nothing

    def add(
        self,
        kind: FaultKind,
        operation: str | None = None,
        *,
        skip: int = 0,
        count: int = 1,
        after: timedelta = timedelta(seconds=90),
        done: int | None = None,
    ) -> None:
        """Plan a fault. `after` is the delay of "busy", `done` how much of a batch was carried out before "cut_after"."""
        self.pending.append(Fault(FaultKind(kind), operation, skip, count, after, done))

    def crash_at(self, point: int) -> None:
        """Die at the `point`-th point from now (0: the very next one); later points pass."""
        left = [point]

        def die(name: str) -> None:
            if left[0] == 0:
                left[0] = -1
                raise Crash(name)
            left[0] -= 1

        self.on_point = die

    def clear(self) -> None:
        """All is well again."""
        self.pending.clear()
        self.points.clear()
        self.on_point = _nothing

    def point(self, name: str) -> None:
        """A place between two effects where a process may die."""
        self.points.append(name)
        self.on_point(name)

    def due(self, operation: str, kinds: frozenset[FaultKind]) -> Fault | None:
        """Take the first pending fault of one of `kinds` that this call meets."""
        for fault in self.pending:
            if fault.kind not in kinds or fault.operation not in (None, operation):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            if not fault.count:
                self.pending.remove(fault)
            return fault
        return None

    def call(self, operation: str, effect: Callable[[], Result]) -> Result:
        """One request about one thing. Raises: Retry, Lost, Halt, ItemRefused."""
        return self.batch(operation, [None], lambda _: effect())[0]

    def batch(self, operation: str, items: Sequence[Given], one: Callable[[Given], Result]) -> list[Result]:
        """One request about many items, carried out by `one` each. Raises as `call` does."""
        self.point(f"before {operation}")
        fault = self.due(operation, CALL_FAULTS)
        if fault and fault.kind is not FaultKind.CUT_AFTER:
            raise _refusal(operation, fault)
        results = [one(item) for item in (items[: fault.done] if fault else items)]
        self.point(f"after {operation}")
        if fault:
            raise _refusal(operation, fault)
        return results

    def refuse(self, operation: str) -> None:
        """Asked for every single item that is to be written. Raises: ItemRefused."""
        if self.due(operation, frozenset({FaultKind.REFUSED})):
            raise ItemRefused(operation)


def _refusal(operation: str, fault: Fault) -> Exception:
    if fault.kind is FaultKind.BUSY:
        return HostBusy(f"the server is busy ({operation})", after=fault.after)
    if fault.kind is FaultKind.DENIED:
        return Halt(HaltCode.ACCESS_DENIED, f"access was denied ({operation}): grant it")
    lost = Lost if operation in WRITES else Retry
    return lost(f"the connection broke ({operation})")
