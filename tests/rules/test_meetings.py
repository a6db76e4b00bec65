"""Who decides about a meeting that several accounts hold (D1), and whom an organiser's edit does not bring back (D2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.appointment import Occurrence, Part, Participant, Timed
from app.domain.ids import LinkId
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Absence, Holder, Say, Side
from app.rules import meetings
from tests.rules.situations import MEETING, NINE, item, link, only, planned, view, writes

COPY, ATTENDS, BROUGHT, ORGANIZES = Say
ANNA = Holder("anna", LinkId("a"), ORGANIZES, "anna@example.com")
ATTENDED = replace(MEETING, part=Part.ATTENDEE)
LINKED = link(MEETING, "a:1", "e1")


@pytest.mark.parametrize(
    ("say", "mine", "others", "leads"),
    [
        (ORGANIZES, "m", (ORGANIZES, BROUGHT), None),
        (COPY, "m", (ORGANIZES,), None),
        (ATTENDS, "m", (), None),
        (ATTENDS, "m", (COPY,), None),
        (ATTENDS, "m", (ATTENDS, ORGANIZES), 1),
        (BROUGHT, "m", (ATTENDS, ORGANIZES), 1),
        (BROUGHT, "m", (ATTENDS,), None),
        (ATTENDS, "m", (ATTENDS, BROUGHT), 1),
        (ATTENDS, "a", (ATTENDS,), None),
        (ATTENDS, "z", (ATTENDS,), 0),
        (ATTENDS, None, (ATTENDS,), 0),
    ],
)
def test_D1_exactly_one_account_decides(say: Say, mine: str | None, others: tuple[Say, ...], leads: int | None):
    holders = [Holder(f"h{number}", LinkId(f"h{number}"), other) for number, other in enumerate(others)]
    found = meetings.leader_over(say, LinkId(mine) if mine else None, holders)
    assert found == (None if leads is None else holders[leads])
    left = [replace(holder, left=True) for holder in holders]
    assert meetings.leader_over(say, LinkId(mine) if mine else None, left) is None


@pytest.mark.parametrize("before", [ATTENDS, BROUGHT])
def test_D1_of_accounts_that_all_only_attend_one_decides_and_all_agree_on_it(before: Say):
    all_of_them = [Holder(name, LinkId(name), before) for name in "cab"]
    leaders = {
        one.account: meetings.leader_over(one.say, one.link, [other for other in all_of_them if other is not one])
        for one in all_of_them
    }
    assert {name: found.account if found else None for name, found in leaders.items()} == {
        "a": None,
        "b": "a",
        "c": "a",
    }


def test_D1_dates_that_an_attendee_has_deleted_stay_deleted():
    rule = Recurrence(unit=Unit.DAY, first=date(2026, 6, 1), interval=1, count=3)
    gone = Occurrence(original=date(2026, 6, 2), deleted=True)
    when = Timed(start=NINE, end=NINE, zone="Europe/Berlin")
    ours = replace(MEETING, when=when, recurrence=rule, place="neu")
    theirs = replace(ours, exceptions=(gone,), place="alt", part=Part.ATTENDEE)
    assert meetings.for_attendee(ours, theirs) == replace(ours, exceptions=(gone,))
    assert meetings.for_attendee(ours, replace(theirs, part=Part.ORGANIZER)) == ours
    assert meetings.for_wice(theirs, ours) == meetings.for_wice(theirs, None) == replace(theirs, exceptions=())
    moved = replace(gone, deleted=False, when=ours.when, title="anders")
    assert meetings.for_wice(theirs, replace(ours, exceptions=(moved,))) == replace(theirs, exceptions=(moved,))
    organised = replace(theirs, part=Part.ORGANIZER)
    assert meetings.for_wice(organised, ours) == organised


def test_D2_who_has_left_is_not_brought_back_by_the_organisers_edit():
    people = tuple(Participant(email=f"{name}@example.com") for name in ("anna", "bernd", "carla"))
    theirs = replace(MEETING, participants=people, part=Part.ORGANIZER)
    gone = replace(ANNA, left=True)
    back = Holder("bernd", LinkId("b"), ATTENDS, "bernd@example.com")
    holders = [gone, back, replace(back, link=LinkId("old"), left=True)]
    assert meetings.invited(theirs, holders) == replace(theirs, participants=people[1:])


def test_D1_an_attendees_edit_is_noted_and_hinted_but_not_written():
    theirs = view(Side.EXCHANGE, item("e1", replace(ATTENDED, place="Kantine")))
    ours = view(Side.WICE, item("a:1", MEETING, version="1"))
    result = planned(ours, theirs, LINKED, holders={"a:1": [ANNA]})
    assert result.plan.actions == ()
    assert [(action.apart, action.part) for action in result.settled] == [(True, Part.ATTENDEE)]
    assert [(hint.reason.value, hint.detail) for hint in result.plan.hints] == [("not_the_organizer", "anna")]
    assert writes(only(planned(ours, theirs, LINKED))) == [(Side.WICE, "change")]


def test_D2_declined_and_edited_in_wice_it_is_left_and_not_created_again():
    ours = view(Side.WICE, item("a:1", replace(MEETING, place="neu")))
    declined = view(Side.EXCHANGE, gone={"e1": Absence.DECLINED})
    assert writes(only(planned(ours, declined, LINKED))) == [(Side.WICE, "delete")]
