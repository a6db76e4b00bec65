"""Execute a plan, dumbly: one action = journal entry -> remote write -> link, committed batch by batch (R28, R30).

The only place that writes to a server. An action that writes to both sides writes to Wice first; until its second write is done its link is marked
incomplete. What a server refuses is remembered and stops nobody else (R32); what is no longer as planned is left for a new plan (R31).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import AttemptId, ItemId, new_id
from app.domain.journal import Intent, Settlement
from app.domain.plan import Action, Failure, Op, PlannedWrite
from app.domain.sync import End, Item, Side, Stamp
from app.domain.writes import Create, Missing, Outcome, Refused, Remove, Stale, Unknown, Update, Write, Written
from app.ports import Ledger
from app.rules.companies import candidates
from app.rules.founding import NEW
from app.rules.retry import failed_again
from app.services.books import remember, settlement
from app.services.desk import Desk, Step
from app.services.prepare import Prepared

BATCH: Final = 450
"""Actions that are begun together: nine batches of Exchange's, three of which are on their way at the same time while others are stored."""
WICE_BATCH: Final = 50
"""Of these so many at most write to Wice, which takes them one by one: a run can be stopped between two batches."""
PORTION: Final = 150
"""Outcomes that are stored together, while others are still on their way. What a run that dies has not stored is found by its stamps (R30)."""


@dataclass
class Result:
    """What came of a plan: executed writes, refused items, items to be planned again, companies whose other persons may be concerned."""

    done: list[tuple[Action, PlannedWrite]] = field(default_factory=list)
    linked: int = 0
    failed: list[Failure] = field(default_factory=list)
    stale: dict[str, str] = field(default_factory=dict)
    """Label by key."""
    companies: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Job:
    """One write of one action, ready to be sent."""

    action: Action
    planned: PlannedWrite
    write: Write
    intent: Intent


class Applier:
    """Executes the actions of one kind. `result` is always up to date, also when a server stops the run half-way."""

    def __init__(self, desk: Desk, prepared: Prepared) -> None:
        self.result = Result()
        self._desk = desk
        self._prepared = prepared
        self._ledger: Ledger = desk.ledger
        self._links = prepared.links
        self._companies: dict[str, ItemId] = {}
        self._not_founded: set[str] = set()
        """By key: companies that are planned anew, and their persons with them."""
        # Of the batch under way: what its actions' first writes have left.
        self._written: dict[str, dict[Side, Item]] = {}
        self._failures = desk.ledger.failures(prepared.stores.kind)

    def run(self) -> Result:
        """Execute all actions. Raises: Retry, Halt; what was done until then is on disk."""
        self._desk.require_licence()
        actions = self._prepared.planned.plan.actions
        step, done = Step.apply(self._prepared.stores.kind), 0
        for _, phase in groupby(actions, key=lambda action: bool(action.creates_company)):
            for batch in _batches(phase):
                self._desk.progress.step(step, done, len(actions))
                self._batch(batch)
                done += len(batch)
        self._desk.progress.step(step, done, len(actions))
        return self.result

    def _batch(self, actions: Sequence[Action]) -> None:
        self._keep([action for action in actions if not action.writes])
        self._send(Side.WICE, actions)
        self._send(Side.EXCHANGE, actions)
        self._written.clear()

    def _keep(self, actions: Sequence[Action]) -> None:
        self._settle([settlement(action, self._links, {}) for action in actions])
        self.result.linked += sum(action.is_visible for action in actions)

    def _send(self, side: Side, actions: Sequence[Action]) -> None:
        jobs = [job for action in actions for job in self._jobs(side, action)]
        for _, same in groupby(sorted(jobs, key=_op_of), key=_op_of):
            self._write(side, list(same))

    def _jobs(self, side: Side, action: Action) -> Iterator[_Job]:
        if action.key in self.result.stale or any(failure.key == action.key for failure in self.result.failed):
            return  # its write on the other side did not happen
        for planned in action.writes:
            if planned.side is side:
                key = planned.company.removeprefix(NEW)
                company = self._companies.get(key, "") if planned.company.startswith(NEW) else planned.company
                if key in self._not_founded:
                    self.result.stale[action.key] = action.label
                    return
                if planned.company and not company:
                    self._fail(action, "company_missing", "the company of this contact could not be created in Wice")
                    return
                yield self._job(action, replace(planned, company=company))

    def _job(self, action: Action, planned: PlannedWrite) -> _Job:
        attempt = AttemptId(new_id())
        end = self._end(action, planned.side)
        content = fingerprint(planned.record) if planned.record else ""
        write = _write_of(attempt, action, planned, end, content)
        return _Job(action, planned, write, self._intent(attempt, action, planned, end, content))

    def _end(self, action: Action, side: Side) -> End | None:
        return action.wice if side is Side.WICE else action.exchange

    def _intent(
        self, attempt: AttemptId, action: Action, planned: PlannedWrite, end: End | None, content: str
    ) -> Intent:
        return Intent(
            attempt=attempt,
            kind=action.kind,
            side=planned.side,
            op=planned.op,
            link=action.link,
            key=action.key,
            label=action.label,
            reason=action.reason.value,
            item=planned.into if planned.op is Op.ADD else (end.id if end else None),
            before=planned.before,
            after=planned.record,
            content=content,
            other=self._other_end(action, planned.side),
            parent=action.parent,
            company=planned.company,
            conflict=action.conflict,
        )

    def _other_end(self, action: Action, side: Side) -> End | None:
        written = self._written.get(action.key, {}).get(side.other)
        if written is not None:
            return End(id=written.id, version=written.version, fingerprint=written.fingerprint, certain=written.certain)
        return self._end(action, side.other)

    def _write(self, side: Side, jobs: Sequence[_Job]) -> None:
        waiting = self._ledger.begin([job.intent for job in jobs])
        for job in jobs:
            if job.write.attempt in waiting:
                self._plan_anew(job.action)
        jobs = self._not_founded_by_others([job for job in jobs if job.write.attempt not in waiting])
        known: list[tuple[_Job, Outcome]] = []
        try:
            for told in zip(jobs, self._prepared.stores.on(side).write([job.write for job in jobs]), strict=False):
                known.append(told)
                if len(known) == PORTION:
                    portion, known = known, []
                    self._note(portion)
        finally:
            # What was told before an error must be kept.
            self._note(known)

    def _not_founded_by_others(self, jobs: Sequence[_Job]) -> Sequence[_Job]:
        """Without the companies that somebody has founded since the plan was made: from now on they are used, not created again (R6).

        Nobody else founds them meanwhile: their names are claimed (D3).
        """
        names = {company.company_name for job in jobs if (company := job.intent.founds)}
        if not names:
            return jobs
        known = self._prepared.companies | set(self._companies.values())
        new = [company for company in self._desk.crm.companies(names) if company.id not in known]
        there = [job for job in jobs if (company := job.intent.founds) and candidates(company, new)]
        self._note([(job, Stale()) for job in there])
        return [job for job in jobs if job not in there]

    def _note(self, known: Sequence[tuple[_Job, Outcome]]) -> None:
        self._settle([self._outcome(job, outcome) for job, outcome in known])

    def _outcome(self, job: _Job, outcome: Outcome) -> Settlement:
        closed = ((job.write.attempt, outcome),)
        match outcome:
            case Written(item):
                return replace(self._success(job, item), outcomes=closed)
            case Stale() | Missing():
                self._plan_anew(job.action)
            case Refused(code, message):
                return Settlement(outcomes=closed, failure=self._fail(job.action, code, message))
            case Unknown():
                pass  # the journal keeps it open; the next run finds out
        return Settlement(outcomes=closed)

    def _success(self, job: _Job, item: Item | None) -> Settlement:
        action = job.action
        self.result.done.append((action, job.planned))
        written = self._written.setdefault(action.key, {})
        if item is not None:
            # What no list has named yet is looked at once more: its deletion would not be listed either (SyncFolderItems nets its changes).
            item = replace(item, certain=item.certain and job.planned.op is not Op.ADD)
            written[job.planned.side] = item
            self._remember_company(job, item)
        last = job.planned.side is action.writes[-1].side
        return settlement(action, self._links, written, complete=last, run=self._ledger.number)

    def _remember_company(self, job: _Job, item: Item) -> None:
        if job.planned.side is not Side.WICE:
            return
        if job.action.creates_company:
            self._companies[job.action.creates_company] = item.id
            self.result.companies.add(item.id)
        if job.planned.write_company and item.parent:
            self.result.companies.add(item.parent)

    def _plan_anew(self, action: Action) -> None:
        self.result.stale[action.key] = action.label
        if action.creates_company:
            self._not_founded.add(action.creates_company)

    def _fail(self, action: Action, code: str, message: str) -> Failure:
        failure = failed_again(action, self._failures.get(action.key), code, message)
        self.result.failed.append(failure)
        return failure

    def _settle(self, settlements: Sequence[Settlement]) -> None:
        if settlements:
            self._ledger.settle(settlements)
            remember(self._links, settlements)


def _batches(actions: Iterable[Action]) -> Iterator[list[Action]]:
    batch: list[Action] = []
    to_wice = 0
    for action in actions:
        batch.append(action)
        to_wice += any(write.side is Side.WICE for write in action.writes)
        if len(batch) == BATCH or to_wice == WICE_BATCH:
            yield batch
            batch, to_wice = [], 0
    if batch:
        yield batch


def _op_of(job: _Job) -> str:
    return job.planned.op.value


def _write_of(attempt: AttemptId, action: Action, planned: PlannedWrite, end: End | None, content: str) -> Write:
    if planned.op is Op.ADD:
        stamp = Stamp(action.link, attempt, content)
        return Create(attempt=attempt, stamp=stamp, record=_wanted(planned), into=planned.into, company=planned.company)
    if end is None:
        raise AssertionError("only what the plan saw can be changed or removed")
    if planned.op is Op.DELETE:
        return Remove(
            attempt=attempt, id=end.id, version=end.version, fingerprint=end.fingerprint, before=planned.before
        )
    return Update(
        attempt=attempt,
        id=end.id,
        version=end.version,
        fingerprint=end.fingerprint,
        record=_wanted(planned),
        before=planned.before or _wanted(planned),
        company=planned.company,
        write_company=planned.write_company,
    )


def _wanted(planned: PlannedWrite) -> Record:
    if planned.record is None:
        raise AssertionError("a creation or change names the record it writes")
    return planned.record
