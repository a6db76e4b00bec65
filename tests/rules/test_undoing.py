"""R33, without any server: which write undoes which, and when there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.account import Direction
from app.domain.contact import Contact
from app.domain.fingerprint import Record
from app.domain.ids import AttemptId, ItemId, LinkId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry
from app.domain.plan import HintReason, Op, Reason
from app.domain.sync import Absence, Absent, Found, Held, Item, Kind, Link, Obstacle, Side
from app.rules.policy import Policy
from app.rules.state import end_of
from app.rules.undoing import Case, pasts, undo
from tests.rules.situations import BOTH, EVA, MEETING, item, link

NOW = datetime(2026, 6, 1, tzinfo=UTC)
W, E = Side.WICE, Side.EXCHANGE
MOVED = replace(EVA, mobile_phone="0171 3920001")
GONE = Absent(ItemId("e1"), Absence.DELETED)
UNFLAGGED = Absent(ItemId("p:1"), Absence.UNFLAGGED, MOVED)


def entry(side: Side, op: Op, before: Record | None, after: Record | None, **fields: object) -> JournalEntry:
    intent = Intent(
        attempt=AttemptId("a"),
        kind=Kind.CONTACTS,
        side=side,
        op=op,
        link=LinkId("link"),
        key="link",
        label="Schulz, Eva",
        reason=str(fields.pop("reason", Reason.CHANGED_IN_WICE)),
        item=ItemId("e1" if side is E else "p:1"),
        before=before,
        after=after,
        **fields,  # type: ignore[arg-type] # fields of Intent
    )
    return JournalEntry(intent=intent, run=RunId("run"), state=IntentState.DONE, at=NOW - timedelta(days=1))


def case(
    entries: JournalEntry | list[JournalEntry], present: Found, of: Link | None = None, partner: Found | None = None
) -> Case:
    [past] = pasts(entries if isinstance(entries, list) else [entries])
    return Case(past=past, link=of or link(MOVED), present=present, partner=partner)


def reasons(one: Case, policy: Policy = BOTH, now: datetime = NOW) -> list[HintReason]:
    action, hints = undo([one], policy, now)
    assert action is None
    return [hint.reason for hint in hints]


def test_R33_a_change_is_undone_by_what_was_there_before() -> None:
    action, hints = undo([case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", MOVED))], BOTH, NOW)
    assert (action and [(w.side, w.op, w.record, w.before) for w in action.writes], hints) == (
        [(E, Op.CHANGE, EVA, MOVED)],
        (),
    )
    assert action
    assert (action.reason, action.ends_link, action.fields) == (Reason.UNDONE, False, ("mobile_phone",))
    assert (action.wice, action.exchange) == (link(MOVED).wice, end_of(item("e1", MOVED)))


def test_R33_several_writes_of_a_run_to_one_item_are_undone_as_one() -> None:
    further = replace(MOVED, position="Leitung")
    run = [entry(E, Op.CHANGE, EVA, MOVED), entry(E, Op.CHANGE, MOVED, further)]
    action, _ = undo([case(run, item("e1", further))], BOTH, NOW)
    assert action
    assert [write.record for write in action.writes] == [EVA]


def test_R33_what_came_and_went_in_one_run_is_nothing() -> None:
    assert pasts([entry(E, Op.ADD, None, EVA), entry(E, Op.DELETE, EVA, None)]) == []


def test_R33_an_undo_that_is_undone_is_said_to_be_made_again() -> None:
    action, _ = undo([case(entry(E, Op.CHANGE, EVA, MOVED, reason=Reason.UNDONE), item("e1", MOVED))], BOTH, NOW)
    assert action
    assert action.reason is Reason.REDONE


def test_R3_R33_a_field_that_the_server_did_not_take_is_no_edit() -> None:
    asked = replace(MOVED, notes="not kept")
    action, _ = undo([case(entry(W, Op.CHANGE, EVA, asked), item("p:1", MOVED))], BOTH, NOW)
    assert action
    created = case(entry(W, Op.ADD, None, asked), item("p:1", MOVED), link(MOVED))
    action, _ = undo([created], BOTH, NOW)
    assert action
    assert [write.op for write in action.writes] == [Op.DELETE]


def test_R10_R33_a_company_that_moved_since_is_no_edit_of_its_persons() -> None:
    there = replace(MOVED, company_town="Kiel")
    action, _ = undo([case(entry(W, Op.CHANGE, EVA, MOVED), item("p:1", there))], BOTH, NOW)
    assert action
    [write] = action.writes
    assert (write.record, write.write_company) == (replace(EVA, company_town="Kiel"), False)


def test_R10_R33_company_data_that_a_person_brought_are_taken_back_from_the_company() -> None:
    after = replace(EVA, company_town="Kiel")
    action, _ = undo([case(entry(W, Op.CHANGE, EVA, after), item("p:1", after))], BOTH, NOW)
    assert action
    assert [(write.record, write.write_company) for write in action.writes] == [(EVA, True)]


def test_R6_R33_who_joined_a_company_stays_in_it() -> None:
    alone = Contact(first_name="Eva", last_name="Schulz")
    joined = replace(alone, company_name="Muster GmbH", position="Leitung")
    action, _ = undo([case(entry(W, Op.CHANGE, alone, joined, company="c:1"), item("p:1", joined))], BOTH, NOW)
    assert action
    assert [write.record for write in action.writes] == [replace(alone, company_name="Muster GmbH")]


def test_R33_both_sides_of_a_conflict_are_undone_together() -> None:
    ours = case(entry(W, Op.CHANGE, EVA, MOVED), item("p:1", MOVED))
    theirs = case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", MOVED))
    action, _ = undo([theirs, ours], BOTH, NOW)
    assert action
    assert [write.side for write in action.writes] == [W, E]


def test_R33_what_was_removed_comes_back_alone_or_to_its_partner() -> None:
    ended = link(MOVED, ended=True)
    removed = entry(E, Op.DELETE, MOVED, None)
    for partner, ends in ((UNFLAGGED, True), (item("p:1", MOVED), False)):
        action, _ = undo([case(removed, GONE, ended, partner)], BOTH, NOW)
        assert action
        assert ([(w.op, w.record, w.into) for w in action.writes], action.ends_link) == ([(Op.ADD, MOVED, None)], ends)


def test_R8_R33_a_record_in_wice_is_brought_back_as_people_left_it() -> None:
    ended = link(EVA, ended=True)
    action, _ = undo([case(entry(W, Op.DELETE, EVA, None), UNFLAGGED, ended, GONE)], BOTH, NOW)
    assert action
    assert [(w.op, w.record, w.into) for w in action.writes] == [(Op.ADD, MOVED, "p:1")]


def test_R33_two_halves_that_both_come_back_are_linked_again() -> None:
    ended = link(MOVED, ended=True)
    ours = case(entry(W, Op.DELETE, MOVED, None), UNFLAGGED, ended, GONE)
    theirs = case(entry(E, Op.DELETE, MOVED, None), GONE, ended, UNFLAGGED)
    action, _ = undo([ours, theirs], BOTH, NOW)
    assert action
    assert not action.ends_link


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", EVA)), []),
        (case(entry(E, Op.DELETE, EVA, None), item("e2", EVA)), []),
        (
            case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", replace(MOVED, position="Leitung"))),
            [HintReason.UNDO_CHANGED_SINCE],
        ),
        (
            case(entry(E, Op.ADD, None, EVA), item("e1", replace(EVA, email=""))),
            [HintReason.UNDO_CHANGED_SINCE],
        ),
        (case(entry(E, Op.CHANGE, EVA, MOVED), GONE), [HintReason.UNDO_GONE]),
        (case(entry(E, Op.ADD, None, EVA), GONE), [HintReason.UNDO_GONE]),
        (
            case(entry(E, Op.CHANGE, EVA, MOVED), Held(ItemId("e1"), item("e1", EVA).version, Obstacle.UNREADABLE)),
            [HintReason.UNDO_GONE],
        ),
        (
            case(entry(W, Op.DELETE, EVA, None), Absent(ItemId("p:1"), Absence.BINNED), link(EVA, ended=True), GONE),
            [HintReason.UNDO_GONE],
        ),
        (case(entry(E, Op.CHANGE, None, MOVED), item("e1", MOVED)), [HintReason.UNDO_IMPOSSIBLE]),
        (case(entry(E, Op.DELETE, None, None), GONE, link(EVA, ended=True)), [HintReason.UNDO_IMPOSSIBLE]),
        (
            case(entry(E, Op.DELETE, EVA, None, reason=Reason.ORPHANED_COPY), GONE, link(EVA, ended=True)),
            [HintReason.UNDO_IMPOSSIBLE],
        ),
        (case(entry(E, Op.DELETE, EVA, None), GONE, link(EVA)), [HintReason.UNDO_CHANGED_SINCE]),
        (
            case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", MOVED), link(MOVED, incomplete=True)),
            [HintReason.UNDO_IMPOSSIBLE],
        ),
    ],
    ids=[
        "undone already",
        "back already",
        "edited since",
        "created and edited since",
        "changed and gone",
        "created and gone",
        "unreadable",
        "binned",
        "no before image",
        "no image of what went",
        "our own second copy",
        "linked anew",
        "half done",
    ],
)
def test_R33_what_cannot_be_undone_is_said(one: Case, expected: list[HintReason]) -> None:
    assert reasons(one) == expected


def test_R33_nothing_is_brought_back_beside_a_partner_that_has_another_now() -> None:
    one = case(entry(E, Op.DELETE, EVA, None), GONE, link(EVA, ended=True), item("p:1", EVA))
    assert reasons(replace(one, taken=True)) == [HintReason.UNDO_CHANGED_SINCE]


def test_R33_only_for_ninety_days() -> None:
    one = case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", MOVED))
    assert reasons(one, now=NOW + timedelta(days=90)) == [HintReason.UNDO_EXPIRED]


def test_R21_R33_never_at_the_source() -> None:
    one = case(entry(E, Op.CHANGE, EVA, MOVED), item("e1", MOVED))
    assert reasons(one, Policy(direction=Direction.TO_WICE)) == [HintReason.UNDO_IMPOSSIBLE]


def test_R15_R33_the_block_of_participants_comes_back_although_no_field_differs() -> None:
    shown = replace(MEETING, shown=("Uwe Weber",))
    [past] = pasts([entry(E, Op.CHANGE, shown, MEETING)])
    action, _ = undo([Case(past=past, link=link(MEETING), present=item("e1", MEETING))], BOTH, NOW)
    assert action
    assert [write.record for write in action.writes] == [shown]


def test_R35_R33_of_a_link_that_was_dropped_only_the_content_is_restored() -> None:
    [past] = pasts([entry(E, Op.CHANGE, EVA, MOVED, other=link(EVA).wice)])
    present: Item = item("e1", MOVED)
    action, _ = undo([Case(past=past, link=None, present=present)], BOTH, NOW)
    assert action
    assert (action.wice, action.exchange, action.ends_link) == (None, end_of(present), False)
