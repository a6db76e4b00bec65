from __future__ import annotations

import pytest

from app.domain.ids import LinkId
from app.domain.plan import Action, Alarm, AlarmReason, KindPlan, Op, PlannedWrite, Reason
from app.domain.sync import Kind, Side
from app.rules.guards import alarms, outgrows, sentence
from app.rules.state import SideView


def plan(deletions: int, side: Side = Side.EXCHANGE) -> KindPlan:
    actions = tuple(
        Action(
            key=f"{n}",
            kind=Kind.CONTACTS,
            link=LinkId(f"{n}"),
            reason=Reason.GONE_IN_WICE,
            label="",
            writes=(PlannedWrite(side=side, op=Op.DELETE),),
        )
        for n in range(deletions)
    )
    return KindPlan(kind=Kind.CONTACTS, actions=actions)


def views(wice: int, exchange: int) -> tuple[SideView, SideView]:
    return SideView(side=Side.WICE, size=wice), SideView(side=Side.EXCHANGE, size=exchange)


@pytest.mark.parametrize(
    ("deletions", "linked", "expected"),
    [
        pytest.param(10, 12, 0, id="ten are free"),
        pytest.param(11, 12, 1, id="eleven of twelve are not"),
        pytest.param(11, 55, 0, id="20 percent of 55 are free"),
        pytest.param(12, 55, 1, id="more than 20 percent are not"),
        pytest.param(200, 1000, 0, id="20 percent of 1000 are free"),
        pytest.param(201, 1000, 1, id="201 of 1000 are not"),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_R29_the_budget_for_deletions_is_ten_or_a_fifth_per_side(
    deletions: int, linked: int, expected: int, side: Side
) -> None:
    raised = alarms(plan(deletions, side), linked, views(linked, linked))
    assert raised == (Alarm(AlarmReason.MANY_DELETIONS, side, deletions, linked),) * expected


@pytest.mark.parametrize(
    ("size", "linked", "expected"),
    [(0, 0, False), (0, 2, False), (0, 3, True), (1, 3, True), (2, 3, False), (49, 100, True), (50, 100, False)],
)
def test_R29_an_answer_with_fewer_than_half_of_the_linked_items_stops_the_plan(
    size: int, linked: int, expected: bool
) -> None:
    raised = alarms(plan(0), linked, views(size, linked))
    assert raised == ((Alarm(AlarmReason.EMPTIED, Side.WICE, size, linked),) if expected else ())


@pytest.mark.parametrize(
    ("now", "confirmed", "expected"), [(11, 0, True), (10, 0, False), (40, 30, False), (41, 30, True)]
)
@pytest.mark.parametrize("side", Side)
def test_R29_a_confirmed_plan_that_grows_by_more_than_ten_deletions_is_another_plan(
    now: int, confirmed: int, expected: bool, side: Side
) -> None:
    assert outgrows(plan(now, side), plan(confirmed, side)) is expected
    assert outgrows(plan(now, side), plan(confirmed, side.other)) is (now > 10)


@pytest.mark.parametrize("reason", AlarmReason)
@pytest.mark.parametrize("side", Side)
def test_R29_every_alarm_is_one_sentence_with_its_numbers(reason: AlarmReason, side: Side) -> None:
    text = sentence(Alarm(reason, side, 12, 40))
    assert text.count(".") == 1
    assert "12" in text
    assert "40" in text
    assert ("Exchange" if side is Side.EXCHANGE else "Wice") in text
