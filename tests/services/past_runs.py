"""Runs that have been, for pages and the API to show: made up in the books, without any server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Protocol

from app.bootstrap import Application
from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, LinkId, RunId, Version
from app.domain.journal import Intent, Settlement
from app.domain.people import SYSTEM
from app.domain.plan import (
    Action,
    Alarm,
    AlarmReason,
    Failure,
    Hint,
    HintReason,
    KindPlan,
    Op,
    PlannedWrite,
    PlanState,
    Reason,
)
from app.domain.run import Verb
from app.domain.sync import Item, Kind, Side
from app.domain.writes import Refused, Written
from app.ports import Books, Registry
from app.services.report import KindReport, RunReport, Status
from tests.adapters.db.world import configure

PROFILE = "anna/anna"


class Kept(Protocol):
    """What of the product these runs are made up in."""

    @property
    def registry(self) -> Registry: ...
    @property
    def books(self) -> Books: ...


SCRIPT = "<script>alert(1)</script>"
OLD = Contact(first_name="Anna", last_name="Schulz", mobile_phone="+49 30 1234")
NEW = replace(OLD, mobile_phone="+49 30 9876", private_town="Köln")
MEETING = Appointment(
    title="Jour fixe",
    when=Timed(
        start=datetime(2026, 11, 25, 9, tzinfo=UTC), end=datetime(2026, 11, 25, 10, tzinfo=UTC), zone="Europe/Berlin"
    ),
)
ALL_DAY = replace(MEETING, when=AllDay(first=date(2026, 11, 25), last=date(2026, 11, 25)), private=True)


def write(
    side: Side, op: Op, before: Contact | Appointment | None, record: Contact | Appointment | None
) -> PlannedWrite:
    return PlannedWrite(side=side, op=op, before=before, record=record)


def action(key: str, reason: Reason, label: str, *writes: PlannedWrite, kind: Kind = Kind.CONTACTS) -> Action:
    conflict = reason in (Reason.CONFLICT_WICE_WINS, Reason.CONFLICT_EXCHANGE_WINS)
    link = LinkId(f"link-{key}")
    return Action(key=key, kind=kind, link=link, reason=reason, label=label, writes=writes, conflict=conflict)


CHANGED = action("wice:address:1", Reason.CHANGED_IN_WICE, "Schulz, Anna", write(Side.EXCHANGE, Op.CHANGE, OLD, NEW))
ADDED = action("wice:address:2", Reason.NEW_IN_WICE, "Müller, Jörg", write(Side.EXCHANGE, Op.ADD, None, NEW))
CONFLICT = action(
    "wice:address:3", Reason.CONFLICT_WICE_WINS, "Krause, Otto", write(Side.EXCHANGE, Op.CHANGE, OLD, NEW)
)
GONE = action("wice:address:4", Reason.GONE_IN_EXCHANGE, SCRIPT, write(Side.WICE, Op.DELETE, OLD, None))
TWIN = action("wice:address:5", Reason.TWIN_DIFFERS, "Meier, Hans")
UNSEEN = action("wice:address:6", Reason.UNCHANGED, "Nobody's news")
MOVED = action(
    "wice:date:1",
    Reason.CHANGED_IN_EXCHANGE,
    "Jour fixe",
    write(Side.WICE, Op.CHANGE, MEETING, ALL_DAY),
    kind=Kind.APPOINTMENTS,
)
ACTIONS = (CHANGED, ADDED, CONFLICT, GONE, TWIN, UNSEEN)
HINTS = (Hint(HintReason.NO_NAME, "anna@example.com"), Hint(HintReason.SERIES, SCRIPT, detail="weekly"))


def prepared(product: Application, *names: str) -> None:
    """Both servers, and an account with a profile of its own name each; anna is one of them."""
    configure(product.database, "anna", *names)


def plans(actions: Sequence[Action] = ACTIONS, alarms: tuple[Alarm, ...] = ()) -> list[KindPlan]:
    contacts = KindPlan(
        kind=Kind.CONTACTS,
        in_wice=1234,
        in_exchange=1230,
        linked=1220,
        actions=tuple(actions),
        hints=HINTS,
        alarms=alarms,
    )
    return [contacts, KindPlan(kind=Kind.APPOINTMENTS, in_wice=50, in_exchange=50, linked=50, actions=(MOVED,))]


MANY = (Alarm(AlarmReason.MANY_DELETIONS, Side.EXCHANGE, 300, 1220),)


def analysed(
    product: Kept,
    state: PlanState = PlanState.OPEN,
    *,
    actions: Sequence[Action] = ACTIONS,
    alarms: tuple[Alarm, ...] = (),
    profile: str = PROFILE,
) -> RunId:
    """An analysis with a plan in this state."""
    kinds = plans(actions, alarms)
    status = Status.NEEDS_CONFIRMATION if state is PlanState.NEEDS_CONFIRMATION else Status.DONE
    with product.books.open(product.registry.profile(profile)[0].id, "analyse", None, "anna") as ledger:
        ledger.save_plan(state, kinds)
        report = RunReport(profile=profile, run=ledger.run, status=status)
        report.kinds = {kind.kind: KindReport.of_plan(kind) for kind in kinds}
        ledger.finish(report.status.value, report.json())
        return ledger.run


def synchronised(product: Kept, profile: str = PROFILE) -> RunId:
    """A synchronisation by schedule: one change was made, one creation refused for the fifth time."""
    with product.books.open(product.registry.profile(profile)[0].id, "scheduled") as ledger:
        report = RunReport(profile=profile, run=ledger.run, status=Status.PARTIAL)
        kind = KindReport(kind=Kind.CONTACTS, in_wice=2, in_exchange=1, linked=1)
        kind.add([(CHANGED, CHANGED.writes[0])])
        kind.failed = [(ADDED.label, "invalid: the address is not valid")]
        report.kinds = {Kind.CONTACTS: kind}
        for number, one in enumerate((CHANGED, ADDED)):
            attempt = AttemptId(f"{ledger.run}-{number}")
            ledger.begin([_intent(attempt, one)])
            done = one is CHANGED
            outcome = Written(_item(one)) if done else Refused("invalid", "the address is not valid")
            failure = (
                None if done else Failure(one.key, one.kind, "s", 5, "invalid", "the address is not valid", one.label)
            )
            ledger.settle([Settlement(outcomes=((attempt, outcome),), failure=failure)])
        ledger.finish(report.status.value, report.json())
        return ledger.run


def failed(product: Kept, message: str = "wice.example refuses the login.") -> RunId:
    with product.books.open(product.registry.profile(PROFILE)[0].id, "sync", None, "anna") as ledger:
        report = RunReport(profile=PROFILE, run=ledger.run, status=Status.FAILED, message=message)
        ledger.finish(report.status.value, report.json())
        return ledger.run


def queued(product: Application, verb: Verb = Verb.ANALYSE) -> RunId:
    return product.requests.ask([PROFILE], verb, SYSTEM, trigger=verb.value)[0].id


def _intent(attempt: AttemptId, one: Action) -> Intent:
    (planned,) = one.writes
    return Intent(
        attempt=attempt,
        kind=one.kind,
        side=planned.side,
        op=planned.op,
        link=one.link,
        key=one.key,
        label=one.label,
        reason=one.reason.value,
        before=planned.before,
        after=planned.record,
    )


def _item(one: Action) -> Item:
    record = one.writes[0].record
    assert record is not None
    return Item(id=ItemId("AAMk1"), version=Version("CQ"), record=record)
