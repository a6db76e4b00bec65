"""Stored plans (R27): a row per plan, per kind and per action."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any, NoReturn

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from app.adapters.db.tables import plan_actions, plan_kinds, plans
from app.domain.ids import AttemptId, PlanId, ProfileId, RunId, new_id
from app.domain.plan import Action, KindPlan, Op, PlanState, StoredPlan
from app.domain.plan_views import PlannedRow
from app.domain.sync import Kind, Side
from app.domain.terms import joined
from app.errors import NotFound, Taken

_PAYLOAD = type_coerce(plan_actions.c.payload, Text)
BOUND = or_(_PAYLOAD.like('%"creates_company":"%'), _PAYLOAD.like('%"company":"new:%'))
"""Actions that found a company, or write persons of one that is founded, as `codec` spells them; perhaps some more."""
_CHUNK = 1000
"""Actions that are written or read at once: a large plan is not in memory a second time, as text."""
CHANGEABLE = (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION)
UNFINISHED = (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION, PlanState.EXECUTING)


def save(
    connection: Connection,
    profile: ProfileId,
    run: RunId,
    state: PlanState,
    kinds: Sequence[KindPlan],
    undoes: Sequence[AttemptId] = (),
) -> PlanId:
    """Store a plan; unfinished ones of former runs are superseded: analyses by an analysis, undos by an undo (R33).

    Also one that a former run was EXECUTING when it died: the new plan was made from what that run left behind, and the old one must not come
    back once the new one is executed.
    """
    former = (*_unfinished(profile, undo=bool(undoes)), plans.c.run_id != run)
    connection.execute(update(plans).where(*former).values(state=PlanState.SUPERSEDED))
    plan = PlanId(new_id())
    row = {"id": plan, "profile_id": profile, "run_id": run, "state": state, "undoes": tuple(undoes)}
    seq = connection.execute(insert(plans).values(**row).returning(plans.c.seq)).scalar_one()
    _insert_kinds(connection, seq, kinds)
    _insert_actions(connection, seq, kinds)
    return plan


def set_state(connection: Connection, profile: ProfileId, plan: PlanId, state: PlanState) -> None:
    """Move a plan on. Raises: LookupError if this profile has no such plan."""
    ours = update(plans).where(plans.c.profile_id == profile, plans.c.id == plan)
    if not connection.execute(ours.values(state=state)).rowcount:
        raise LookupError(f"profile {profile} has no plan {plan}")


def newest_unfinished(connection: Connection, profile: ProfileId, *, undo: bool = False) -> StoredPlan | None:
    """The plan that is to be executed, confirmed or finished: of an analysis, or of an undo."""
    return newest(connection, select(plans).where(*_unfinished(profile, undo=undo)), bare=True)


def _unfinished(profile: ProfileId, *, undo: bool) -> tuple[ColumnElement[bool], ...]:
    kind = plans.c.undoes != () if undo else plans.c.undoes == ()
    return plans.c.profile_id == profile, plans.c.state.in_(UNFINISHED), kind


def newest(connection: Connection, query: Select[Any], *, bare: bool = False) -> StoredPlan | None:
    """The newest plan that a query on the plans' rows finds, with all its actions, `bare` ones or in full."""
    row = connection.execute(query.order_by(plans.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return StoredPlan(
        id=row.id,
        run=row.run_id,
        state=row.state,
        undoes=row.undoes,
        kinds=_kinds(connection, row.seq, bare=bare),
        left_out=frozenset(connection.execute(_left_out(row.seq)).scalars().all()),
    )


def left_out_of(connection: Connection, profile: ProfileId, plan: PlanId) -> frozenset[str]:
    """Keys of the actions that are left out of a plan of this profile. Raises: LookupError if it has no such plan."""
    ours = select(plans.c.seq).where(plans.c.profile_id == profile, plans.c.id == plan)
    seq = connection.execute(ours).scalar()
    if seq is None:
        raise LookupError(f"profile {profile} has no plan {plan}")
    return frozenset(connection.execute(_left_out(seq)).scalars().all())


def newest_of(connection: Connection, run: RunId) -> int:
    """The newest plan that a run made. Raises: NotFound."""
    seq = connection.execute(select(func.max(plans.c.seq)).where(plans.c.run_id == run)).scalar()
    if seq is None:
        raise NotFound(f"run {run} has no plan")
    return int(seq)


def rows(connection: Connection, seq: int, wanted: ColumnElement[bool]) -> list[PlannedRow]:
    """Actions of a plan, in order."""
    query = select(plan_actions.c.payload, plan_actions.c.left_out).where(plan_actions.c.plan_seq == seq, wanted)
    found = connection.execute(query.order_by(plan_actions.c.kind, plan_actions.c.seq))
    return [PlannedRow(action, left_out) for action, left_out in found]


def leave_out(connection: Connection, run: RunId, keys: Collection[str], *, out: bool) -> None:
    """Leave these actions out of the plan that `run` made, or take them in again: a few statements, however large the plan is.

    Raises: NotFound if it has no plan or no such action, Taken if the plan is being executed, or is over.
    """
    # Touched first, and with that locked: an execution that begins at this moment either waits for us, or is seen by us.
    ours = update(plans).where(plans.c.run_id == run, plans.c.state.in_(CHANGEABLE))
    seqs = connection.execute(ours.values(state=plans.c.state).returning(plans.c.seq)).scalars().all()
    if not seqs:
        _refuse(connection, run)
    wanted = (plan_actions.c.plan_seq == max(seqs), plan_actions.c.key == bindparam("of_key"))
    named = [{"of_key": key} for key in keys]
    if named and connection.execute(update(plan_actions).where(*wanted).values(left_out=out), named).rowcount < len(
        named
    ):
        raise NotFound("this plan has no such action; it was made anew meanwhile: look at it again")


def _refuse(connection: Connection, run: RunId) -> NoReturn:
    state = connection.execute(select(plans.c.state).where(plans.c.run_id == run).limit(1)).scalar()
    if state is None:
        raise NotFound(f"run {run} has no plan")
    raise Taken(f"the plan of run {run} is {state.value}: nothing of it can be left out any more")


def _left_out(seq: int) -> Select[Any]:
    return select(plan_actions.c.key).where(plan_actions.c.plan_seq == seq, plan_actions.c.left_out)


def _insert_kinds(connection: Connection, seq: int, kinds: Sequence[KindPlan]) -> None:
    rows = [
        {
            "plan_seq": seq,
            "kind": kind.kind,
            "position": position,
            "in_wice": kind.in_wice,
            "in_exchange": kind.in_exchange,
            "linked": kind.linked,
            "hints": kind.hints,
            "alarms": kind.alarms,
        }
        for position, kind in enumerate(kinds)
    ]
    if rows:
        connection.execute(insert(plan_kinds), rows)


def _insert_actions(connection: Connection, seq: int, kinds: Sequence[KindPlan]) -> None:
    rows = (
        {"plan_seq": seq, "kind": kind.kind, "seq": number, "key": action.key, "payload": action, **_listed(action)}
        for kind in kinds
        for number, action in enumerate(kind.actions)
    )
    while some := list(islice(rows, _CHUNK)):
        connection.execute(insert(plan_actions), some)


def _listed(action: Action) -> Mapping[str, object]:
    """What lists filter by."""
    return {
        "reason": action.reason.value,
        "writes": " ".join(written(write.side, write.op) for write in action.writes),
        "conflict": action.conflict,
        "visible": action.is_visible,
        "terms": joined(action.label, action.terms),
    }


def written(side: Side, op: Op) -> str:
    """How the column `writes` names a write."""
    return f"{side.value}:{op.value}"


def _kinds(connection: Connection, seq: int, *, bare: bool) -> tuple[KindPlan, ...]:
    actions: dict[Kind, list[Action]] = {kind: [] for kind in Kind}
    query = select(plan_actions.c.kind, plan_actions.c.payload).where(plan_actions.c.plan_seq == seq)
    for kind, action in connection.execute(query.order_by(plan_actions.c.seq).execution_options(yield_per=_CHUNK)):
        actions[kind].append(action.bare if bare else action)
    rows = connection.execute(select(plan_kinds).where(plan_kinds.c.plan_seq == seq).order_by(plan_kinds.c.position))
    return tuple(_kind(row, actions[row.kind]) for row in rows)


def _kind(row: Row[Any], actions: Sequence[Action]) -> KindPlan:
    return KindPlan(
        kind=row.kind,
        in_wice=row.in_wice,
        in_exchange=row.in_exchange,
        linked=row.linked,
        actions=tuple(actions),
        hints=row.hints,
        alarms=row.alarms,
    )
