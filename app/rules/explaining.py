"""Why is an item synchronised, or not (R41)? Pure: what was found of it in the books and at both servers -> the cause, and the values that decide.

`CHECKS` are asked in their order and the first that knows an answer gives it; the last one always does. What can be answered stands in `causes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.account import Profile
from app.domain.finding import BookEntry, Gap, Trace
from app.domain.plan import Hint, HintReason, PlanState, Reason, Seen
from app.domain.sync import Absence, Change, Kind, Link, Obstacle, Side
from app.rules.causes import BARE, REASONS, Cause, Fact, FactName, State, Verdict, detailed
from app.rules.decisions import Decision, decide, is_conflict
from app.rules.policy import Policy
from app.rules.retry import FREEZE_AFTER_RUNS, QUARANTINE_AFTER_RUNS


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was found of one item. A trace that is None: that server was not asked, or knows nothing.

    `user`: the account's Wice login. `home`: path of the profile's folder. `last_reason`: why it was written last. `ran`: has the profile ever run,
    and `trouble` with what its latest run failed.
    """

    kind: Kind
    profile: Profile
    policy: Policy
    user: str = ""
    account_active: bool = True
    entry: BookEntry | None = None
    wice: Trace | None = None
    exchange: Trace | None = None
    home: str = ""
    gaps: tuple[Gap, ...] = ()
    last_reason: str = ""
    ran: bool = True
    trouble: str = ""

    @property
    def link(self) -> Link | None:
        """The link, if it has not ended."""
        return self.entry.link if self.entry and self.entry.link and not self.entry.link.ended else None

    @property
    def traces(self) -> tuple[Trace, ...]:
        """What the servers say."""
        return tuple(trace for trace in (self.wice, self.exchange) if trace)

    def trace(self, side: Side) -> Trace | None:
        """What one server says."""
        return self.wice if side is Side.WICE else self.exchange

    @property
    def seen(self) -> tuple[Seen, ...]:
        """What the lists named and no run has settled."""
        return self.entry.seen if self.entry else ()


def explain(case: Case) -> Verdict:
    """The first answer that fits. Total."""
    verdict = next(found for check in CHECKS if (found := check(case)))
    if verdict.state is not State.WAITING:
        return verdict
    held_up = [] if case.ran else [Fact(FactName.NEVER_RAN)]
    held_up += [Fact(FactName.LAST_RUN, case.trouble)] if case.trouble else []
    return Verdict(verdict.cause, (*verdict.facts, *held_up))


def _switched_off(case: Case) -> Verdict | None:
    if not case.account_active:
        return Verdict(Cause.ACCOUNT_INACTIVE)
    if not case.profile.active:
        return Verdict(Cause.PROFILE_INACTIVE)
    return None if case.kind in case.profile.kinds else Verdict(Cause.KIND_OFF)


def _not_offered(case: Case) -> Verdict | None:
    needed = Gap.NO_FLAGS if case.kind is Kind.CONTACTS else Gap.NO_APPOINTMENTS
    return Verdict(Cause.CAPABILITY_MISSING) if needed in case.gaps else None


_OBSTACLES: Final[Mapping[Obstacle, Cause]] = {obstacle: Cause(obstacle.value) for obstacle in Obstacle}
_UNFIT: Final[Mapping[HintReason, Cause]] = {HintReason(obstacle.value): Cause(obstacle.value) for obstacle in Obstacle}


def _unfit(case: Case) -> Verdict | None:
    """An item that is in its place, but cannot be carried."""
    for trace in case.traces:
        if trace.obstacle and trace.absence is None:
            return Verdict(_OBSTACLES[trace.obstacle], detailed(_OBSTACLES[trace.obstacle], trace.detail))
    if any(trace.obstacle is Obstacle.FOREIGN_PRIVATE for trace in case.traces):
        return Verdict(Cause.FOREIGN_PRIVATE)
    # As long as its server was not asked, the books say it, also of an item that was linked before.
    asked = {trace.side for trace in case.traces}
    for seen in case.seen:
        if seen.held and seen.held in _UNFIT and seen.side not in asked:
            return Verdict(_UNFIT[seen.held], detailed(_UNFIT[seen.held], seen.detail))
    return None


def _refused(case: Case) -> Verdict | None:
    failure = case.entry.failure if case.entry else None
    if failure is None or not _is_as_refused(case, failure.signature):
        return None
    facts = (Fact(FactName.ERROR, f"{failure.code}: {failure.message}"), Fact(FactName.REFUSALS, str(failure.count)))
    return Verdict(Cause.QUARANTINED if failure.count >= QUARANTINE_AFTER_RUNS else Cause.REFUSED, facts)


def _is_as_refused(case: Case, signature: str) -> bool:
    """Has neither end moved on since? An item that was corrected is tried again (R32)."""
    ends = zip((_content(case, side) for side in Side), signature.split("/"), strict=False)
    return all(not now or now == then for now, then in ends)


def _content(case: Case, side: Side) -> str:
    trace = case.trace(side)
    return trace.fingerprint if trace else ""


def _frozen(case: Case) -> Verdict | None:
    told = next((hint for hint in _hints(case) if hint.reason is HintReason.FROZEN), None)
    link = case.link
    bounces = link is not None and link.written_runs >= FREEZE_AFTER_RUNS and _differs(case, link)
    if not bounces and not (told and link):
        return None
    return Verdict(Cause.FROZEN, (Fact(FactName.FIELDS, told.detail),) if told and told.detail else ())


def _differs(case: Case, link: Link) -> bool:
    return any(_change(case, link, side) is Change.EDITED for side in Side)


def _hints(case: Case) -> tuple[Hint, ...]:
    return case.entry.hints if case.entry else ()


def _undone(case: Case) -> Verdict | None:
    former = case.entry.link if case.entry else None
    held = any(seen.held is HintReason.UNDONE for seen in case.seen)
    if former is None or not (former.undone or held) or _differs(case, former):
        return None
    return Verdict(Cause.UNDONE)


def _planned(case: Case) -> Verdict | None:
    planned = case.entry.planned if case.entry else None
    if planned is None or (case.link is None and any(trace.absence for trace in case.traces)):
        return None
    action = planned.action
    cause = REASONS[action.reason]
    facts = [Fact(FactName.PLAN, planned.run)]
    facts += [Fact(FactName.FIELDS, ", ".join(action.fields))] if action.fields else []
    reason = Fact(FactName.REASON, action.reason.value)
    if planned.left_out:
        return Verdict(Cause.LEFT_OUT, (reason, *facts))
    if planned.state is PlanState.NEEDS_CONFIRMATION and cause is not Cause.UNDO_PLANNED:
        waits_for = Cause.AWAITING_CONFIRMATION if planned.alarmed else Cause.AWAITING_APPROVAL
        return Verdict(waits_for, (reason, *facts))
    return Verdict(cause, tuple(facts))


def _linked(case: Case) -> Verdict | None:
    link = case.link
    if link is None:
        return None
    wice, exchange = (_change(case, link, side) for side in Side)
    if _is_aged(case, link):
        gone = Change.GONE in (wice, exchange)
        return Verdict(Cause.GONE if gone else Cause.AGED_OUT, _window(case, link.last_day))
    if Change.EDITED is wice is exchange and _content(case, Side.WICE) == _content(case, Side.EXCHANGE):
        return Verdict(Cause.LISTED)
    if (wice, exchange) == (Change.SAME, Change.SAME):
        return _stands_apart(case) if link.apart else Verdict(_unsettled(case, link))
    return Verdict(_decided(wice, exchange, case.policy), _whereabouts(case))


def _change(case: Case, link: Link, side: Side) -> Change:
    trace = case.trace(side)
    if trace is None:
        return Change.SAME
    if trace.absence:
        return Change.GONE
    return Change.EDITED if trace.fingerprint not in ("", link.end(side).fingerprint) else Change.SAME


def _is_aged(case: Case, link: Link) -> bool:
    told = [link.last_day, *(trace.last_day for trace in case.traces if trace.absence is None)]
    days = [day for day in told if day]
    return bool(days) and not any(case.policy.picks_up(day) for day in days)


def _unsettled(case: Case, link: Link) -> Cause:
    if link.incomplete:
        return Cause.INCOMPLETE
    if link.missing:
        return Cause.UNPROVEN
    if any(hint.reason is HintReason.TARGET_KEPT for hint in _hints(case)):
        return Cause.TARGET_KEPT
    # A server that was asked has the last word: a list also names what has only been read.
    asked = {trace.side for trace in case.traces}
    return Cause.LISTED if any(seen.side not in asked and _is_news(seen, link) for seen in case.seen) else Cause.IN_STEP


def _stands_apart(case: Case) -> Verdict:
    """An attendee's copy that is not as Wice has the meeting; the latest run has said who decides (D1)."""
    told = next((hint.detail for hint in _hints(case) if hint.reason is HintReason.NOT_THE_ORGANIZER), "")
    return Verdict(Cause.NOT_THE_ORGANIZER, (Fact(FactName.ORGANIZER, told),) if told else ())


def _is_news(seen: Seen, link: Link) -> bool:
    """Wice names an item again, at the version that we know, as long as an edit in the same second cannot be ruled out."""
    return seen.held is None and (seen.gone or seen.version != link.end(seen.side).version)


def _decided(wice: Change, exchange: Change, policy: Policy) -> Cause:
    decision, target = decide(wice, exchange, policy), policy.direction.target
    if decision is Decision.KEEP:
        return Cause.TARGET_KEPT
    if decision is Decision.FORGET:
        return Cause.GONE
    if target is not None and (wice if target is Side.WICE else exchange) is not Change.SAME:
        return Cause.TARGET_OVERWRITTEN
    if is_conflict(wice, exchange):
        return Cause.CONFLICT_WICE_WINS if policy.winner is Side.WICE else Cause.CONFLICT_EXCHANGE_WINS
    return _PEACEFUL[decision]


_PEACEFUL: Final[Mapping[Decision, Cause]] = {
    Decision.UPDATE_EXCHANGE: Cause.CHANGED_IN_WICE,
    Decision.UPDATE_WICE: Cause.CHANGED_IN_EXCHANGE,
    Decision.REMOVE_FROM_EXCHANGE: Cause.REMOVED_IN_WICE,
    Decision.REMOVE_FROM_WICE: Cause.REMOVED_IN_EXCHANGE,
}


def _window(case: Case, day: date | None) -> tuple[Fact, ...]:
    return (Fact(FactName.WINDOW, day, case.policy.window_start),) if day and case.policy.window_start else ()


ABSENT: Final[Mapping[Absence, Cause]] = {
    Absence.UNFLAGGED: Cause.NOT_FLAGGED,
    Absence.DEACTIVATED: Cause.DEACTIVATED,
    Absence.BINNED: Cause.BINNED,
    Absence.LEFT: Cause.NOT_PARTICIPATING,
    Absence.EXTERNAL: Cause.EXTERNAL,
    Absence.EMPTY: Cause.EMPTY_SERIES,
    Absence.DECLINED: Cause.DECLINED,
    Absence.MOVED_AWAY: Cause.OTHER_FOLDER,
    Absence.DELETED: Cause.GONE,
}
"""Why an item that is linked to nothing is out of scope. Total."""


def _whereabouts(case: Case) -> tuple[Fact, ...]:
    return tuple(fact for trace in case.traces if trace.absence for fact in _absence(case, trace))


def _absence(case: Case, trace: Trace) -> tuple[Fact, ...]:
    facts = {
        **{absence: Fact(name) for absence, name in BARE.items()},
        Absence.UNFLAGGED: Fact(FactName.FLAG, case.user),
        Absence.LEFT: Fact(FactName.PARTICIPANT, case.user),
        Absence.MOVED_AWAY: Fact(FactName.FOLDER, trace.folder, case.home or case.profile.folder_wish(case.kind)),
        Absence.DELETED: Fact(FactName.NOT_THERE, trace.side.value),
    }
    return (facts[trace.absence],) if trace.absence else ()


HELD: Final[Mapping[HintReason, Cause]] = {
    HintReason.NOT_A_CONTACT: Cause.NOT_A_CONTACT,
    HintReason.UNREADABLE: Cause.UNREADABLE,
    HintReason.NO_NAME: Cause.NO_NAME,
    HintReason.SERIES: Cause.SERIES,
    HintReason.FOREIGN_PRIVATE: Cause.FOREIGN_PRIVATE,
    HintReason.PRIVATE_STAYS: Cause.PRIVATE_STAYS,
    HintReason.OUT_OF_WINDOW: Cause.BEFORE_WINDOW,
    HintReason.AMBIGUOUS_TWIN: Cause.AMBIGUOUS_TWIN,
    HintReason.AMBIGUOUS_COMPANY: Cause.AMBIGUOUS_COMPANY,
    HintReason.TARGET_ONLY: Cause.TARGET_ONLY,
    HintReason.TARGET_KEPT: Cause.TARGET_KEPT,
    HintReason.UNDONE: Cause.UNDONE,
    HintReason.NOT_THE_ORGANIZER: Cause.NOT_THE_ORGANIZER,
    HintReason.DECLINED: Cause.DECLINED,
}
"""Why an item is held, or hinted at. OUT_OF_SCOPE says more in its detail; the other hints are not about why an item is left alone."""


def _held(case: Case) -> Verdict | None:
    """What the books hold against an item, unless its server says by now that it has left its place."""
    if any(trace.absence for trace in case.traces):
        return None
    for seen in case.seen:
        if seen.held is HintReason.OUT_OF_SCOPE and seen.detail in set(Absence):
            return _outside(Trace(side=seen.side, kind=case.kind, id=seen.id, absence=Absence(seen.detail)), case)
        if seen.held and seen.held in HELD:
            return Verdict(HELD[seen.held], _held_facts(case, seen, HELD[seen.held]))
    about = next((hint for hint in _hints(case) if hint.reason in HELD), None)
    return Verdict(HELD[about.reason], detailed(HELD[about.reason], about.detail)) if about and not case.link else None


def _held_facts(case: Case, seen: Seen, cause: Cause) -> tuple[Fact, ...]:
    trace = case.trace(seen.side)
    if cause is Cause.BEFORE_WINDOW:
        return _window(case, trace.last_day if trace else None)
    if cause is Cause.TARGET_ONLY:
        return (Fact(FactName.DIRECTION, case.profile.direction.value),)
    return detailed(cause, seen.detail)


def _out_of_scope(case: Case) -> Verdict | None:
    """Linked to nothing, and out of scope: Wice's word first, unless the record is no more there."""
    absent = [trace for trace in case.traces if trace.absence]
    if not absent or case.link or len(absent) < len(case.traces):
        return None
    former = case.entry.link if case.entry else None
    if former and case.last_reason == Reason.GONE_IN_EXCHANGE.value and absent[0].side is Side.WICE:
        return Verdict(Cause.DELETED_IN_EXCHANGE, _whereabouts(case))
    told = next((trace for trace in absent if trace.absence is not Absence.DELETED), absent[0])
    told = next((trace for trace in absent if trace.absence is Absence.DECLINED), told)
    return _outside(told, case)


def _outside(trace: Trace, case: Case) -> Verdict:
    cause = ABSENT[trace.absence or Absence.DELETED]
    if cause is Cause.OTHER_FOLDER and trace.binned:
        cause = Cause.IN_DELETED_ITEMS
    return Verdict(cause, _absence(case, trace))


def _newcomer(case: Case) -> Verdict | None:
    """Linked to nothing, and its server shows it in its place: the next run takes it, unless the window or the direction is against it."""
    here = next((trace for trace in case.traces if trace.absence is None), None)
    if here is None or case.link:
        return None
    if not case.policy.picks_up(here.last_day):
        return Verdict(Cause.BEFORE_WINDOW, _window(case, here.last_day))
    if not case.policy.may_write(here.side.other):
        return Verdict(Cause.TARGET_ONLY, (Fact(FactName.DIRECTION, case.profile.direction.value),))
    return Verdict(Cause.NEW_IN_WICE if here.side is Side.WICE else Cause.NEW_IN_EXCHANGE)


def _listed(case: Case) -> Verdict | None:
    return Verdict(Cause.LISTED) if any(seen.held is None for seen in case.seen) else None


def _former(case: Case) -> Verdict | None:
    if not (case.entry and case.entry.link):
        return None
    told = case.last_reason == Reason.GONE_IN_EXCHANGE.value
    return Verdict(Cause.DELETED_IN_EXCHANGE if told else Cause.NO_LONGER)


def _unknown(_: Case) -> Verdict:
    return Verdict(Cause.UNKNOWN)


CHECKS: Final[tuple[Callable[[Case], Verdict | None], ...]] = (
    _switched_off,
    _not_offered,
    _unfit,
    _refused,
    _frozen,
    _undone,
    _planned,
    _linked,
    _held,
    _out_of_scope,
    _newcomer,
    _listed,
    _former,
    _unknown,
)
