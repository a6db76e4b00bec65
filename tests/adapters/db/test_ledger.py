"""The books of a run: what was seen, intended, done and planned; on both databases."""

from dataclasses import replace
from datetime import date

import pytest

from app.adapters.db.errors import BooksBroken
from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, LinkId, Version
from app.domain.journal import IntentState, Settlement
from app.domain.plan import Failure, HintReason, Seen
from app.domain.sync import Absence, Item, Link, Sighting
from app.domain.writes import Missing, Refused, Stale, Unknown, Written
from app.ports import Cursor
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, EXCHANGE, WICE, configure, counted_statements, intent, link


@pytest.fixture
def ledger(database, profile):
    with database.books.open(profile, "sync") as ledger:
        yield ledger


def sighting(number: int, version: str = "1", **more: bool) -> Sighting:
    return Sighting(ItemId(f"address:{number}"), Version(version), **more)


def test_a_page_is_stored_with_the_cursor_behind_it(ledger):
    assert ledger.cursor(CONTACTS, WICE) == Cursor()
    ledger.save_page(CONTACTS, WICE, [sighting(1), sighting(2, gone=True)], Cursor("after 2", inventory_open=True))
    ledger.save_page(APPOINTMENTS, WICE, [], Cursor("elsewhere"))
    assert ledger.cursor(CONTACTS, WICE) == Cursor("after 2", inventory_open=True)
    assert ledger.cursor(CONTACTS, EXCHANGE) == Cursor()
    assert ledger.seen(CONTACTS, WICE) == [
        Seen(WICE, ItemId("address:1"), Version("1")),
        Seen(WICE, ItemId("address:2"), Version("1"), gone=True),
    ]
    assert ledger.seen(APPOINTMENTS, WICE) == ledger.seen(CONTACTS, EXCHANGE) == []


def test_R42_of_an_item_listed_twice_the_last_word_counts(ledger):
    ledger.save_page(CONTACTS, WICE, [sighting(1, "1"), sighting(1, "2")], Cursor("a"))
    ledger.save_page(CONTACTS, WICE, [sighting(1, "3")], Cursor("b"))
    assert [seen.version for seen in ledger.seen(CONTACTS, WICE)] == ["3"]


@pytest.mark.parametrize(
    ("again", "stays"), [(sighting(1, "1"), True), (sighting(1, "2"), False), (sighting(1, "1", gone=True), False)]
)
def test_a_held_item_stays_held_until_it_is_seen_otherwise(ledger, again, stays):
    held = Seen(WICE, ItemId("address:1"), Version("1"), held=HintReason.NO_NAME, label="?", detail="why")
    ledger.save_page(CONTACTS, WICE, [sighting(1)], Cursor("a"))
    ledger.hold(CONTACTS, [held])
    assert ledger.seen(CONTACTS, WICE) == [held]
    ledger.save_page(CONTACTS, WICE, [again], Cursor("b"))
    assert ledger.seen(CONTACTS, WICE) == [held if stays else Seen(WICE, again.id, again.version, gone=again.gone)]


def test_sightings_are_forgotten_by_kind(ledger):
    for kind in (CONTACTS, APPOINTMENTS):
        ledger.save_page(kind, EXCHANGE, [sighting(1), sighting(2)], Cursor("a"))
    ledger.forget_seen(CONTACTS, EXCHANGE, [ItemId("address:1")])
    ledger.forget_seen(CONTACTS, EXCHANGE, [])
    assert [len(ledger.seen(kind, EXCHANGE)) for kind in (CONTACTS, APPOINTMENTS)] == [1, 2]


def test_R30_an_intent_is_there_before_its_outcome(ledger):
    ledger.begin([intent(1), intent(2, kind=APPOINTMENTS)])
    (entry,) = ledger.open_intents(CONTACTS)
    assert (entry.intent, entry.run, entry.state, entry.result) == (intent(1), ledger.run, IntentState.BEGUN, None)
    assert entry.at.utcoffset() is not None


@pytest.mark.parametrize(
    ("outcome", "state", "result", "error"),
    [
        (Written(Item(id=ItemId("AAMk"), version=Version("C"), record=Contact())), IntentState.DONE, "AAMk", ""),
        (Written(None), IntentState.DONE, None, ""),
        (Stale(), IntentState.STALE, None, ""),
        (Missing(Absence.MOVED_AWAY), IntentState.MISSING, None, "moved_away"),
        (Refused("ErrorItemSave", "no\x00 \ud800"), IntentState.REFUSED, None, "ErrorItemSave: no ?"),
        (Unknown(), IntentState.LOST, None, ""),
    ],
)
def test_R30_each_outcome_closes_its_entry(ledger, database, outcome, state, result, error):
    ledger.begin([intent(1)])
    ledger.settle([Settlement(outcomes=((AttemptId("attempt1"), outcome),))])
    (entry,) = database.history.entries_of_run(ledger.run)
    assert (entry.state, entry.result, entry.error) == (state, result, error)
    assert bool(ledger.open_intents(CONTACTS)) == (state is IntentState.LOST)


def test_R30_recovery_closes_an_entry(ledger):
    ledger.begin([intent(1)])
    assert ledger.abandoned([AttemptId("attempt1")]) == frozenset()
    ledger.close_intent(AttemptId("attempt1"), IntentState.ABANDONED)
    assert ledger.open_intents(CONTACTS) == []
    assert ledger.abandoned([AttemptId("attempt1"), AttemptId("unknown")]) == {"attempt1"}


def test_an_outcome_of_an_attempt_that_was_never_begun_is_loud_and_stores_nothing(ledger):
    ledger.begin([intent(1)])
    with pytest.raises(LookupError):
        ledger.settle([Settlement(outcomes=((AttemptId("attempt1"), Stale()), (AttemptId("other"), Stale())))])
    with pytest.raises(LookupError):
        ledger.close_intent(AttemptId("other"), IntentState.ABANDONED)
    assert len(ledger.open_intents(CONTACTS)) == 1


def test_the_same_attempt_cannot_begin_twice(ledger):
    ledger.begin([intent(1)])
    with pytest.raises(BooksBroken):
        ledger.begin([intent(2), intent(1)])
    assert len(ledger.open_intents(CONTACTS)) == 1


def test_a_settlement_changes_link_sighting_and_failure_together(ledger):
    failure = Failure("k", CONTACTS, "s", 2, "ErrorX", "refused", "Schulz, Anna")
    ledger.save_page(CONTACTS, WICE, [sighting(1), sighting(2)], Cursor("a"))
    full = replace(
        link(1),
        parent="company:7",
        last_day=date(2026, 2, 28),
        written_side=EXCHANGE,
        written_fingerprint="w",
        written_runs=2,
        written_run=7,
        incomplete=True,
        missing=True,
    )
    ledger.settle([Settlement(link=full, seen=((WICE, ItemId("address:1")),)), Settlement(failure=failure)])
    assert list(ledger.links(CONTACTS)) == [full]
    assert [seen.id for seen in ledger.seen(CONTACTS, WICE)] == ["address:2"]
    assert (ledger.failures(CONTACTS), ledger.failures(APPOINTMENTS)) == ({"k": failure}, {})
    ledger.settle([Settlement(link=link(1), clear_failure="k")])
    assert list(ledger.links(CONTACTS)) == [link(1)]
    assert ledger.failures(CONTACTS) == {}


def test_of_two_settlements_of_the_same_thing_the_later_wins(ledger):
    failures = [Failure("k", CONTACTS, "s", count, "E", "m") for count in (1, 2)]
    ledger.settle(
        [Settlement(link=link(1), failure=failures[0]), Settlement(link=link(1, ended=True), failure=failures[1])]
    )
    assert [one.ended for one in ledger.links(CONTACTS)] == [True]
    assert ledger.failures(CONTACTS)["k"].count == 2
    ledger.settle([Settlement(failure=failures[0]), Settlement(clear_failure="k")])
    assert ledger.failures(CONTACTS) == {}


@pytest.mark.parametrize("claim", [{"wice": "address:1"}, {"exchange": "AAMk1"}])
def test_two_living_links_never_claim_one_item(ledger, claim):
    ledger.settle([Settlement(link=link(1))])
    with pytest.raises(BooksBroken, match=r"uq_links_|UNIQUE constraint failed: links") as refusal:
        ledger.settle([Settlement(link=link(2, **claim)), Settlement(link=link(3))])
    assert "Schulz" not in str(refusal.value)
    assert list(ledger.links(CONTACTS)) == [link(1)]


def test_an_ended_link_gives_its_items_up_even_in_the_same_batch(ledger):
    ledger.settle([Settlement(link=link(1))])
    heir = link(2, wice="address:1", exchange="AAMk1")
    ledger.settle([Settlement(link=heir), Settlement(link=link(1, ended=True))])
    assert [(one.id, one.ended) for one in ledger.links(CONTACTS)] == [(link(1).id, True), (heir.id, False)]


def test_five_thousand_links_are_streamed_in_six_statements_while_others_are_written(ledger):
    links = [link(number) for number in range(5000)]
    with counted_statements() as sent:
        ledger.settle([Settlement(link=one) for one in links])
    assert len(sent) == 2  # the lease, the links
    with counted_statements() as sent:
        streamed = []
        for number, one in enumerate(ledger.links(CONTACTS)):
            streamed.append(one.id)
            if number == 1500:
                ledger.settle([Settlement(link=replace(links[10], missing=True))])
    assert streamed == [LinkId(one.id) for one in links]
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 6


def test_the_number_of_statements_does_not_grow_with_the_batch(ledger, dialect):
    def statements(numbers: range) -> list[int]:
        calls = [
            lambda: ledger.save_page(CONTACTS, WICE, [sighting(n) for n in numbers], Cursor("a")),
            lambda: ledger.begin([intent(n) for n in numbers]),
            lambda: ledger.settle([_settlement(n) for n in numbers]),
        ]
        counts = []
        for call in calls:
            with counted_statements() as sent:
                call()
            counts.append(len(sent))
        return counts

    clock = dialect == "postgresql"  # it is asked for the time
    assert statements(range(2)) == statements(range(2, 500)) == [3 + clock, 2 + clock, 5]


def _settlement(number: int) -> Settlement:
    return Settlement(
        outcomes=((AttemptId(f"attempt{number}"), Written(None)),),
        link=link(number),
        seen=((WICE, ItemId(f"address:{number}")),),
        failure=Failure(f"k{number}", CONTACTS, "s", 1, "E", "m"),
    )


def test_R26_folder_and_endpoint_are_remembered_and_a_folder_is_forgotten_with_its_lists(ledger, database):
    ledger.save_folder(CONTACTS, "FOLDER")
    ledger.save_folder(APPOINTMENTS, "CALENDAR")
    ledger.save_endpoint("https://mail.example/found")
    for side in (WICE, EXCHANGE):
        ledger.save_page(CONTACTS, side, [sighting(1)], Cursor("a"))
    ledger.save_page(APPOINTMENTS, EXCHANGE, [sighting(1)], Cursor("a"))
    ledger.settle([Settlement(link=link(1))])
    ledger.forget_folder(CONTACTS)
    profile, account, *_ = database.registry.profile("anna")
    assert (profile.contacts_folder_id, profile.calendar_folder_id) == ("", "CALENDAR")
    assert account.endpoint == "https://mail.example/found"
    assert ledger.cursor(CONTACTS, EXCHANGE) == Cursor()
    assert [len(ledger.seen(*of)) for of in ((CONTACTS, EXCHANGE), (CONTACTS, WICE), (APPOINTMENTS, EXCHANGE))] == [
        0,
        1,
        1,
    ]
    assert list(ledger.links(CONTACTS)) == [link(1)]


def test_R27_approval_is_remembered(ledger, database):
    assert not database.registry.profile("anna")[0].approved
    ledger.approve()
    assert database.registry.profile("anna")[0].approved


def test_profiles_do_not_see_each_others_books(ledger, database):
    ledger.begin([intent(1)])
    ledger.settle([Settlement(link=link(1))])
    configure(database, "bernd")
    with database.books.open(database.registry.profile("bernd")[0].id, "sync") as other:
        assert list(other.links(CONTACTS)) == other.open_intents(CONTACTS) == []
        other.settle([Settlement(link=link(1))])


def test_R5_closed_books_tell_whether_a_person_of_a_company_is_linked(ledger):
    alone, child = (_settled(link(number)) for number in (1, 2))
    child = replace(child, parent="c:7")
    ledger.settle([Settlement(link=alone)])
    assert (ledger.standing(CONTACTS, None).linked, ledger.standing(CONTACTS, None).children) == (1, False)
    ledger.settle([Settlement(link=child)])
    assert ledger.standing(CONTACTS, None).children
    ledger.settle([Settlement(link=replace(child, ended=True))])
    assert not ledger.standing(CONTACTS, None).children


def _settled(known: Link) -> Link:
    return replace(known, exchange=replace(known.exchange, certain=True))
