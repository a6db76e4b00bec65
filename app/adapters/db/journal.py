"""The journal: one row per attempt at a remote write, written before it and closed after it (R30, R33)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, assert_never

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from app.adapters.db.column_types import clock
from app.adapters.db.tables import journal
from app.domain.ids import AttemptId, ItemId, ProfileId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry
from app.domain.sync import Kind
from app.domain.writes import Missing, Outcome, Refused, Stale, Unknown, Written

_INTENT = tuple(field.name for field in fields(Intent))
OPEN = (IntentState.BEGUN, IntentState.LOST)
_NAMES = 1000
"""Attempts named in one statement: a database takes only so many."""


def begin(connection: Connection, profile: ProfileId, run: RunId, intents: Sequence[Intent]) -> None:
    """Write intents down, in their order."""
    if not intents:
        return
    common = {"profile_id": profile, "run_id": run, "state": IntentState.BEGUN, "at": clock(connection)}
    rows = [common | {name: getattr(intent, name) for name in _INTENT} for intent in intents]
    connection.execute(insert(journal), rows)


def close(connection: Connection, profile: ProfileId, outcomes: Sequence[tuple[AttemptId, Outcome]]) -> None:
    """Store what came of attempts. Raises: LookupError for one that was never begun."""
    _set(connection, profile, [_closing(attempt, outcome) for attempt, outcome in outcomes])


def set_state(connection: Connection, profile: ProfileId, attempt: AttemptId, state: IntentState) -> None:
    """Set the state only. Raises: LookupError for an attempt that was never begun."""
    changed = connection.execute(
        update(journal).where(journal.c.profile_id == profile, journal.c.attempt == attempt).values(state=state)
    )
    if not changed.rowcount:
        raise LookupError(f"attempt {attempt} was never begun")


def open_entries(connection: Connection, profile: ProfileId, kind: Kind) -> list[JournalEntry]:
    """Entries whose outcome is not known, oldest first."""
    return entries(
        connection,
        select(journal).where(journal.c.profile_id == profile, journal.c.kind == kind, journal.c.state.in_(OPEN)),
    )


def abandoned(connection: Connection, profile: ProfileId, attempts: Collection[AttemptId]) -> frozenset[AttemptId]:
    """Which of these attempts recovery gave up."""
    given_up = select(journal.c.attempt).where(
        journal.c.profile_id == profile, journal.c.state == IntentState.ABANDONED
    )
    wanted = frozenset(attempts)
    return frozenset(AttemptId(attempt) for attempt in connection.execute(given_up).scalars() if attempt in wanted)


def of_run(connection: Connection, profile: ProfileId, run: RunId) -> list[JournalEntry]:
    """What one run of a profile began, oldest first."""
    return entries(connection, select(journal).where(journal.c.profile_id == profile, journal.c.run_id == run))


def named(connection: Connection, profile: ProfileId, attempts: Collection[AttemptId]) -> list[JournalEntry]:
    """These attempts of a profile, oldest first."""
    wanted = sorted(attempts)
    found: list[Row[Any]] = []
    for start in range(0, len(wanted), _NAMES):
        few = journal.c.attempt.in_(wanted[start : start + _NAMES])
        found += connection.execute(select(journal).where(journal.c.profile_id == profile, few)).all()
    return [read(row) for row in sorted(found, key=lambda row: row.seq)]


def entries(connection: Connection, query: Select[Any]) -> list[JournalEntry]:
    """Entries that a query on the journal's rows finds, oldest first."""
    return [read(row) for row in connection.execute(query.order_by(journal.c.seq))]


def read(row: Row[Any]) -> JournalEntry:
    """A row as an entry."""
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name of a row's mapping
    intent = Intent(**{name: values[name] for name in _INTENT})
    return JournalEntry(intent=intent, run=row.run_id, state=row.state, at=row.at, result=row.result, error=row.error)


def _set(connection: Connection, profile: ProfileId, closings: Sequence[Mapping[str, Any]]) -> None:
    if not closings:
        return
    statement = (
        update(journal)
        .where(journal.c.profile_id == profile, journal.c.attempt == bindparam("of_attempt"))
        .values(state=bindparam("new_state"), result=bindparam("new_result"), error=bindparam("new_error"))
    )
    if connection.execute(statement, list(closings)).rowcount != len(closings):
        raise LookupError(f"some of {len(closings)} attempts were never begun")


def _closing(attempt: AttemptId, outcome: Outcome) -> Mapping[str, Any]:
    state, result, error = _verdict(outcome)
    return {"of_attempt": attempt, "new_state": state, "new_result": result, "new_error": error}


def _verdict(outcome: Outcome) -> tuple[IntentState, ItemId | None, str]:
    match outcome:
        case Written(item):
            return IntentState.DONE, item.id if item else None, ""
        case Stale():
            return IntentState.STALE, None, ""
        case Missing(because):
            return IntentState.MISSING, None, because.value
        case Refused(code, message):
            return IntentState.REFUSED, None, f"{code}: {message}"
        case Unknown():
            return IntentState.LOST, None, ""
        case _:
            assert_never(outcome)
