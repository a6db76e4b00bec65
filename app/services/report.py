"""What a run says about itself: the handbook's table as a value, and as the JSON of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.domain.plan import Action, Hint, HintReason, KindPlan, Op, PlannedWrite, Reason
from app.domain.sync import Kind, Side
from app.errors import Halt, HaltCode, HostBusy, Retry, WiceSyncError
from app.rules.guards import sentence
from app.services.apply_plan import Result


class Status(StrEnum):
    """How a run ended; also what monitoring looks at."""

    DONE = "done"
    NOTHING_TO_DO = "nothing_to_do"
    NEEDS_CONFIRMATION = "needs_confirmation"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


Counts = dict[Side, dict[Op, int]]


def no_counts() -> Counts:
    """Zero in every cell of the table."""
    return {side: dict.fromkeys(Op, 0) for side in Side}


@dataclass(kw_only=True)
class KindReport:
    """One kind's rows of the table. `counts` are planned writes after an analysis, executed ones after a synchronisation."""

    kind: Kind
    in_exchange: int = 0
    in_wice: int = 0
    linked: int = 0
    counts: Counts = field(default_factory=no_counts)
    conflicts: int = 0
    twins: int = 0
    hints: list[Hint] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    error: str = ""
    """Why this kind stopped; the other kind goes on."""

    @classmethod
    def of_plan(cls, plan: KindPlan) -> KindReport:
        """What *Analyse* shows."""
        report = cls(kind=plan.kind, in_exchange=plan.in_exchange, in_wice=plan.in_wice, linked=plan.linked)
        report.hints = list(plan.hints)
        report.alarms = [sentence(alarm) for alarm in plan.alarms]
        report.add((action, write) for action in plan.actions for write in action.writes)
        report.conflicts = sum(action.conflict for action in plan.actions)
        report.twins = sum(action.reason in (Reason.TWIN, Reason.TWIN_DIFFERS) for action in plan.actions)
        return report

    def before_execution(self) -> KindReport:
        """The same kind with nothing executed yet; approved alarms are no longer of interest."""
        return KindReport(
            kind=self.kind,
            in_exchange=self.in_exchange,
            in_wice=self.in_wice,
            linked=self.linked,
            hints=list(self.hints),
        )

    def add(self, writes: Iterable[tuple[Action, PlannedWrite]]) -> None:
        """Count writes."""
        for _, write in writes:
            self.counts[write.side][write.op] += 1

    def add_result(self, result: Result, linked: int) -> None:
        """What *Synchronise* shows: the executed part of a plan, and the state after it."""
        self.add(result.done)
        self.conflicts += len({action.key for action, _ in result.done if action.conflict})
        self.twins += result.linked
        self.failed += [(failure.label, f"{failure.code}: {failure.message}") for failure in result.failed]
        self.linked = linked
        for side, field_name in ((Side.EXCHANGE, "in_exchange"), (Side.WICE, "in_wice")):
            added = sum(w.side is side and w.op is Op.ADD for _, w in result.done)
            removed = sum(w.side is side and w.op is Op.DELETE for _, w in result.done)
            setattr(self, field_name, getattr(self, field_name) + added - removed)

    @property
    def writes(self) -> int:
        """Remote writes in all."""
        return sum(count for cells in self.counts.values() for count in cells.values())

    def json(self) -> dict[str, object]:
        """The contract's object of one kind."""
        cells = {side.value: {op.value: self.counts[side][op] for op in Op} for side in (Side.EXCHANGE, Side.WICE)}
        return {
            "in_exchange": self.in_exchange,
            "in_wice": self.in_wice,
            "linked": self.linked,
            **cells,
            "conflicts": self.conflicts,
            "hints": [_hint_json(hint) for hint in self.hints],
            "failed": [{"item": item, "error": error} for item, error in self.failed],
            **({"alarms": self.alarms} if self.alarms else {}),
            **({"error": self.error} if self.error else {}),
        }


def kinds_of(report: Mapping[str, object]) -> list[KindReport]:
    """The kinds of a stored report (`RunReport.json`), in its order, those that the run did not come to left out."""
    kinds = report.get("kinds")
    told = kinds if isinstance(kinds, Mapping) else {}
    return [_read(Kind(kind), values) for kind, values in told.items() if values]


def _read(kind: Kind, told: Mapping[str, Any]) -> KindReport:
    report = KindReport(
        kind=kind, **{name: told.get(name, 0) for name in ("in_exchange", "in_wice", "linked", "conflicts")}
    )
    report.counts = {side: {op: told.get(side.value, {}).get(op.value, 0) for op in Op} for side in Side}
    report.hints = [
        Hint(HintReason(hint["reason"]), hint["item"], detail=hint.get("detail", "")) for hint in told.get("hints", ())
    ]
    report.failed = [(failure["item"], failure["error"]) for failure in told.get("failed", ())]
    report.alarms = list(told.get("alarms", ()))
    report.error = told.get("error", "")
    return report


def _hint_json(hint: Hint) -> dict[str, object]:
    detail = {"detail": hint.detail} if hint.detail else {}
    return {"item": hint.label, "reason": hint.reason.value, **detail}


@dataclass(kw_only=True)
class RunReport:
    """A run's result. `requests` counts HTTP requests to either server."""

    profile: str
    run: str
    status: Status = Status.DONE
    kinds: dict[Kind, KindReport] = field(default_factory=dict)
    requests: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    seconds: float = 0.0
    message: str = ""
    retry_after_s: float | None = None
    host_busy: bool = False
    """It waits for a server, which is no failed attempt."""
    thorough: bool = False
    """Everything was compared, not only what the servers called changed."""
    refused: str = ""
    """The side that refused the login: schedules leave it alone from now on."""

    @classmethod
    def failed(cls, profile: str, error: WiceSyncError, run: str = "") -> RunReport:
        """A run that ended before its work began; `run` is "" if not even the lease was to be had."""
        report = cls(profile=profile, run=run, status=Status.FAILED, message=str(error))
        report.note_error(error)
        return report

    def note_error(self, error: WiceSyncError) -> None:
        """Whether and when the same is to be tried again."""
        if isinstance(error, Halt) and error.code is HaltCode.LOGIN_REFUSED:
            self.refused = error.side
        if isinstance(error, Retry):
            self.retry_after_s = error.after.total_seconds()
            self.host_busy = isinstance(error, HostBusy)

    def json(self) -> dict[str, object]:
        """The contract's object."""
        return {
            "profile": self.profile,
            "run": self.run,
            "status": self.status.value,
            "kinds": {kind.value: self.kinds[kind].json() if kind in self.kinds else {} for kind in Kind},
            "requests": {side.value: self.requests[side] for side in (Side.EXCHANGE, Side.WICE)},
            "seconds": round(self.seconds, 3),
            **({"message": self.message} if self.message else {}),
            **({"thorough": True} if self.thorough else {}),
            **({"refused": self.refused} if self.refused else {}),
            **({"retry_after_s": self.retry_after_s} if self.retry_after_s is not None else {}),
        }
