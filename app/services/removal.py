"""Remove a profile together with what it synchronised into Exchange (R37): a run like any other, and when it is through, the profile itself.

Whatever goes wrong, the profile stays, with a report that says what is left; asked for again, it goes on from there. Items that are edited since,
or that cannot be read, stay in Exchange and do not keep the profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from app.domain.account import Profile
from app.domain.ids import ProfileId
from app.domain.people import Actor
from app.domain.plan import Action, Hint, Op, PlanState, StoredPlan
from app.domain.run import RunRequest, Verb
from app.domain.sync import Absence, Absent, Kind, Side
from app.errors import BadInput, Superseded
from app.ports import Registry, Standing
from app.rules.removing import removal
from app.services.desk import Desk, LinkIndex, Step, Stores
from app.services.gather import fetch
from app.services.prepare import Prepared, of_the_books
from app.services.recover import recover
from app.services.report import RunReport, Status
from app.services.requests import Office, ask
from app.services.run_sync import Run

ONE_WAY: Final = (
    "This profile goes one way, from Outlook to Wice, and never writes to Outlook: what lies there is its owner's. Delete the profile without "
    "removing what was synchronised."
)
STAYS: Final = "The profile stays, because Exchange refused to remove some of its items. Try again, or delete the profile without them."

THROUGH: Final = frozenset({Status.DONE, Status.NOTHING_TO_DO})


class Registrar(Office, Protocol):
    """Where runs are asked for, and profiles are kept."""

    @property
    def registry(self) -> Registry: ...


def ask_removal(registrar: Registrar, seen: Profile, by: Actor) -> RunRequest:
    """Ask for the run that removes a profile that was read, with what it synchronised into Exchange.

    Raises: NotFound, Superseded, BadInput (with fields) for a profile that never writes there.
    """
    now = registrar.registry.profile_of(seen.account, seen.name)
    full_name = f"{seen.account}/{seen.name}"
    if seen.version not in (0, now.version):
        raise Superseded(f"profile {full_name!r} was changed or removed meanwhile; look at it again")
    if not may_take_along(now):
        raise BadInput(ONE_WAY, fields={"also_remove": ONE_WAY})
    return ask(registrar, full_name, Verb.REMOVE, by)


def may_take_along(profile: Profile) -> bool:
    """Can what it synchronised be removed from Exchange together with it?"""
    return profile.direction.target is not Side.WICE


def remove_synchronised(desk: Desk) -> RunReport:
    """Move every linked item of the profile in Exchange that nobody has edited since into Deleted Items; Wice is not touched."""
    return _Removal(desk).carry_out()


def remove_profile(registry: Registry, profile: ProfileId, report: RunReport, by: Actor) -> None:
    """Remove the profile after its items; its runs go with it, so the audit log keeps their numbers. Raises: Retry."""
    full_name = registry.profile_name(profile)
    if full_name is not None:
        account, _, name = full_name.partition("/")
        # Whatever of its settings was changed meanwhile goes as well.
        stored = replace(registry.profile_of(account, name), version=0)
        registry.remove(stored, by, told=_numbers(report))


def _numbers(report: RunReport) -> Mapping[str, object]:
    told = {kind.value: (rows.counts[Side.EXCHANGE][Op.DELETE], len(rows.hints)) for kind, rows in report.kinds.items()}
    return {
        f"{kind}_{what}": n for kind, both in told.items() for what, n in zip(("removed", "left"), both, strict=True)
    }


class _Removal(Run):
    """A run that takes what is linked out of Exchange, also of kinds that the profile does not synchronise any more."""

    def carry_out(self) -> RunReport:
        return self._guarded(self._carry_out)

    def _carry_out(self) -> None:
        if not may_take_along(self._desk.profile):
            raise BadInput(ONE_WAY)
        self._prepare_all()
        plans = tuple(self._plans())
        if any(plan.actions for plan in plans):
            self._desk.require_licence()
        # It never waits and is never gone on with: a run that died is asked for anew, and a synchronisation must not take it up.
        ledger, state = self._desk.ledger, PlanState.EXECUTED
        plan = ledger.save_plan(state, plans)
        self._execute_kinds(StoredPlan(id=plan, run=ledger.run, state=state, kinds=plans))
        if self.report.status is Status.PARTIAL:
            self.report.message = STAYS

    def _kinds(self) -> Sequence[Kind]:
        ledger = self._desk.ledger
        return [
            kind for kind in Kind if ledger.open_intents(kind) or any(not link.ended for link in ledger.links(kind))
        ]

    def _wice_offers(self, kind: Kind) -> bool:
        """Of Wice nothing is needed: its login may be no longer good."""
        del kind
        return True

    def _plan(self, stores: Stores, *, deep: bool = False, standing: Standing | None = None) -> Prepared:
        del deep, standing  # the books know what is to be removed
        prepared = _prepare(self._desk, stores)
        if report := self.report.kinds.get(stores.kind):
            # Planned again, because somebody edited an item just now: it stays, and shall be counted.
            report.hints = list(prepared.planned.plan.hints)
        return prepared

    def _stored(self) -> StoredPlan | None:
        return None


def _prepare(desk: Desk, stores: Stores) -> Prepared:
    ledger, kind = desk.ledger, stores.kind
    recover(stores, ledger)
    links = LinkIndex(ledger.links(kind))
    linked = {link.exchange.id: link for link in links.active}
    step = Step.gather(kind, Side.EXCHANGE)
    answers = fetch(stores.exchange, list(linked), lambda done: desk.progress.step(step, done, len(linked)))
    found = {answer.id: answer for answer in answers}
    decided = [removal(link, found.get(item) or Absent(item, Absence.DELETED)) for item, link in linked.items()]
    actions = [one for one in decided if isinstance(one, Action)]
    hints = [one for one in decided if isinstance(one, Hint)]
    return of_the_books(ledger, stores, links, actions, hints)
