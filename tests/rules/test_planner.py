"""The plan of one kind, from values to values: what is written where, for which reason, with which hints."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.account import CompanyData, Conflict, Direction
from app.domain.appointment import Participant, Timed
from app.domain.contact import Contact
from app.domain.ids import ItemId, Version
from app.domain.plan import HintReason, Op, Reason, Seen
from app.domain.sync import Absence, Held, Obstacle, Side
from app.rules.policy import Policy
from tests.rules.situations import EVA, MEETING, NINE, item, link, only, planned, view, writes


def test_R28_nothing_touched_is_nothing_to_do() -> None:
    result = planned(None, None, link(EVA))
    assert (result.plan.actions, result.plan.hints, result.settled, result.plan.linked) == ((), (), (), 1)


def test_R3_a_moved_version_with_equal_content_only_changes_our_books() -> None:
    result = planned(view(Side.WICE, item("p:1", EVA)), None, link(EVA))
    assert result.plan.actions == ()
    (settled,) = result.settled
    assert (settled.reason, settled.wice and settled.wice.version) == (Reason.UNCHANGED, "2")


def test_R1_an_edit_in_wice_is_written_whole_with_the_differing_fields_named() -> None:
    edited = replace(EVA, mobile_phone="0171 3920001")
    action = only(
        planned(view(Side.WICE, item("p:1", edited)), view(Side.EXCHANGE, item("e1", EVA, version="1")), link(EVA))
    )
    assert writes(action) == [(Side.EXCHANGE, Op.CHANGE)]
    assert (action.writes[0].record, action.writes[0].before) == (edited, EVA)
    assert (action.reason, action.fields, action.conflict) == (Reason.CHANGED_IN_WICE, ("mobile_phone",), False)


@pytest.mark.parametrize(
    ("conflict", "side", "reason"),
    [
        (Conflict.WICE, Side.EXCHANGE, Reason.CONFLICT_WICE_WINS),
        (Conflict.EXCHANGE, Side.WICE, Reason.CONFLICT_EXCHANGE_WINS),
    ],
)
def test_R22_the_winner_of_a_conflict_overwrites_the_other_whole(
    conflict: Conflict, side: Side, reason: Reason
) -> None:
    ours, theirs = replace(EVA, phone="1"), replace(EVA, mobile_phone="2")
    result = planned(
        view(Side.WICE, item("p:1", ours)),
        view(Side.EXCHANGE, item("e1", theirs)),
        link(EVA),
        policy=Policy(conflict=conflict),
    )
    action = only(result)
    assert (writes(action), action.reason, action.conflict) == ([(side, Op.CHANGE)], reason, True)
    assert {action.writes[0].record, action.writes[0].before} == {ours, theirs}


def test_R22_the_same_change_on_both_sides_is_no_conflict() -> None:
    same = replace(EVA, phone="1")
    action = only(planned(view(Side.WICE, item("p:1", same)), view(Side.EXCHANGE, item("e1", same)), link(EVA)))
    assert (action.writes, action.reason, action.conflict) == ((), Reason.SAME_CHANGE, False)


@pytest.mark.parametrize("setting", CompanyData)
def test_R10_company_data_edited_on_a_persons_contact(setting: CompanyData) -> None:
    edited = replace(EVA, company_phone="040 2", mobile_phone="0171 1")
    result = planned(
        view(Side.WICE, item("p:1", EVA, parent="c:1")),
        view(Side.EXCHANGE, item("e1", edited)),
        link(EVA),
        policy=Policy(company_data=setting),
    )
    action = only(result)
    if setting is CompanyData.WRITE:
        assert writes(action) == [(Side.WICE, Op.CHANGE)]
        assert action.writes[0].write_company
        assert result.plan.hints == ()
    else:
        assert writes(action) == [(Side.WICE, Op.CHANGE), (Side.EXCHANGE, Op.CHANGE)]
        assert {write.record for write in action.writes} == {replace(edited, company_phone="040 1")}
        (hint,) = result.plan.hints
        assert (hint.reason, hint.detail) == (HintReason.COMPANY_DATA_RESTORED, "company_phone")


def test_R10_only_company_data_edited_restores_the_contact_and_leaves_wice_alone() -> None:
    edited = replace(EVA, company_phone="040 2")
    action = only(planned(view(Side.WICE, item("p:1", EVA)), view(Side.EXCHANGE, item("e1", edited)), link(EVA)))
    assert (writes(action), action.reason) == ([(Side.EXCHANGE, Op.CHANGE)], Reason.COMPANY_RESTORED)


def test_R10_one_way_to_wice_company_data_is_left_alone_with_a_hint() -> None:
    edited = replace(EVA, company_phone="040 2")
    one_way = Policy(direction=Direction.TO_WICE)
    result = planned(
        view(Side.WICE, item("p:1", EVA)), view(Side.EXCHANGE, item("e1", edited)), link(EVA), policy=one_way
    )
    assert not any(action.writes for action in result.plan.actions)
    assert [hint.reason for hint in result.plan.hints] == [HintReason.COMPANY_DATA_IGNORED]


def test_R8_a_contact_gone_in_exchange_is_removed_in_wice_and_ends_the_link() -> None:
    result = planned(
        view(Side.WICE, item("p:1", EVA, version="1")), view(Side.EXCHANGE, gone={"e1": Absence.DELETED}), link(EVA)
    )
    action = only(result)
    assert (writes(action), action.reason, action.ends_link) == (
        [(Side.WICE, Op.DELETE)],
        Reason.GONE_IN_EXCHANGE,
        True,
    )
    assert action.writes[0].before == EVA


@pytest.mark.parametrize(
    ("absence", "into"), [(Absence.UNFLAGGED, "p:1"), (Absence.BINNED, None), (Absence.DEACTIVATED, None)]
)
def test_R22_an_edit_in_exchange_that_wins_over_a_removal_in_wice_brings_it_back(
    absence: Absence, into: str | None
) -> None:
    edited = replace(EVA, phone="1", company_name="")
    result = planned(
        view(Side.WICE, gone={"p:1": absence}),
        view(Side.EXCHANGE, item("e1", edited)),
        link(EVA),
        policy=Policy(conflict=Conflict.EXCHANGE),
    )
    action = only(result)
    assert writes(action) == [(Side.WICE, Op.ADD)]
    assert (action.writes[0].into, action.link, action.conflict) == (into, "link", True)


def test_R22_the_loser_of_a_removal_in_wice_is_in_the_history() -> None:
    ours, theirs = replace(EVA, phone="w"), replace(EVA, phone="e")
    wice = view(Side.WICE, gone={"p:1": Absence.UNFLAGGED}, remains={ItemId("p:1"): ours})
    policy = Policy(conflict=Conflict.EXCHANGE)
    action = only(planned(wice, view(Side.EXCHANGE, item("e1", theirs)), link(EVA), policy=policy))
    assert (action.writes[0].before, action.writes[0].record) == (ours, theirs)


def test_R15_wices_participants_reach_the_body_and_exchanges_attendees_reach_wice() -> None:
    bernd = Participant(name="Bernd", email="bernd@example.com")
    with_bernd = replace(MEETING, participants=(bernd,))
    to_exchange = only(
        planned(
            view(Side.WICE, item("a:1", with_bernd)),
            view(Side.EXCHANGE, item("e1", MEETING)),
            link(MEETING, wice="a:1"),
        )
    )
    assert writes(to_exchange) == [(Side.EXCHANGE, Op.CHANGE)]
    shown = replace(MEETING, shown=("Bernd (bernd@example.com)",))
    settled = planned(
        view(Side.WICE, item("a:1", with_bernd)), view(Side.EXCHANGE, item("e1", shown)), link(MEETING, wice="a:1")
    )
    assert settled.plan.actions == ()
    to_wice = only(
        planned(
            view(Side.WICE, item("a:1", MEETING)),
            view(Side.EXCHANGE, item("e1", with_bernd)),
            link(MEETING, wice="a:1"),
        )
    )
    assert writes(to_wice) == [(Side.WICE, Op.CHANGE)]


def test_R20_what_ended_before_the_window_is_held_without_a_hint() -> None:
    window = Policy(window_start=date(2026, 7, 1))
    result = planned(view(Side.WICE, item("a:1", MEETING)), view(Side.EXCHANGE, item("e1", MEETING)), policy=window)
    assert (result.plan.actions, result.plan.hints) == ((), ())
    assert {(seen.side, seen.held) for seen in result.holds} == {(side, HintReason.OUT_OF_WINDOW) for side in Side}


@pytest.mark.parametrize("side", Side)
def test_R20_an_item_that_aged_out_is_never_taken_for_deleted(side: Side) -> None:
    window = Policy(window_start=date(2026, 7, 1))
    gone = {Side.WICE: {"a:1": Absence.LEFT}, Side.EXCHANGE: {"e1": Absence.DELETED}}
    views = {each: view(each, gone=gone[side] if each is side else None) for each in Side}
    action = only(planned(views[Side.WICE], views[Side.EXCHANGE], link(MEETING, wice="a:1"), policy=window))
    assert (action.writes, action.reason, action.ends_link) == ((), Reason.AGED_OUT, True)


def test_R20_an_edit_that_brings_it_back_into_the_window_travels() -> None:
    window = Policy(window_start=date(2026, 7, 1))
    later = NINE + timedelta(days=60)
    moved = replace(MEETING, when=Timed(start=later, end=later + timedelta(hours=1)))
    exchange = view(Side.EXCHANGE, item("e1", moved))
    action = only(planned(view(Side.WICE, item("a:1", MEETING)), exchange, link(MEETING, wice="a:1"), policy=window))
    assert writes(action) == [(Side.WICE, Op.CHANGE)]


@pytest.mark.parametrize("side", Side)
def test_R18_a_linked_item_that_cannot_be_read_holds_both_sides(side: Side) -> None:
    held = Held(ItemId("p:1" if side is Side.WICE else "e1"), Version("2"), Obstacle.SERIES, "Jour fixe")
    views = {each: view(each) for each in Side}
    views[side] = view(side, held={held.id: held})
    other = side.other
    views[other] = view(other, gone={"e1" if side is Side.WICE else "p:1": Absence.DELETED})
    result = planned(views[Side.WICE], views[Side.EXCHANGE], link(EVA))
    assert result.plan.actions == ()
    assert [hint.reason for hint in result.plan.hints] == [HintReason.SERIES]
    assert result.holds == ()


def test_R7_an_unlinked_item_that_cannot_be_read_is_held_and_hinted_once_per_plan() -> None:
    held = Held(ItemId("e5"), Version("2"), Obstacle.NOT_A_CONTACT, "Verteiler")
    result = planned(None, view(Side.EXCHANGE, held={held.id: held}))
    assert [seen.held for seen in result.holds] == [HintReason.NOT_A_CONTACT]
    parked = (Seen(Side.EXCHANGE, ItemId("e5"), Version("2"), held=HintReason.NOT_A_CONTACT, label="Verteiler"),)
    again = planned(None, view(Side.EXCHANGE, parked=parked))
    assert [hint.reason for hint in again.plan.hints] == [HintReason.NOT_A_CONTACT]


def test_R27_companies_come_first_and_removals_last() -> None:
    gone = view(Side.WICE, item("p:5", Contact(last_name="Neu")), gone={"p:1": Absence.UNFLAGGED})
    exchange = view(Side.EXCHANGE, item("e1", EVA, version="1"), item("e9", replace(EVA, last_name="Andere")))
    result = planned(gone, exchange, link(EVA))
    ops = [[op for _, op in writes(action)] for action in result.plan.actions]
    assert result.plan.actions[0].creates_company
    assert ops[-1] == [Op.DELETE]
    assert len(ops) == 4
