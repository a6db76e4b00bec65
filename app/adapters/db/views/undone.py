"""Which writes were undone, and by which run (R33): read out of the executed plans of undos and what came of them in the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from app.adapters.db.tables import journal, plans, runs
from app.domain.ids import AttemptId, RunId
from app.domain.journal import IntentState
from app.domain.plan import PlanState, Reason

_UNDOING: Final = (Reason.UNDONE.value, Reason.REDONE.value)
_CARRIED_OUT: Final = (PlanState.EXECUTING, PlanState.EXECUTED)


def undone(connection: Connection, attempts: Collection[AttemptId]) -> Mapping[AttemptId, RunId]:
    """The run that took back each of these writes; those that stand are left out."""
    asked = _asked(connection, attempts)
    planned, taken_back = _plans(connection, asked), _writes(connection, asked)
    found: dict[AttemptId, RunId] = {}
    for write in asked:
        # The first undo that wrote counts: what it could not do may have been tried again.
        for plan in planned:
            if write.attempt in plan.undoes and (back := _carried_out(write, plan.number, taken_back)):
                found.setdefault(write.attempt, RunId(back.run_id))
    return found


def _carried_out(write: Any, number: int, taken_back: Sequence[Any]) -> Any:
    """The write of the run after that plan, to the same item on the same side."""
    return next(
        (
            back
            for back in taken_back
            if back.number > number
            and (back.profile_id, back.link, back.side) == (write.profile_id, write.link, write.side)
        ),
        None,
    )


def _asked(connection: Connection, attempts: Collection[AttemptId]) -> Sequence[Any]:
    names = (journal.c.profile_id, journal.c.attempt, journal.c.link, journal.c.side)
    query = select(*names).where(journal.c.attempt.in_(attempts), journal.c.state == IntentState.DONE)
    return connection.execute(query).all()


def _plans(connection: Connection, asked: Sequence[Any]) -> Sequence[Any]:
    profiles = {row.profile_id for row in asked}
    query = select(plans.c.undoes, runs.c.number).join(runs, runs.c.id == plans.c.run_id)
    query = query.where(plans.c.profile_id.in_(profiles), plans.c.undoes != (), plans.c.state.in_(_CARRIED_OUT))
    return connection.execute(query.order_by(runs.c.number)).all()


def _writes(connection: Connection, asked: Sequence[Any]) -> Sequence[Any]:
    profiles, links = {row.profile_id for row in asked}, {row.link for row in asked}
    names = (journal.c.profile_id, journal.c.link, journal.c.side, journal.c.run_id, runs.c.number)
    query = select(*names).join(runs, runs.c.id == journal.c.run_id)
    ours = (journal.c.profile_id.in_(profiles), journal.c.link.in_(links))
    query = query.where(*ours, journal.c.reason.in_(_UNDOING), journal.c.state == IntentState.DONE)
    return connection.execute(query.order_by(journal.c.seq)).all()
