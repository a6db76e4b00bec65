"""R33: what an undo has left without a partner is nobody's news until somebody edits it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.ids import ItemId, LinkId
from app.domain.plan import HintReason, Op
from app.domain.sync import Side, Stamp
from tests.rules.situations import EVA, item, link, planned, view

UNDONE = link(EVA, ended=True, undone=True)
W, E = Side.WICE, Side.EXCHANGE


def test_R33_it_is_held_with_a_hint_and_nothing_is_planned() -> None:
    ours, theirs = item("p:1", EVA), item("e1", EVA)
    for side, one, views in ((W, ours, (view(W, ours), view(E))), (E, theirs, (view(W), view(E, theirs)))):
        result = planned(*views, UNDONE)
        assert result.plan.actions == ()
        assert [hint.reason for hint in result.plan.hints] == [HintReason.UNDONE]
        assert [(seen.side, seen.id, seen.held) for seen in result.holds] == [(side, one.id, HintReason.UNDONE)]


def test_R33_read_within_its_versions_resolution_it_is_looked_at_again() -> None:
    result = planned(view(W, replace(item("p:1", EVA), certain=False)), view(E), UNDONE)
    assert (result.plan.actions, result.holds) == ((), ())


def test_R33_edited_it_is_a_newcomer_like_any_other() -> None:
    edited = replace(EVA, position="Leitung")
    [action] = planned(view(W, item("p:1", edited)), view(E), UNDONE).plan.actions
    assert [(write.side, write.op) for write in action.writes] == [(E, Op.ADD)]


def test_R33_a_former_link_that_was_no_undo_leaves_nothing_alone() -> None:
    [action] = planned(view(W, item("p:1", EVA)), view(E), replace(UNDONE, undone=False)).plan.actions
    assert [(write.side, write.op) for write in action.writes] == [(E, Op.ADD)]


def test_R24_R33_its_partner_that_somebody_brings_back_is_linked_to_it_whatever_it_is_called() -> None:
    renamed = replace(EVA, last_name="Weber", email="", company_name="", company_phone="")
    copy = item("e9", renamed, stamp=Stamp(LinkId("link"), "attempt", "content"))  # type: ignore[arg-type] # an id
    [action] = planned(view(W, item("p:1", EVA)), view(E, copy), UNDONE).plan.actions
    assert (action.wice and action.wice.id, action.exchange and action.exchange.id) == ("p:1", "e9")


def test_R24_R33_a_newcomer_that_is_its_twin_is_linked_to_it() -> None:
    [action] = planned(view(W, item("p:1", EVA)), view(E, item("e9", EVA)), UNDONE).plan.actions
    assert (action.writes, action.exchange and action.exchange.id) == ((), "e9")


def test_R33_two_that_are_both_left_alone_stay_apart() -> None:
    other = replace(link(EVA, "p:7", "e7", ended=True, undone=True), id=LinkId("other"))
    result = planned(view(W, item("p:1", EVA)), view(E, item("e7", EVA)), UNDONE, other)
    assert result.plan.actions == ()
    assert {seen.id for seen in result.holds} == {ItemId("p:1"), ItemId("e7")}


def test_R33_a_link_whose_change_was_undone_says_so_until_something_is_planned_about_it() -> None:
    kept = link(EVA, undone=True)
    assert [hint.reason for hint in planned(None, None, kept).plan.hints] == [HintReason.UNDONE]
    edited = item("p:1", replace(EVA, position="Leitung"))
    result = planned(view(W, edited), view(E, item("e1", EVA)), kept)
    assert ([hint.reason for hint in result.plan.hints], len(result.plan.actions)) == ([], 1)
