"""Stored plans come back as they were, and only one of them waits (R27, R28)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.appointment import AllDay, Appointment, Occurrence, Participant, Role, Timed
from app.domain.contact import Contact, Entity
from app.domain.ids import ItemId, LinkId, PlanId, Version
from app.domain.plan import Action, Alarm, AlarmReason, Hint, HintReason, KindPlan, Op, PlannedWrite, PlanState, Reason
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import End
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, EXCHANGE, WICE, counted_statements

END = End(id=ItemId("address:1"), version=Version("1"), fingerprint="f", certain=False)
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def action(number: int, kind=CONTACTS, **more: Any) -> Action:
    return Action(
        key=f"wice:address:{number}",
        kind=kind,
        link=LinkId(f"link{number}"),
        reason=Reason.NEW_IN_WICE,
        label="Müller, Jörg \U0001f600",
        **more,
    )


TIMED = Appointment(
    title="Jour fixe",
    when=Timed(start=NOON, end=NOON, zone="Europe/Berlin"),
    private=True,
    participants=(Participant(name="Anna", email="anna@example.com", role=Role.EMPLOYEE), Participant(name="Gast")),
    recurrence=Recurrence(unit=Unit.DAY, first=NOON.date()),
    exceptions=(Occurrence(original=NOON.date(), deleted=True),),
    shown=("Anna",),
)
KINDS = (
    KindPlan(
        kind=APPOINTMENTS,
        in_wice=3,
        actions=(
            action(
                1,
                APPOINTMENTS,
                wice=END,
                last_day=date(2026, 3, 29),
                writes=(PlannedWrite(side=EXCHANGE, op=Op.ADD, record=TIMED),),
            ),
            action(
                2,
                APPOINTMENTS,
                writes=(
                    PlannedWrite(
                        side=WICE,
                        op=Op.DELETE,
                        before=Appointment(when=AllDay(first=date(2026, 1, 1), last=date(2026, 1, 2))),
                    ),
                ),
                ends_link=True,
            ),
        ),
    ),
    KindPlan(
        kind=CONTACTS,
        in_exchange=4,
        linked=2,
        actions=tuple(
            action(
                number,
                wice=END,
                exchange=END,
                conflict=True,
                fields=("email", "phone"),
                writes=(
                    PlannedWrite(
                        side=WICE,
                        op=Op.CHANGE,
                        record=Contact(entity=Entity.COMPANY, company_name="Ärzte & Söhne"),
                        before=Contact(),
                        into=ItemId("address:9"),
                        company="new:x",
                        write_company=True,
                    ),
                ),
            )
            for number in range(12)
        ),
        hints=(Hint(HintReason.NO_NAME, "?", WICE, "address:5", "why"), Hint(HintReason.LISTING_INCOMPLETE)),
        alarms=(Alarm(AlarmReason.EMPTIED, EXCHANGE, 3, 7),),
    ),
)


@pytest.fixture
def ledger(database, profile):
    with database.books.open(profile, "sync") as ledger:
        yield ledger


def test_R27_a_plan_comes_back_as_it_was_stored(ledger, database):
    assert ledger.stored_plan() is None
    plan = ledger.save_plan(PlanState.NEEDS_CONFIRMATION, KINDS)
    stored = database.history.plan_of(ledger.run)
    assert (stored.id, stored.run, stored.state, stored.kinds) == (
        plan,
        ledger.run,
        PlanState.NEEDS_CONFIRMATION,
        KINDS,
    )


def test_R28_who_executes_a_stored_plan_gets_it_without_what_its_writes_hold(ledger, database):
    ledger.save_plan(PlanState.NEEDS_CONFIRMATION, KINDS)
    full, bare = database.history.plan_of(ledger.run), ledger.stored_plan()
    assert bare == replace(
        full, kinds=tuple(replace(kind, actions=tuple(one.bare for one in kind.actions)) for kind in full.kinds)
    )
    assert {write.record for one in bare.actions for write in one.writes} == {None}
    assert [(one.key, one.names) for one in bare.actions] == [(one.key, one.names) for one in full.actions]


@pytest.mark.parametrize("over", [PlanState.EXECUTED, PlanState.DISCARDED])
def test_R28_a_plan_is_over_once_it_is_executed_or_discarded(ledger, over):
    plan = ledger.save_plan(PlanState.OPEN, ())
    ledger.set_plan_state(plan, PlanState.EXECUTING)
    assert ledger.stored_plan().state is PlanState.EXECUTING
    ledger.set_plan_state(plan, over)
    assert ledger.stored_plan() is None


@pytest.mark.parametrize("left", [PlanState.OPEN, PlanState.NEEDS_CONFIRMATION, PlanState.EXECUTING])
def test_R28_a_new_plan_supersedes_what_former_runs_left(database, profile, left):
    with database.books.open(profile, "analyse") as former:
        old = former.save_plan(left, ())
    with database.books.open(profile, "analyse") as ledger:
        assert ledger.stored_plan().id == old
        new = ledger.save_plan(PlanState.OPEN, ())
        assert ledger.stored_plan().id == new
        ledger.set_plan_state(new, PlanState.EXECUTED)
        assert ledger.stored_plan() is None
    assert database.history.plan_of(former.run).state is PlanState.SUPERSEDED


def test_a_plan_of_another_profile_is_out_of_reach(ledger):
    with pytest.raises(LookupError):
        ledger.set_plan_state(PlanId("unknown"), PlanState.DISCARDED)
    with pytest.raises(LookupError):
        ledger.left_out(PlanId("unknown"))


def test_a_plan_is_stored_and_read_in_a_few_statements(ledger):
    kind = KindPlan(kind=CONTACTS, actions=tuple(action(number) for number in range(1000)))
    with counted_statements() as sent:
        ledger.save_plan(PlanState.OPEN, [kind])
        assert ledger.stored_plan().kinds == (kind,)
    assert len(sent) == 9
