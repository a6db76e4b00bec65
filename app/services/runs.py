"""One run as people look at it: what was asked for, how far it is, what came of it, what its plan is going to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.ids import ProfileId, RunId
from app.domain.people import Actor
from app.domain.plan import Op, PlanState
from app.domain.plan_views import PlanHead, Tally
from app.domain.run import THOROUGH, RequestState, RunRequest, RunStatus, Verb
from app.domain.sync import Side
from app.domain.views import RunRow, SideCounts
from app.errors import NotFound, Taken
from app.ports import History
from app.ports.people import AuditLog
from app.ports.requests import Queue, Requests
from app.ports.run_views import RunViews
from app.services.gone import missing
from app.services.report import KindReport, kinds_of
from app.services.requests import ask


class Shelf(Protocol):
    """Where runs are looked up and asked for."""

    @property
    def requests(self) -> Requests: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def history(self) -> History: ...
    @property
    def run_views(self) -> RunViews: ...
    @property
    def audit(self) -> AuditLog: ...
    def profile_name(self, profile: ProfileId) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A run. `request` is None for one of the command line, `row` for one that has not begun. `profile` is account/name.

    `kinds`: planned writes after an analysis, executed ones after a synchronisation. `others`: requests of the profile that are not over.
    """

    id: RunId
    profile: str
    verb: Verb
    trigger: str
    requested_by: str
    request: RunRequest | None
    row: RunRow | None
    plan: PlanHead | None
    tally: Sequence[Tally]
    kinds: Sequence[KindReport] = ()
    report: Mapping[str, object] = field(default_factory=dict)
    others: Sequence[RunRequest] = ()

    @property
    def state(self) -> RequestState:
        """Queued, running, or over."""
        if self.request is not None:
            return self.request.state
        return RequestState.RUNNING if self.row and self.row.status is RunStatus.RUNNING else RequestState.ENDED

    @property
    def is_over(self) -> bool:
        """Nothing of it changes any more, but for its plan."""
        return self.state in (RequestState.ENDED, RequestState.CANCELLED)

    @property
    def status(self) -> str:
        """In one word: of the request while it is not over, then of the run."""
        if self.is_over and self.row is not None:
            return self.row.status.value
        failed = self.state is RequestState.ENDED
        return RunStatus.FAILED.value if failed else self.state.value

    @property
    def message(self) -> str:
        """Why it failed, or waits."""
        return (self.row.summary.message if self.row else "") or (self.request.message if self.request else "")

    @property
    def thorough(self) -> bool:
        """Was, or is, everything compared?"""
        asked = self.request is not None and self.verb is Verb.ANALYSE and THOROUGH in self.request.items
        return asked or bool(self.report.get("thorough"))

    @property
    def left_out(self) -> int:
        """How many actions of the plan are left out."""
        return sum(sort.count for sort in self.tally if sort.left_out)

    @property
    def chosen(self) -> Mapping[Side, SideCounts]:
        """What executing the plan writes: without what is left out."""
        return writes_of(sort for sort in self.tally if not sort.left_out)

    @property
    def links(self) -> int:
        """Items that executing the plan links without writing anything."""
        return sum(sort.count for sort in self.tally if not sort.left_out and not sort.writes)


def look_up(shelf: Shelf, run: RunId) -> Looked:
    """Everything about a run. Raises: RunGone if it went with its profile (R37), NotFound."""
    request, row = shelf.requests.request(run), shelf.run_views.run(run)
    past = shelf.history.run(run)
    profile = past.profile if past else request.profile if request else None
    if profile is None:
        raise missing(shelf.audit, run)
    plan, report = shelf.run_views.plan(run), past.report if past else {}
    known = row or request
    return Looked(
        id=run,
        profile=f"{row.account}/{row.profile}" if row else shelf.profile_name(profile),
        verb=known.verb if known else Verb.SYNC,
        trigger=known.trigger if known else "",
        requested_by=known.requested_by if known else "",
        request=request,
        row=row,
        plan=plan,
        tally=shelf.run_views.tally(run) if plan else (),
        kinds=kinds_of(report),
        report=report,
        others=[other for other in shelf.requests.unfinished(profile) if other.id != run],
    )


def execute(shelf: Shelf, run: RunId, by: Actor) -> RunRequest:
    """Ask for the execution of exactly the plan that `run` made (R28, R29). Raises: NotFound, Taken if it was replaced or decided on."""
    plan = shelf.run_views.plan(run)
    if plan is None:
        raise NotFound(f"run {run} has no plan")
    if plan.state in (PlanState.NEEDS_CONFIRMATION, PlanState.EXECUTING):
        return ask(shelf, look_up(shelf, run).profile, Verb.CONFIRM, by, run)
    if plan.state is PlanState.OPEN:
        return ask(shelf, look_up(shelf, run).profile, Verb.SYNC, by)
    raise Taken(f"the plan of run {run} is {plan.state.value}: analyse again")


def discard(shelf: Shelf, run: RunId, by: Actor) -> RunRequest:
    """Ask for dropping the plan that waits. Raises: NotFound, BadInput if there is nothing to drop."""
    return ask(shelf, look_up(shelf, run).profile, Verb.DISCARD, by, run)


def writes_of(tally: Iterable[Tally]) -> Mapping[Side, SideCounts]:
    """How many items these actions add, change and delete on each side."""
    counts = {side: dict.fromkeys(Op, 0) for side in Side}
    for sort in tally:
        for side, op in sort.writes:
            counts[side][op] += sort.count
    return {
        side: SideCounts(add=cells[Op.ADD], change=cells[Op.CHANGE], delete=cells[Op.DELETE])
        for side, cells in counts.items()
    }
