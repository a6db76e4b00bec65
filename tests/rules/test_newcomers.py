"""Items that are linked to nothing yet: twins, copies, returners, late creations, people of known and unknown companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.account import Conflict, Direction, TargetChanges
from app.domain.appointment import Occurrence, Timed
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import fingerprint
from app.domain.ids import AttemptId, ItemId, LinkId
from app.domain.plan import HintReason, Op, Reason
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Absence, Side, Stamp
from app.rules.planner import former_wice_ids
from app.rules.policy import Policy
from tests.rules.situations import EVA, MEETING, NINE, company, item, link, only, planned, view, writes


@pytest.mark.parametrize(
    ("conflict", "phone", "company"), [(Conflict.WICE, "w", "Muster GmbH"), (Conflict.EXCHANGE, "e", "Muster GmbH")]
)
def test_R24_twins_that_differ_are_merged_field_by_field_and_listed(
    conflict: Conflict, phone: str, company: str
) -> None:
    ours = replace(EVA, phone="w", department="Einkauf")
    theirs = Contact(first_name="Eva", last_name="Schulz", email="eva@example.com", phone="e", position="Chefin")
    result = planned(
        view(Side.WICE, item("p:1", ours)), view(Side.EXCHANGE, item("e1", theirs)), policy=Policy(conflict=conflict)
    )
    action = only(result)
    assert action.reason is Reason.TWIN_DIFFERS
    assert writes(action) == [(Side.WICE, Op.CHANGE), (Side.EXCHANGE, Op.CHANGE)]
    record = action.writes[0].record
    assert isinstance(record, Contact)
    expected = (phone, "Einkauf", "Chefin", company)
    assert (record.phone, record.department, record.position, record.company_name) == expected
    assert {"phone", "department", "position"} <= set(action.fields)


@pytest.mark.parametrize("direction", [Direction.TO_WICE, Direction.TO_EXCHANGE])
@pytest.mark.parametrize("changes", TargetChanges)
def test_R23_R24_twins_of_a_one_way_profile_change_the_target_only(
    direction: Direction, changes: TargetChanges
) -> None:
    ours, theirs = replace(EVA, phone="w"), replace(EVA, phone="e")
    policy = Policy(direction=direction, target_changes=changes)
    action = only(planned(view(Side.WICE, item("p:1", ours)), view(Side.EXCHANGE, item("e1", theirs)), policy=policy))
    target = direction.target
    assert writes(action) == ([(target, Op.CHANGE)] if changes is TargetChanges.OVERWRITE else [])


def test_R24_a_copy_of_a_synced_item_is_a_new_item() -> None:
    stamp = Stamp(LinkId("link"), AttemptId("a1"), fingerprint(EVA))
    copy = replace(EVA, company_name="")
    action = only(planned(view(Side.WICE), view(Side.EXCHANGE, item("e2", copy, stamp)), link(EVA)))
    assert (writes(action), action.reason, action.link) == ([(Side.WICE, Op.ADD)], Reason.NEW_IN_EXCHANGE, "new1")


def test_R24_an_item_moved_away_and_back_stays_the_same_thing() -> None:
    stamp = Stamp(LinkId("link"), AttemptId("a1"), fingerprint(EVA))
    exchange = view(Side.EXCHANGE, item("e2", EVA, stamp), gone={"e1": Absence.MOVED_AWAY})
    result = planned(None, exchange, link(EVA))
    assert result.plan.actions == ()
    (settled,) = result.settled
    assert settled.exchange
    assert (settled.link, settled.exchange.id) == ("link", "e2")


def test_R24_an_item_without_a_stamp_is_known_again_by_its_twin_in_wice() -> None:
    edited = replace(EVA, department="Einkauf")
    exchange = view(Side.EXCHANGE, item("e2", edited), gone={"e1": Absence.MOVED_AWAY})
    action = only(planned(view(Side.WICE, item("p:1", EVA, version="1")), exchange, link(EVA)))
    assert (action.link, writes(action), action.reason) == (
        "link",
        [(Side.WICE, Op.CHANGE)],
        Reason.CHANGED_IN_EXCHANGE,
    )


def test_R24_of_two_equal_arrivals_one_takes_the_place_of_the_item_that_is_gone() -> None:
    alone = replace(EVA, company_name="")
    exchange = view(Side.EXCHANGE, item("e2", alone), item("e3", alone), gone={"e1": Absence.MOVED_AWAY})
    result = planned(view(Side.WICE, item("p:1", alone, version="1")), exchange, link(alone))
    assert [(done.link, done.exchange and done.exchange.id) for done in result.settled] == [("link", "e2")]
    other = only(result)
    assert other.exchange
    assert (writes(other), other.exchange.id) == ([(Side.WICE, Op.ADD)], "e3")


def test_R30_a_creation_that_took_effect_after_it_was_given_up_is_removed_again() -> None:
    late = Stamp(LinkId("link"), AttemptId("late"), fingerprint(EVA))
    exchange = view(Side.EXCHANGE, item("e2", EVA, late))
    action = only(planned(None, exchange, link(EVA), lost=frozenset({AttemptId("late")})))
    assert (writes(action), action.reason) == ([(Side.EXCHANGE, Op.DELETE)], Reason.ORPHANED_COPY)
    both = planned(view(Side.WICE, item("p:9", EVA)), exchange, lost=frozenset({AttemptId("late")}))
    assert (only(both).reason, only(both).writes) == (Reason.TWIN, ())
    edited = view(Side.EXCHANGE, item("e2", replace(EVA, phone="1", company_name=""), late))
    assert only(planned(None, edited, link(EVA), lost=frozenset({AttemptId("late")}))).reason is Reason.NEW_IN_EXCHANGE


def test_R8_an_item_that_comes_back_is_joined_to_its_former_record() -> None:
    former = link(replace(EVA, company_name=""), ended=True)
    returned = item("e2", replace(EVA, company_name=""))
    assert former_wice_ids([former], [returned]) == {"p:1"}
    result = planned(view(Side.WICE, gone={"p:1": Absence.UNFLAGGED}), view(Side.EXCHANGE, returned), former)
    assert only(result).writes[0].into == "p:1"
    binned = planned(view(Side.WICE, gone={"p:1": Absence.BINNED}), view(Side.EXCHANGE, returned), former)
    assert only(binned).writes[0].into is None


def test_R8_R22_what_wice_edited_meanwhile_survives_the_return_and_is_in_the_history() -> None:
    former = link(replace(EVA, company_name=""), ended=True)
    returned = replace(EVA, company_name="", position="Chefin")
    ours = replace(EVA, company_name="", phone="new", department="Einkauf")
    wice = view(Side.WICE, gone={"p:1": Absence.UNFLAGGED}, remains={ItemId("p:1"): ours})
    stamp = Stamp(former.id, AttemptId("a1"), "")
    action = only(planned(wice, view(Side.EXCHANGE, item("e2", returned, stamp)), former))
    back, completed = action.writes
    assert (back.into, back.before, back.record) == ("p:1", ours, replace(ours, position="Chefin"))
    assert (completed.side, completed.record) == (Side.EXCHANGE, back.record)


def test_R8_R1_a_record_that_nobody_edited_meanwhile_follows_its_contact_back() -> None:
    eva = replace(EVA, company_name="")
    former = link(eva, ended=True)
    returned = replace(eva, position="Chefin", phone="")
    wice = view(Side.WICE, gone={"p:1": Absence.UNFLAGGED}, remains={ItemId("p:1"): eva})
    stamp = Stamp(former.id, AttemptId("a1"), "")
    (back,) = only(planned(wice, view(Side.EXCHANGE, item("e2", returned, stamp)), former)).writes
    assert (back.into, back.record) == ("p:1", returned)


def test_R6_an_existing_company_is_used_and_shown_on_the_contact() -> None:
    result = planned(None, view(Side.EXCHANGE, item("e1", EVA)), companies=[company(7)])
    action = only(result)
    assert writes(action) == [(Side.WICE, Op.ADD), (Side.EXCHANGE, Op.CHANGE)]
    assert action.writes[0].company == "c:7"
    assert action.fields == ("company_phone",)


def test_R6_two_candidates_are_a_hint_and_no_guess() -> None:
    result = planned(None, view(Side.EXCHANGE, item("e1", EVA)), companies=[company(7), company(8)])
    assert result.plan.actions == ()
    assert [hint.reason for hint in result.plan.hints] == [HintReason.AMBIGUOUS_COMPANY]


def test_R5_R6_two_new_people_of_one_new_company_found_it_once_and_first() -> None:
    udo = Contact(last_name="Weber", email="udo@example.com", company_name="MUSTER GmbH", company_town="Hamburg")
    result = planned(None, view(Side.EXCHANGE, item("e1", EVA), item("e2", udo)))
    first, *people = result.plan.actions
    assert (first.reason, first.creates_company) == (Reason.COMPANY_OF_NEW_PERSON, "muster gmbh")
    assert writes(first) == [(Side.WICE, Op.ADD), (Side.EXCHANGE, Op.ADD)]
    founded = first.writes[0].record
    assert isinstance(founded, Contact)
    assert (founded.entity, founded.company_town, founded.company_phone) == (Entity.COMPANY, "Hamburg", "040 1")
    assert [action.writes[0].company for action in people] == ["new:muster gmbh"] * 2


def test_R6_a_second_contact_of_a_linked_company_is_a_hint() -> None:
    muster = Contact(entity=Entity.COMPANY, company_name="Muster GmbH")
    linked = link(muster, wice="c:7")
    result = planned(None, view(Side.EXCHANGE, item("e2", muster)), linked, companies=[company(7)])
    assert result.plan.actions == ()
    assert [hint.reason for hint in result.plan.hints] == [HintReason.AMBIGUOUS_COMPANY]


def test_R6_a_contact_of_an_existing_company_joins_it_and_clears_nothing_there() -> None:
    contact = Contact(entity=Entity.COMPANY, company_name="Muster GmbH", company_url="muster.example")
    action = only(planned(None, view(Side.EXCHANGE, item("e1", contact)), companies=[company(7, "Hamburg")]))
    back, completed = action.writes
    merged = replace(contact, company_town="Hamburg", company_phone="040 9")
    assert (back.side, back.into, back.record, completed.record) == (Side.WICE, "c:7", merged, merged)


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R18_R24_of_a_series_and_a_single_appointment_that_begin_alike_the_series_stays(conflict: Conflict) -> None:
    single = replace(MEETING, when=Timed(start=NINE, end=NINE + timedelta(hours=1), zone="Europe/Berlin"))
    daily = Recurrence(unit=Unit.DAY, first=NINE.date(), count=5)
    series = replace(
        single, place="Saal", recurrence=daily, exceptions=(Occurrence(original=daily.at(2), deleted=True),)
    )
    for ours, theirs in ((single, series), (series, single)):
        result = planned(
            view(Side.WICE, item("a:1", ours)),
            view(Side.EXCHANGE, item("e1", theirs)),
            policy=Policy(conflict=conflict),
        )
        [write] = only(result).writes
        assert write.record == series
