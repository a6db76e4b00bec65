"""`app.ports.run_views.RunViews` in a database: one run with its plan and its writes, page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, false, func, literal, or_, select

from app.adapters.db import journal
from app.adapters.db.plans import written
from app.adapters.db.session import reading
from app.adapters.db.tables import journal as entries
from app.adapters.db.tables import links, plan_actions, plan_kinds, plans
from app.adapters.db.terms import Holds, matching
from app.adapters.db.views import paging, runs
from app.adapters.db.views.paging import Keys
from app.adapters.db.views.profiles import given
from app.adapters.db.views.undone import undone
from app.domain.ids import AttemptId, LinkId, RunId
from app.domain.journal import JournalEntry
from app.domain.plan import KindPlan, Op, Reason
from app.domain.plan_views import ChangeFilter, PlanHead, PlannedRow, Tally
from app.domain.sync import Kind, Side
from app.domain.terms import words_of
from app.domain.veil import veiled_action, veiled_entry
from app.domain.views import Cut, Page, RunRow

_ACTIONS: Final[Mapping[str, Keys]] = {
    "executed": (case((plan_actions.c.kind == Kind.CONTACTS, 0), else_=1), plan_actions.c.seq)
}
_ENTRIES: Final[Mapping[str, Keys]] = {"executed": (entries.c.seq,)}
_WRITES: Final = {written(side, op): (side, op) for side in Side for op in Op}


class SqlRunViews:
    """Read access to what one run plans and has written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, run: RunId) -> RunRow | None:
        with reading(self._engine) as connection:
            return runs.one(connection, run)

    def plan(self, run: RunId) -> PlanHead | None:
        newest = select(plans).where(plans.c.run_id == given(run)).order_by(plans.c.seq.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(newest).one_or_none()
            if row is None:
                return None
            kinds = tuple(_kinds(connection, row.seq))
            return PlanHead(id=row.id, run=row.run_id, state=row.state, kinds=kinds, undoes=row.undoes)

    def tally(self, run: RunId) -> Sequence[Tally]:
        sorts = tuple(plan_actions.c[name] for name in ("kind", "reason", "writes", "conflict", "left_out"))
        query = select(*sorts, func.count().label("number")).where(*_visible(run)).group_by(*sorts)
        with reading(self._engine) as connection:
            return [
                Tally(
                    kind=row.kind,
                    reason=Reason(row.reason),
                    writes=tuple(_WRITES[write] for write in row.writes.split()),
                    conflict=row.conflict,
                    left_out=row.left_out,
                    count=row.number,
                )
                for row in connection.execute(query)
            ]

    def planned(self, run: RunId, wanted: ChangeFilter, cut: Cut) -> Page[PlannedRow]:
        conditions = (*_visible(run), *_wanted_actions(wanted))
        query = select(plan_actions.c.payload, plan_actions.c.left_out).where(*conditions)
        with reading(self._engine) as connection:
            found = paging.page(connection, query, paging.keys_of(_ACTIONS, cut), cut)
            total = _count(connection, select(func.count()).select_from(plan_actions).where(*conditions))
            private = _private(connection, run, [row.payload.link for row in found.rows])
        shown = (veiled_action(row.payload, private=row.payload.link in private) for row in found.rows)
        rows = [PlannedRow(action, row.left_out) for action, row in zip(shown, found.rows, strict=True)]
        return Page(rows=rows, next=found.next, previous=found.previous, total=total)

    def written(self, run: RunId, wanted: ChangeFilter, cut: Cut) -> Page[JournalEntry]:
        known = (
            links.c.profile_id == entries.c.profile_id,
            links.c.kind == entries.c.kind,
            links.c.id == entries.c.link,
        )
        table = entries.outerjoin(links, known[0] & known[1] & known[2])
        conditions = (entries.c.run_id == given(run), *_wanted_entries(wanted))
        with reading(self._engine) as connection:
            private = func.coalesce(links.c.private, false())
            query = select(entries, private.label("private")).select_from(table).where(*conditions)
            found = paging.page(connection, query, paging.keys_of(_ENTRIES, cut), cut)
            total = _count(connection, select(func.count()).select_from(table).where(*conditions))
        rows = [veiled_entry(journal.read(row), private=row.private) for row in found.rows]
        return Page(rows=rows, next=found.next, previous=found.previous, total=total)

    def undone(self, attempts: Collection[AttemptId]) -> Mapping[AttemptId, RunId]:
        with reading(self._engine) as connection:
            return undone(connection, attempts)


def _private(connection: Connection, run: RunId, named: Collection[LinkId]) -> frozenset[LinkId]:
    """Which of these links of the run's profile are about something private by now (R19)."""
    owner = select(plans.c.profile_id).where(plans.c.run_id == given(run)).limit(1).scalar_subquery()
    query = select(links.c.id).where(links.c.profile_id == owner, links.c.id.in_(named), links.c.private)
    return frozenset(connection.execute(query).scalars()) if named else frozenset()


def _kinds(connection: Connection, seq: int) -> Iterator[KindPlan]:
    """Without actions."""
    names = ("kind", "in_wice", "in_exchange", "linked", "hints", "alarms")
    query = select(*(plan_kinds.c[name] for name in names)).where(plan_kinds.c.plan_seq == seq)
    for row in connection.execute(query.order_by(plan_kinds.c.position)).mappings():
        yield KindPlan(**row)


def _visible(run: RunId) -> tuple[ColumnElement[bool], ...]:
    newest = select(func.max(plans.c.seq)).where(plans.c.run_id == given(run)).scalar_subquery()
    return plan_actions.c.plan_seq == newest, plan_actions.c.visible


def _wanted_actions(wanted: ChangeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.kind:
        yield plan_actions.c.kind == wanted.kind
    if wanted.side or wanted.op:
        fitting = [
            text for text, (side, op) in _WRITES.items() if wanted.side in (None, side) and wanted.op in (None, op)
        ]
        yield or_(*(Holds(plan_actions.c.writes, literal(text)) for text in fitting))
    if wanted.reason:
        yield plan_actions.c.reason == wanted.reason.value
    for name in ("conflict", "left_out"):
        asked = getattr(wanted, name)
        if asked is not None:
            yield plan_actions.c[name] if asked else ~plan_actions.c[name]
    if words := words_of(wanted.text):
        yield matching(plan_actions.c.terms, words)


def _wanted_entries(wanted: ChangeFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("kind", "side", "op"):
        if value := getattr(wanted, name):
            yield entries.c[name] == value
    if wanted.reason:
        yield entries.c.reason == wanted.reason.value
    if wanted.conflict is not None:
        yield entries.c.conflict if wanted.conflict else ~entries.c.conflict
    if words := words_of(wanted.text):
        # What was refused before it was linked is found by its label, as far as the database knows capitals.
        yield matching(func.coalesce(links.c.terms, func.lower(entries.c.label)), words)


def _count(connection: Connection, query: Select[Any]) -> int:
    counted: int = connection.execute(query).scalar_one()
    return counted
