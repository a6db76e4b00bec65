"""R19: what of private appointments travels, word by word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import PrivateAppointments
from app.domain.appointment import Appointment, Occurrence, Participant, Timed
from app.domain.occurrences import regular, settled
from app.domain.plan import HintReason, Op, Reason
from app.domain.recurrence import Recurrence, Unit
from app.domain.sync import Absence, Side
from app.rules.policy import Policy
from app.rules.privacy import BUSY_TITLE, for_exchange, for_wice
from tests.rules.situations import MEETING, item, link, only, planned, view, writes

BUSY, STAYS = (
    Policy(private_appointments=choice) for choice in (PrivateAppointments.BUSY, PrivateAppointments.EXCHANGE)
)
GUEST = Participant(name="Gast", email="gast@example.com")
DOCTOR = replace(MEETING, title="Arzt", text="Befund", place="Klinik", private=True, participants=(GUEST,))
SHOWN = replace(MEETING, title=BUSY_TITLE, private=True)
FIRST = date(2026, 6, 1)
WEEKLY = Recurrence(unit=Unit.WEEK, first=FIRST, weekdays=(0,), count=5)


def series(**fields: object) -> Appointment:
    start = datetime(2026, 6, 1, 7, tzinfo=UTC)
    when = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    return Appointment(title="Jour fixe", when=when, recurrence=WEEKLY, **fields)  # type: ignore[arg-type] # fields of Appointment


def dated(number: int, words: str, *, private: bool = False, later: int = 0) -> Occurrence:
    usual = regular(series(), WEEKLY.at(number))
    assert isinstance(usual.when, Timed)
    when = replace(
        usual.when, start=usual.when.start + timedelta(hours=later), end=usual.when.end + timedelta(hours=later)
    )
    return replace(usual, title=words, text=words, place=words, private=private, when=when)


@pytest.mark.parametrize(("policy", "sent"), [(Policy(), DOCTOR), (BUSY, SHOWN)])
def test_R19_a_private_appointment_comes_into_wice_as_the_profile_says(policy: Policy, sent: Appointment) -> None:
    action = only(planned(None, view(Side.EXCHANGE, item("e1", DOCTOR)), link(MEETING, "a:9", "e9"), policy=policy))
    assert (writes(action), action.writes[0].record) == ([(Side.WICE, Op.ADD)], sent)
    assert action.label.startswith("Arzt" if policy == Policy() else BUSY_TITLE)
    assert ("arzt" in action.terms) is (policy == Policy())


def test_R19_one_that_stays_in_exchange_is_held_without_its_name() -> None:
    result = planned(None, view(Side.EXCHANGE, item("e1", DOCTOR)), link(MEETING, "a:9", "e9"), policy=STAYS)
    assert (result.plan.actions, result.plan.hints) == ((), ())
    [held] = result.holds
    assert (held.held, held.label, held.terms) == (HintReason.PRIVATE_STAYS, SHOWN.label, "")


@pytest.mark.parametrize("policy", [BUSY, STAYS])
def test_R19_an_appointment_that_becomes_private_loses_its_words_in_wice(policy: Policy) -> None:
    before = replace(DOCTOR, private=False, participants=())
    wice, exchange = view(Side.WICE, item("p:1", before)), view(Side.EXCHANGE, item("e1", DOCTOR))
    action = only(planned(wice, exchange, link(before), policy=policy))
    assert (writes(action), action.writes[0].record) == ([(Side.WICE, Op.CHANGE)], SHOWN)


@pytest.mark.parametrize("policy", [BUSY, STAYS])
@pytest.mark.parametrize("side", list(Side))
def test_R19_words_do_not_travel_and_nothing_is_written_for_them(policy: Policy, side: Side) -> None:
    edited = {Side.WICE: replace(SHOWN, title="Frei?"), Side.EXCHANGE: replace(DOCTOR, text="Neuer Befund")}
    now = {Side.WICE: SHOWN, Side.EXCHANGE: DOCTOR} | {side: edited[side]}
    known = replace(link(SHOWN), exchange=link(DOCTOR).exchange)
    views = view(Side.WICE, item("p:1", now[Side.WICE])), view(Side.EXCHANGE, item("e1", now[Side.EXCHANGE]))
    result = planned(*views, known, policy=policy)
    assert result.plan.actions == ()
    assert [action.reason for action in result.settled] == [Reason.UNCHANGED]


@pytest.mark.parametrize("policy", [BUSY, STAYS])
def test_R19_times_travel_both_ways_and_words_stay(policy: Policy) -> None:
    assert isinstance(MEETING.when, Timed)
    later = replace(MEETING.when, end=MEETING.when.end + timedelta(hours=1))
    known = replace(link(SHOWN), exchange=link(DOCTOR).exchange)
    moved = view(Side.WICE, item("p:1", replace(SHOWN, when=later))), view(Side.EXCHANGE, item("e1", DOCTOR))
    record = only(planned(*moved, known, policy=policy)).writes[0].record
    assert isinstance(record, Appointment)
    assert (record.when, record.title, record.text, record.place, record.private) == (later, "Arzt", "Befund", "Klinik", True)  # fmt: skip
    moved = view(Side.WICE, item("p:1", SHOWN)), view(Side.EXCHANGE, item("e1", replace(DOCTOR, when=later)))
    assert only(planned(*moved, known, policy=policy)).writes[0].record == replace(SHOWN, when=later)


def test_R14_R19_what_stays_in_exchange_is_not_deleted_from_wice() -> None:
    known = replace(link(SHOWN), exchange=link(DOCTOR).exchange)
    sides = view(Side.WICE, gone={"p:1": Absence.LEFT}), view(Side.EXCHANGE, item("e1", DOCTOR))
    kept, removed = (only(planned(*sides, known, policy=policy)) for policy in (STAYS, BUSY))
    assert (writes(kept), kept.ends_link, kept.reason) == ([], True, Reason.PRIVATE_STAYS)
    assert writes(removed) == [(Side.EXCHANGE, Op.DELETE)], "R14: a busy time that is removed in Wice is over"


def test_R18_R19_private_dates_of_a_public_series_are_busy_in_wice() -> None:
    theirs = series(exceptions=(dated(2, "Arzt", private=True, later=2), dated(3, "mit Gast")))
    shown = for_wice(theirs, series())
    second, third = shown.exceptions
    assert (shown.title, second.title, second.text, second.place) == ("Jour fixe", BUSY_TITLE, "", "")
    assert (second.when, second.private) == (dated(2, "", later=2).when, True)
    assert third == dated(3, "mit Gast")


def test_R18_R19_a_private_date_that_is_restored_in_wice_keeps_its_words_in_exchange() -> None:
    theirs = series(exceptions=(dated(2, "Arzt", private=True, later=2),))
    back = for_exchange(series(), theirs)
    assert back.exceptions == (dated(2, "Arzt", private=True),), "at its usual time again"


_WORDS = st.sampled_from(["", "eins", "zwei"])


@st.composite
def _appointments(draw: st.DrawFn) -> Appointment:
    dates = st.builds(dated, st.integers(1, 5), _WORDS, private=st.booleans(), later=st.integers(0, 3)) | st.builds(
        lambda number: Occurrence(original=WEEKLY.at(number), deleted=True), st.integers(1, 5)
    )
    chosen = {one.original: one for one in draw(st.lists(dates, max_size=4))}
    whole = series(
        private=draw(st.booleans()), text=draw(_WORDS), place=draw(_WORDS), exceptions=tuple(chosen.values())
    )
    single = replace(whole, recurrence=None, exceptions=())
    return draw(st.sampled_from([settled(whole), single]))


def _private_words(record: Appointment) -> dict[object, tuple[str, ...]]:
    found: dict[object, tuple[str, ...]] = {"": (record.title, record.text, record.place)} if record.private else {}
    dates = (one for one in record.exceptions if not one.deleted and (one.private or record.private))
    return found | {one.original: (one.title, one.text, one.place) for one in dates}


@given(_appointments(), _appointments())
def test_R19_no_private_word_ever_reaches_wice_and_none_is_lost_in_exchange(ours: Appointment, theirs: Appointment):
    sent, there = for_wice(theirs, ours), _private_words(ours)
    for name, words in _private_words(sent).items():
        allowed = [(BUSY_TITLE, "", ""), there.get(name), there.get("")]
        assert words in allowed, "what is private in Exchange shows as busy, or with the words that Wice had"
    written = for_exchange(ours, theirs)
    deleted = {one.original for one in ours.exceptions if one.deleted}
    kept = {day: one for day, one in _private_words(theirs).items() if day not in deleted}
    for name, words in kept.items():
        if name == "" or written.recurrence:
            assert _private_words(written).get(name, words) == words
            assert name in _private_words(written) or words == kept.get("")
