"""What an ended run leaves behind, in the transaction that ends it: how its profile is now, its line in lists, and the statistics of the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, distinct, exists, func, select, update

from app.adapters.db import logins, measures
from app.adapters.db.tables import failures, journal, plans, profiles
from app.adapters.db.tables_runs import run_requests, run_stats
from app.adapters.db.upsert import Excluded, upsert
from app.domain.ids import ProfileId
from app.domain.journal import IntentState
from app.domain.measures import ITEMS, labels
from app.domain.plan import HintReason, Op, PlanState
from app.domain.run import RunStatus, Verb
from app.domain.sync import Side
from app.domain.views import RunSummary, SideCounts

_SYNCHRONISING: Final = (Verb.SYNC, Verb.CONFIRM, Verb.RETRY)
_CARRIED_OUT: Final = (RunStatus.DONE, RunStatus.NOTHING_TO_DO, RunStatus.PARTIAL)
_PROPOSED: Final = (RunStatus.NEEDS_CONFIRMATION, RunStatus.NOTHING_TO_DO)
"""Ends of a run that only works out what an undo takes: of the profile it says nothing."""
_INTERRUPTED: Final = "The run was interrupted; the next one goes on where it stopped."


def note(connection: Connection, ended: Row[Any]) -> None:
    """Write down what came of a run that has just ended, by its row."""
    values = _profile(ended, is_undo=_executes_undo(connection, ended))
    _set_profile(connection, ended.profile_id, values)
    _logins(connection, ended)
    _count(connection, ended)


def _logins(connection: Connection, ended: Row[Any]) -> None:
    if refused := ended.report.get("refused"):
        logins.note_refused(connection, ended.profile_id, Side(refused))
    elif ended.verb is not Verb.DISCARD and ended.status in {*_CARRIED_OUT, *_PROPOSED}:
        logins.note_accepted(connection, ended.profile_id)


def refresh(connection: Connection, profile: ProfileId) -> None:
    """Bring in line what the profile's row repeats of its plans and failures."""
    _set_profile(connection, profile, {})


def _set_profile(connection: Connection, profile: ProfileId, more: Mapping[str, object]) -> None:
    waiting = _newest_waiting(profile).scalar_subquery()
    failed = select(func.count()).select_from(failures).where(failures.c.profile_id == profile).scalar_subquery()
    values = {"waiting_run": func.coalesce(waiting, ""), "failed_items": failed}
    connection.execute(update(profiles).where(profiles.c.id == profile).values(**values, **more))


def summarised(report: Mapping[str, Any]) -> RunSummary:
    """A report, as the contract has it, in a line; of one that is not whole, what it holds."""
    kinds = [kind for kind in report.get("kinds", {}).values() if kind]
    hints = [hint for kind in kinds for hint in kind.get("hints", ())]
    return RunSummary(
        exchange=_counts(kinds, Side.EXCHANGE),
        wice=_counts(kinds, Side.WICE),
        conflicts=sum(kind.get("conflicts", 0) for kind in kinds),
        hints=len(hints),
        frozen=sum(hint.get("reason") == HintReason.FROZEN for hint in hints),
        failed=sum(len(kind.get("failed", ())) for kind in kinds),
        message=_message(report, kinds),
    )


def _counts(kinds: Iterable[Mapping[str, Any]], side: Side) -> SideCounts:
    cells = [kind.get(side.value, {}) for kind in kinds]
    return SideCounts(**{op.value: sum(cell.get(op.value, 0) for cell in cells) for op in Op})


def _message(report: Mapping[str, Any], kinds: Iterable[Mapping[str, Any]]) -> str:
    if report.get("message"):
        return str(report["message"])
    if report.get("error"):
        return _INTERRUPTED
    return " ".join(alarm for kind in kinds for alarm in kind.get("alarms", ()))


def _executes_undo(connection: Connection, ended: Row[Any]) -> bool:
    """Was it asked for to carry out the plan of an undo (R33)?"""
    if ended.verb is not Verb.CONFIRM:
        return False
    of = select(run_requests.c.subject).where(run_requests.c.id == ended.id).scalar_subquery()
    return connection.execute(select(exists().where(plans.c.run_id == of, plans.c.undoes != ()))).scalar_one()


def _profile(ended: Row[Any], *, is_undo: bool) -> dict[str, object]:
    """The columns of the profile that speak of its latest run."""
    if ended.verb is Verb.UNDO and ended.status in _PROPOSED:
        return {}
    values: dict[str, object] = {
        "last_run": ended.id,
        "last_status": ended.status,
        "last_finished": ended.finished,
        "last_message": ended.summary.message,
    }
    if ended.status is RunStatus.FAILED:
        values["failed_runs"] = profiles.c.failed_runs + 1
    elif ended.status is not RunStatus.CANCELLED and ended.verb != Verb.DISCARD:
        # A discarded plan says nothing about the servers, nor does a run that a person stopped.
        values |= {"failed_runs": 0, "frozen_items": ended.summary.frozen}
    if ended.verb in _SYNCHRONISING and not is_undo and ended.status in _CARRIED_OUT:
        values["synced_at"] = ended.finished
    return values


def _newest_waiting(profile: ProfileId) -> Select[tuple[str]]:
    # An undo that waits stops nothing: it is no matter of the profile, but of whoever proposed it (R33).
    waiting = (plans.c.profile_id == profile, plans.c.state == PlanState.NEEDS_CONFIRMATION, plans.c.undoes == ())
    return select(plans.c.run_id).where(*waiting).order_by(plans.c.seq.desc()).limit(1)


def _count(connection: Connection, ended: Row[Any]) -> None:
    """Add the run to its hour. What was written is counted in the journal: a report may hold plans, or be lost with its run."""
    parts = (journal.c.side, journal.c.op, journal.c.state)
    counted = select(*parts, func.count()).where(journal.c.run_id == ended.id).group_by(*parts)
    attempts = {(side, op, state): count for side, op, state, count in connection.execute(counted)}
    items = {(side, op): count for (side, op, state), count in attempts.items() if state is IntentState.DONE}
    writes = {side: sum(count for (of, _op), count in items.items() if of is side) for side in Side}
    row = {
        "hour": _hour(ended.finished),
        "status": ended.status,
        "runs": 1,
        "exchange_writes": writes[Side.EXCHANGE],
        "wice_writes": writes[Side.WICE],
        "conflicts": _conflicts(connection, ended) if items else 0,
        "failed_items": sum(count for (_s, _op, state), count in attempts.items() if state is IntentState.REFUSED),
        "milliseconds": (ended.finished - ended.started) // timedelta(milliseconds=1),
    }
    upsert(connection, run_stats, [row], computed=_added)
    measures.add(connection, {(ITEMS, labels(side=side, action=op)): n for (side, op), n in items.items()})


def _conflicts(connection: Connection, ended: Row[Any]) -> int:
    """Items in conflict that were written."""
    settled = (journal.c.run_id == ended.id, journal.c.state == IntentState.DONE, journal.c.conflict)
    return connection.execute(select(func.count(distinct(journal.c.key))).where(*settled)).scalar_one()


def _added(given: Excluded) -> Mapping[str, ColumnElement[Any]]:
    kept = run_stats.primary_key.columns
    return {column.name: column + given[column.name] for column in run_stats.columns if column.name not in kept}


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
