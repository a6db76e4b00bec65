"""Undo one write, several, or a whole run (R33): as a plan that is shown, waits for a person, and is then executed like any other.

The plan of an undo lies beside the plans of analyses: no synchronisation executes, supersedes or waits for it. It waits until it is confirmed or
discarded, or until another undo takes its place; that it may wait is safe, because it is planned anew when it is executed, for just the items that
were shown. What it has undone is left alone by later runs (`app.rules.left_alone`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from app.domain.ids import AttemptId, ItemId, LinkId, RunId
from app.domain.journal import IntentState, JournalEntry
from app.domain.plan import Action, Hint, HintReason, PlanState, StoredPlan
from app.domain.run import Run as PastRun
from app.domain.sync import Absence, Absent, End, Found, Kind, Link, Side
from app.errors import BadInput, NotFound
from app.ports import History, Standing
from app.rules.undoing import Case, Past, pasts, undo
from app.services.desk import Desk, LinkIndex, Stores
from app.services.gather import fetch
from app.services.prepare import Prepared, of_the_books
from app.services.recover import recover
from app.services.report import KindReport, RunReport, Status
from app.services.run_sync import Run

_MAY_HAVE_HAPPENED: Final = frozenset({IntentState.DONE, IntentState.BEGUN, IntentState.LOST})
"""Of what was begun and not settled, recovery finds out when the undo is planned."""


def run_to_undo(history: History, run: RunId, attempts: Collection[AttemptId] = ()) -> PastRun:
    """The run whose writes are to be undone. Raises: NotFound, BadInput if it wrote nothing, or not these."""
    past = history.run(run)
    if past is None:
        raise NotFound(f"there is no run {run}; the run's id is in the output of `wice-sync sync`")
    _chosen(run, history.entries_of_run(run), attempts)
    return past


def analyse_undo(desk: Desk, run: RunId, attempts: Collection[AttemptId] = ()) -> RunReport:
    """Compute, show and store what undoing these writes of `run`, or all of them, takes; `confirm` executes it, `discard` drops it.

    NEEDS_CONFIRMATION, or NOTHING_TO_DO with a hint for each item that cannot be undone. Raises: BadInput as `run_to_undo`.
    """
    entries = _chosen(run, desk.ledger.entries_of(run), attempts)
    return _Undo(desk, entries).propose()


def carry_out(desk: Desk, stored: StoredPlan) -> RunReport:
    """Execute the plan of an undo; one that was interrupted is finished."""
    return _Undo(desk, desk.ledger.entries(stored.undoes)).carry_out(stored)


def _chosen(run: RunId, entries: Sequence[JournalEntry], attempts: Collection[AttemptId]) -> Sequence[JournalEntry]:
    written = [entry for entry in entries if entry.state in _MAY_HAVE_HAPPENED]
    if not written:
        raise BadInput(f"run {run} wrote nothing: there is nothing to undo")
    unknown = frozenset(attempts) - {entry.intent.attempt for entry in written}
    if unknown:
        raise BadInput(f"run {run} has no write {', '.join(sorted(unknown))}")
    return [entry for entry in written if not attempts or entry.intent.attempt in attempts]


class _Undo(Run):
    """A run that plans the opposite of some journal entries, of the kinds that they are about."""

    def __init__(self, desk: Desk, entries: Sequence[JournalEntry]) -> None:
        super().__init__(desk)
        self._attempts = tuple(entry.intent.attempt for entry in entries)
        self._concerned = frozenset(entry.intent.kind for entry in entries)
        for kind in self._concerned - frozenset(desk.profile.kinds):
            labels = dict.fromkeys(entry.intent.label for entry in entries if entry.intent.kind is kind)
            because = "the profile does not synchronise this kind any more"
            hints = [Hint(HintReason.UNDO_IMPOSSIBLE, label, detail=because) for label in labels]
            self.report.kinds[kind] = KindReport(kind=kind, hints=hints)

    def propose(self) -> RunReport:
        """Store the plan; nothing is executed."""
        return self._guarded(self._propose)

    def carry_out(self, stored: StoredPlan) -> RunReport:
        """Execute what was shown."""
        return self._guarded(lambda: self._carry_out(stored))

    def _propose(self) -> None:
        self._prepare_all()
        self.report.status = self._verdict()
        waits = any(plan.actions for plan in self._plans())
        state = PlanState.NEEDS_CONFIRMATION if waits else PlanState.EXECUTED
        self._desk.ledger.save_plan(state, self._plans(), self._attempts)
        if waits and self.report.status is not Status.FAILED:
            self.report.status = Status.NEEDS_CONFIRMATION
            self.report.message = "This is what undoing takes: an administrator must confirm it."

    def _carry_out(self, stored: StoredPlan) -> None:
        self._desk.require_licence()
        self._prepare_all()
        self._execute_stored(stored)

    def _kinds(self) -> Sequence[Kind]:
        return tuple(kind for kind in self._desk.profile.kinds if kind in self._concerned)

    def _plan(self, stores: Stores, *, deep: bool = False, standing: Standing | None = None) -> Prepared:
        del deep, standing  # the books know what is to be taken back
        return _prepare(self._desk, stores, self._attempts)

    def _stored(self) -> StoredPlan | None:
        return self._desk.ledger.stored_undo()

    def _approve(self) -> None:
        """Who confirms an undo has not seen the profile's first plan (R27)."""


def _prepare(desk: Desk, stores: Stores, attempts: Collection[AttemptId]) -> Prepared:
    """Plan the undo of what these attempts wrote of one kind."""
    ledger, kind = desk.ledger, stores.kind
    recover(stores, ledger)
    links = LinkIndex(ledger.links(kind))
    entries = [entry for entry in ledger.entries(attempts) if entry.intent.kind is kind]
    cases = _Cases(stores, links).of(pasts(entry for entry in entries if entry.state is IntentState.DONE))
    actions: list[Action] = []
    hints: list[Hint] = []
    for together in cases:
        action, why_not = undo(together, desk.policy, desk.now())
        actions += [action] if action else []
        hints += why_not
    return of_the_books(ledger, stores, links, actions, hints)


class _Cases:
    """Looks up what became of items: their links, what stands there now, and the partners of what is to be brought back."""

    def __init__(self, stores: Stores, links: LinkIndex) -> None:
        self._stores = stores
        self._links = links

    def of(self, done: Sequence[Past]) -> list[list[Case]]:
        """One list for each link, with one case for each side that was written."""
        named = [(past, link, item) for past in done for link in [self._link(past)] if (item := _item(past, link))]
        present = self._read((past.side, item) for past, _, item in named)
        returning = [(past, link) for past, link, _ in named if past.removed]
        partners = self._read(
            (past.side.other, end.id) for past, link in returning if (end := _partner(past, link)) is not None
        )
        cases: dict[LinkId, list[Case]] = {}
        for past, link, item in named:
            end = _partner(past, link) if past.removed else None
            case = Case(
                past=past,
                link=link,
                present=present[past.side, item],
                partner=partners[past.side.other, end.id] if end else None,
                taken=end is not None and self._is_taken(past.side.other, end.id, link),
            )
            cases.setdefault(link.id if link else past.first.link, []).append(case)
        return list(cases.values())

    def _link(self, past: Past) -> Link | None:
        """The link that the item has now, else the one that it had."""
        active = self._links.of(past.side, past.item) if past.item else None
        return active or self._links.by_id.get(past.first.link)

    def _read(self, wanted: Iterable[tuple[Side, ItemId]]) -> Mapping[tuple[Side, ItemId], Found]:
        asked = list(dict.fromkeys(wanted))
        found: dict[tuple[Side, ItemId], Found] = {}
        for side in Side:
            ids = [item for where, item in asked if where is side]
            found |= {(side, answer.id): answer for answer in fetch(self._stores.on(side), ids)}
        return {each: found.get(each) or Absent(each[1], Absence.DELETED) for each in asked}

    def _is_taken(self, side: Side, item: ItemId, link: Link | None) -> bool:
        other = self._links.of(side, item)
        return other is not None and (link is None or other.id != link.id)


def _item(past: Past, link: Link | None) -> ItemId | None:
    """Items are moved, and brought back under a new id: the link knows the present one."""
    return link.end(past.side).id if link else past.item


def _partner(past: Past, link: Link | None) -> End | None:
    return link.end(past.side.other) if link else past.last.other
