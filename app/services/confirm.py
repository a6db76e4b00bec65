"""Confirm or discard a plan that a guard had stopped (R29), a first plan that nobody had approved yet (R27), or an undo (R33)."""

from __future__ import annotations

from app.domain.ids import RunId
from app.domain.plan import PlanState, StoredPlan
from app.domain.run import Run as PastRun
from app.errors import BadInput
from app.ports import History, Ledger
from app.services.desk import Desk
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from app.services.undo import carry_out


def run_to_confirm(history: History, run: RunId) -> PastRun:
    """The run whose plan waits for an answer. Raises: BadInput that says why there is nothing to confirm."""
    past, plan = history.run(run), history.plan_of(run)
    if past is None:
        raise BadInput(f"there is no run {run}; the run's id is in the output of `wice-sync sync` and `analyse`")
    if plan is None:
        raise BadInput(f"run {run} ({past.status.value}) has no plan; analyse again")
    if plan.state not in (PlanState.NEEDS_CONFIRMATION, PlanState.EXECUTING):
        raise BadInput(
            f"the plan of run {run} is {plan.state.value}: there is nothing to confirm. {_ADVICE[plan.state]}"
        )
    return past


_ADVICE = {
    PlanState.OPEN: "`wice-sync sync` carries it out.",
    PlanState.EXECUTED: "It has been carried out.",
    PlanState.DISCARDED: "Analyse again.",
    PlanState.SUPERSEDED: "A later run has made a new one; its id is in that run's output.",
}


def confirm(desk: Desk, run: RunId) -> RunReport:
    """Execute what waits; what was confirmed before and then interrupted is finished. Raises: BadInput if another run was faster."""
    stored = _waiting(desk.ledger, run)
    if stored is None:
        raise BadInput(f"the plan of run {run} was replaced meanwhile; analyse again")
    if stored.undoes:
        return carry_out(desk, stored)
    if stored.state is PlanState.EXECUTING:
        return Run(desk).synchronise(approve=True)
    return Run(desk).confirm(stored)


def _waiting(ledger: Ledger, run: RunId) -> StoredPlan | None:
    """What `run` has left to be confirmed: the plan of an analysis, or of an undo, which lie side by side (R33)."""
    return next((plan for plan in (ledger.stored_plan(), ledger.stored_undo()) if plan and plan.run == run), None)


def discard(ledger: Ledger, profile: str, run: RunId) -> RunReport:
    """Drop what waits. The next analysis looks anew; if nothing has changed it stops for the same reason."""
    stored = _waiting(ledger, run)
    if stored is None:
        raise BadInput(f"the plan of run {run} was replaced meanwhile; there is nothing to discard")
    ledger.set_plan_state(stored.id, PlanState.DISCARDED)
    report = RunReport(
        profile=profile, run=ledger.run, status=Status.DONE, message=f"The plan of run {run} is discarded."
    )
    ledger.finish(report.status.value, report.json())
    return report
