"""R27, R33: what is planned and what was written, as people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.contact import Contact
from app.domain.ids import AttemptId, LinkId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry
from app.domain.plan import Action, KindPlan, Op, PlannedWrite, Reason
from app.domain.sync import Kind, Side
from app.services.changes import planned, written

NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
TIMED = Appointment(title="Jour fixe", when=Timed(start=NOON, end=NOON.replace(hour=11), zone="Europe/Berlin"))


def plan(*actions: Action) -> KindPlan:
    return KindPlan(kind=Kind.APPOINTMENTS, actions=actions)


def action(reason: Reason, *writes: PlannedWrite) -> Action:
    return Action(key="k", kind=Kind.APPOINTMENTS, link=LinkId("l"), reason=reason, label="Jour fixe", writes=writes)


def test_a_moved_appointment_shows_wall_times_and_dates():
    all_day = replace(TIMED, when=AllDay(first=date(2026, 7, 1), last=date(2026, 7, 2)), private=True)
    write = PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, before=TIMED, record=all_day)
    [change] = planned([plan(action(Reason.CHANGED_IN_WICE, write))])
    assert change.fields == (
        ("private", "no", "yes"),
        ("when", "01.07.2026 12:00 - 13:00", "01.07.2026 - 02.07.2026"),
    )


def test_twins_are_shown_as_links_and_bookkeeping_is_not_shown():
    found = list(planned([plan(action(Reason.TWIN), action(Reason.UNCHANGED))]))
    assert [(change.op, change.reason) for change in found] == [(None, Reason.TWIN)]
    assert found[0].json()["op"] == "link"


def test_only_what_was_done_is_told():
    intent = Intent(
        attempt=AttemptId("a"),
        kind=Kind.CONTACTS,
        side=Side.WICE,
        op=Op.CHANGE,
        link=LinkId("l"),
        key="k",
        label="Schulz",
        reason="changed_in_exchange",
        before=Contact(last_name="Schulz", phone="1"),
        after=Contact(last_name="Schulz", phone="2"),
    )
    entries = [
        JournalEntry(intent=intent, run=RunId("r"), state=state, at=NOON)
        for state in (IntentState.DONE, IntentState.REFUSED, IntentState.LOST)
    ]
    [change] = written(entries)
    assert (change.side, change.fields) == (Side.WICE, (("phone", "1", "2"),))
