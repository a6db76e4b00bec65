"""The main job: gather, recover, plan, guard, apply, report - for one profile, analysing or synchronising (R27-R31).

`analyse` stores a plan and executes nothing. `synchronise` executes the stored plan if there is one, item by item, each only if it is still what
the plan saw, else planned anew; without a stored plan it analyses first. `confirm` executes a plan that a guard had stopped (R29).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from app.domain.account import FirstPlan
from app.domain.ids import PlanId
from app.domain.plan import Action, Hint, HintReason, KindPlan, PlanState, StoredPlan
from app.domain.sync import Kind, Side
from app.errors import BadInput, Cancelled, Halt, HaltCode, WiceSyncError
from app.ports import Folder, Standing, Store
from app.rules import guards
from app.rules.deep import is_due
from app.services.ahead import Asked, ask_both
from app.services.apply_plan import Applier, Result
from app.services.desk import Desk, Stores
from app.services.folders import claim_folder, folder_store, open_folder
from app.services.prepare import Prepared, prepare, restricted
from app.services.report import KindReport, RunReport, Status

ROUNDS: Final = 3
"""How often one run plans again what it found changed while it executed, or what its own writes to a company brought about."""


@dataclass(frozen=True)
class _Ready:
    """One kind, planned, with its folder; None: it is still to be created, and nothing is written before that."""

    folder: Folder | None
    prepared: Prepared


class Run:
    """One run of one profile. `report` is always up to date, whatever happens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._started = monotonic()
        self.report = RunReport(profile=desk.profile.name, run=desk.ledger.run)
        self._ready: dict[Kind, _Ready] = {}
        self._asked: dict[Kind, Asked] = {}

    def analyse(self, *, thorough: bool = False) -> RunReport:
        """Compute, show and store the plan (R27). `thorough`: from everything that is there, not only from what the servers call changed."""
        return self._guarded(lambda: self._analyse(thorough=thorough))

    def synchronise(self, *, approve: bool) -> RunReport:
        """Execute the stored plan, or analyse and execute. `approve`: a person asked for it, which approves a first plan (R27)."""
        return self._guarded(lambda: self._synchronise(approve=approve))

    def confirm(self, plan: StoredPlan) -> RunReport:
        """Execute what a guard had stopped; the administrator has seen why (R29)."""
        return self._guarded(lambda: self._confirm(plan))

    def _guarded(self, work: Callable[[], None]) -> RunReport:
        try:
            work()
        except WiceSyncError as error:
            self.report.status = Status.FAILED
            self.report.message = str(error)
            self.report.note_error(error)
            if isinstance(error, Cancelled):
                self.report.status = Status.CANCELLED
                self._ask_again()
        finally:
            self.report.requests = {Side.WICE: self._desk.crm.requests, Side.EXCHANGE: self._desk.mailbox.requests}
            self.report.seconds = monotonic() - self._started
        self._desk.ledger.finish(self.report.status.value, self.report.json())
        return self.report

    def _ask_again(self) -> None:
        """What a guard had stopped and a person then stopped half-way is not finished by itself: it waits for another confirmation (R29)."""
        stored = self._stored()
        if stored is not None and stored.state is PlanState.EXECUTING and (stored.undoes or any(stored.alarms())):
            self._desk.ledger.set_plan_state(stored.id, PlanState.NEEDS_CONFIRMATION)

    def _analyse(self, *, thorough: bool) -> None:
        self._compare(thorough=thorough)
        state = PlanState.NEEDS_CONFIRMATION if self._alarmed() else PlanState.OPEN
        self._desk.ledger.save_plan(state, self._plans())
        self.report.status = self._verdict()
        if not self._desk.permit.granted:
            self.report.message = f"{self.report.message} {self._desk.permit}".strip()

    def _synchronise(self, *, approve: bool) -> None:
        self._desk.require_licence()
        stored = self._desk.ledger.stored_plan()
        self._compare()
        if stored is not None and self._continues(stored, approve=approve):
            self._execute_stored(stored)
            return
        profile = self._desk.profile
        approved = approve or profile.approved or profile.first_plan is FirstPlan.APPROVED
        if approved and not any(plan.actions or plan.alarms for plan in self._plans()):
            self._claim_all()
            self.report.status = self._verdict()
            return
        waiting = self._alarmed() or not approved
        state = PlanState.NEEDS_CONFIRMATION if waiting else PlanState.EXECUTING
        plan = self._desk.ledger.save_plan(state, self._plans())
        if waiting:
            self._wait()
        else:
            self._execute(plan, only=None)

    def _continues(self, stored: StoredPlan, *, approve: bool) -> bool:
        """Is it the stored plan that is executed: the one a person saw, or one that was confirmed and whose run died?"""
        if stored.state is PlanState.OPEN:
            # An analysis of which nothing is left to do binds nobody; and nobody has seen what raises an alarm only now.
            visible = (action for plan in self._plans() for action in plan.actions if action.is_visible)
            left = any(stored.is_about(action) for action in visible)
            return approve and left and not self._alarmed()
        chosen = self._alarmed() or bool(stored.left_out)
        return stored.state is PlanState.EXECUTING and chosen and not self._outgrows(stored)

    def _outgrows(self, stored: StoredPlan) -> bool:
        """Has what was confirmed grown by so many deletions that it must be asked about again (R29)?"""
        seen = {plan.kind: plan for plan in stored.chosen}
        return any(
            guards.outgrows(_restricted_to(stored, ready.prepared).planned.plan, seen.get(kind))
            for kind, ready in self._ready.items()
        )

    def _wait(self) -> None:
        self.report.status = Status.NEEDS_CONFIRMATION
        alarms = [alarm for kind in self.report.kinds.values() for alarm in kind.alarms]
        self.report.message = " ".join(alarms) or "This is the profile's first plan: an administrator must approve it."

    def _execute_stored(self, stored: StoredPlan) -> None:
        """The administrator saw `stored`: exactly its items are touched (R28), without those that are left out until this moment."""
        ledger = self._desk.ledger
        ledger.set_plan_state(stored.id, PlanState.EXECUTING)
        stored = replace(stored, left_out=ledger.left_out(stored.id))
        for kind, ready in self._ready.items():
            self._ready[kind] = _Ready(ready.folder, _restricted_to(stored, ready.prepared))
        self._execute(stored.id, only=stored)

    def _confirm(self, stored: StoredPlan) -> None:
        self._desk.require_licence()
        if stored.state is not PlanState.NEEDS_CONFIRMATION:
            raise BadInput(f"the plan of run {stored.run} is {stored.state.value}: there is nothing to confirm")
        self._prepare_all()
        if self._outgrows(stored):
            self._desk.ledger.save_plan(PlanState.NEEDS_CONFIRMATION, self._plans())
            self._wait()
            return
        self._execute_stored(stored)

    def _compare(self, *, thorough: bool = False) -> None:
        """Prepare all kinds, from all that is there if that is asked for or its time has come."""
        ledger, now = self._desk.ledger, self._desk.now()
        last = ledger.deep_compared()
        deep = thorough or is_due(self._desk.profile, last, now)
        complete = deep or (last is None and self._knows_nothing_yet())
        if not deep:
            self._look_ahead()
        self._prepare_all(deep=deep)
        self.report.thorough = deep
        if complete and not any(kind.error for kind in self.report.kinds.values()):
            ledger.note_deep_compare(now)

    def _knows_nothing_yet(self) -> bool:
        """A first run reads everything anyway."""
        return not any(self._desk.ledger.cursor(kind, side).value for kind in self._kinds() for side in Side)

    def _look_ahead(self) -> None:
        try:
            offered = [kind for kind in self._kinds() if self._wice_offers(kind)]
        except Halt as halt:
            _end_if_refused(halt)
            return  # its kind meets it again
        self._asked = ask_both(self._desk, offered)

    def _prepare_all(self, *, deep: bool = False) -> None:
        for kind in self._kinds():
            try:
                self._prepare(kind, deep=deep)
            except Halt as halt:
                _end_if_refused(halt)
                self._stop(kind, halt)

    def _prepare(self, kind: Kind, *, deep: bool) -> None:
        if not self._wice_offers(kind):
            self._leave_out(kind)
            return
        asked = self._asked.pop(kind, None)
        folder, exchange = asked.exchange.result() if asked else self._open(kind)
        try:
            wice = asked.wice.result() if asked else self._desk.crm.store(kind)
            stores = Stores(wice=wice, exchange=exchange)
            prepared = self._plan(stores, deep=deep, standing=asked.standing if asked else None)
        except Halt:
            if self._wice_offers(kind):
                raise
            self._leave_out(kind)  # it did when it was asked last
            return
        self._ready[kind] = _Ready(folder, prepared)
        self.report.kinds[kind] = KindReport.of_plan(prepared.planned.plan)

    def _open(self, kind: Kind) -> tuple[Folder | None, Store]:
        folder = open_folder(self._desk, kind)
        return folder, folder_store(self._desk, kind, folder)

    def _leave_out(self, kind: Kind) -> None:
        missing = Hint(HintReason.CAPABILITY_MISSING, label="Wice", side=Side.WICE, detail="appointments")
        self.report.kinds[kind] = KindReport(kind=kind, hints=[missing])

    # What another kind of run plans, of which kinds, and which plan it goes on with (`app.services.undo`, `app.services.removal`).

    def _wice_offers(self, kind: Kind) -> bool:
        return kind is not Kind.APPOINTMENTS or self._desk.crm.capabilities().appointments

    def _kinds(self) -> Sequence[Kind]:
        return self._desk.profile.kinds

    def _plan(self, stores: Stores, *, deep: bool = False, standing: Standing | None = None) -> Prepared:
        return prepare(self._desk, stores, deep=deep, standing=standing)

    def _stored(self) -> StoredPlan | None:
        return self._desk.ledger.stored_plan()

    def _approve(self) -> None:
        if not self._desk.profile.approved:
            self._desk.ledger.approve()

    def _stop(self, kind: Kind, halt: Halt) -> None:
        """A kind that cannot go on does not stop the other one (R26)."""
        self.report.kinds[kind] = KindReport(kind=kind, error=str(halt))

    def _plans(self) -> list[KindPlan]:
        return [ready.prepared.planned.plan for ready in self._ready.values()]

    def _alarmed(self) -> bool:
        return any(plan.alarms for plan in self._plans())

    def _execute(self, plan: PlanId, only: StoredPlan | None) -> None:
        ledger = self._desk.ledger
        ledger.set_plan_state(plan, PlanState.EXECUTING)
        self._claim_all()
        self._execute_kinds(only)
        ledger.set_plan_state(plan, PlanState.EXECUTED)

    def _execute_kinds(self, only: StoredPlan | None) -> None:
        for kind, ready in self._ready.items():
            report = self.report.kinds[kind] = self.report.kinds[kind].before_execution()
            try:
                self._execute_kind(ready, report, only)
            except Halt as halt:
                _end_if_refused(halt)
                report.error = str(halt)
        self.report.status = self._verdict()

    def _claim_all(self) -> None:
        """The first synchronisation makes the folders ours and the profile's first plan approved."""
        for ready in self._ready.values():
            if ready.folder:
                claim_folder(self._desk, ready.folder)
        self._approve()

    def _execute_kind(self, ready: _Ready, report: KindReport, only: StoredPlan | None) -> None:
        """Execute, then plan again what changed meanwhile and what our own writes to companies brought about, so that a second run finds nothing."""
        prepared = ready.prepared
        if not prepared.planned.plan.actions:
            return
        for _ in range(ROUNDS):
            applier = Applier(self._desk, prepared)
            try:
                result = applier.run()
            finally:
                report.add_result(applier.result, len(prepared.links.active))
            if not (result.stale or result.companies):
                return
            prepared = _follow_up(self._plan(prepared.stores), result, only)
            if prepared.planned.plan.alarms:
                break  # what only now came to light is for the next analysis, where a person can see it
        report.hints += [Hint(HintReason.CHANGED_SINCE_ANALYSIS, label) for label in sorted(result.stale.values())]

    def _verdict(self) -> Status:
        kinds = self.report.kinds.values()
        errors = [kind.error for kind in kinds if kind.error]
        if errors:
            self.report.message = " ".join(errors)
            return Status.FAILED
        if self._waiting():
            return Status.NEEDS_CONFIRMATION
        if any(kind.failed for kind in kinds):
            return Status.PARTIAL
        return Status.DONE if any(kind.writes or kind.twins for kind in kinds) else Status.NOTHING_TO_DO

    def _waiting(self) -> bool:
        return any(kind.alarms for kind in self.report.kinds.values())


def _end_if_refused(halt: Halt) -> None:
    """Trying a refused login once more for the other kind would only bring the account nearer to its lock."""
    if halt.code is HaltCode.LOGIN_REFUSED:
        raise halt


def _restricted_to(stored: StoredPlan, prepared: Prepared) -> Prepared:
    return restricted(prepared, stored.keys, stored.untouchable)


def _follow_up(prepared: Prepared, result: Result, only: StoredPlan | None) -> Prepared:
    """After the first round: items that had changed, the persons of companies that were written; without a stored plan whatever else is new."""
    if only is None:
        return prepared
    actions = prepared.planned.plan.actions
    concerned = {action.key for action in actions if action.parent in result.companies or _is_company(action, result)}
    return restricted(prepared, frozenset(result.stale) | concerned, only.untouchable)


def _is_company(action: Action, result: Result) -> bool:
    return action.wice is not None and action.wice.id in result.companies
