"""When an administrator must be asked first (R29). Pure predicates over a plan; none of them can be switched off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.domain.plan import Action, Alarm, AlarmReason, KindPlan, Op
from app.domain.sync import Side
from app.rules.state import SideView

FREE_DELETIONS: Final = 10
FREE_SHARE: Final = 0.2
SMALL_NUMBER: Final = 2
"""Up to two linked items may vanish together without a question: each absence was proven by asking the server for that very item."""


def alarms(plan: KindPlan, linked: int, views: tuple[SideView, SideView]) -> tuple[Alarm, ...]:
    """All reasons to stop this plan before its first write; `linked` counts the links before it."""
    return tuple(alarm for view in views for alarm in _side_alarms(plan, linked, view))


def _side_alarms(plan: KindPlan, linked: int, view: SideView) -> Iterator[Alarm]:
    expected = linked - view.aged
    if expected > SMALL_NUMBER and view.size * 2 < expected:
        yield Alarm(AlarmReason.EMPTIED, view.side, view.size, expected)
    deletions = sum(_deletes(action, view.side) for action in plan.actions)
    if deletions > max(FREE_DELETIONS, FREE_SHARE * linked):
        yield Alarm(AlarmReason.MANY_DELETIONS, view.side, deletions, linked)


def _deletes(action: Action, side: Side) -> bool:
    return any(write.op is Op.DELETE and write.side is side for write in action.writes)


def outgrows(plan: KindPlan, confirmed: KindPlan | None) -> bool:
    """Would `plan` delete clearly more than the plan that an administrator confirmed? Then it is another plan."""
    return any(
        plan.count(side, Op.DELETE) > FREE_DELETIONS + (confirmed.count(side, Op.DELETE) if confirmed else 0)
        for side in Side
    )


def sentence(alarm: Alarm) -> str:
    """Why the plan waits for a confirmation, in one sentence."""
    where = "Exchange" if alarm.side is Side.EXCHANGE else "Wice"
    if alarm.reason is AlarmReason.EMPTIED:
        return f"{where} answered with {alarm.count} items although {alarm.total} are linked: confirm only if that is really so."
    return f"{alarm.count} of {alarm.total} linked items would be deleted in {where}: confirm only if that is intended."
