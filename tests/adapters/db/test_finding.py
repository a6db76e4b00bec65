"""The books by names: what is found, across accounts and in one profile, with all that is known of it (R41)."""

from dataclasses import replace

import pytest

from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, LinkId, Version
from app.domain.journal import Settlement
from app.domain.plan import Action, Failure, HintReason, KindPlan, PlanState, Reason, Seen
from app.domain.sync import End, Sighting
from app.domain.terms import LONGEST, terms_of, words_of
from app.domain.writes import Written
from app.ports import Cursor
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, EXCHANGE, WICE, configure, counted_statements, intent, link

EVA = Contact(first_name="Eva", last_name="Groß", email="Eva@Example.com", company_name="Bäcker AG")


@pytest.fixture
def finder(database):
    return database.finder


def settle(database, profile, *settlements):
    with database.books.open(profile, "sync") as ledger:
        ledger.settle(list(settlements))
        ledger.finish("done", {})


def called(finder, text, limit=50):
    return [(hit.account, hit.key) for hit in finder.search(words_of(text), limit)]


@pytest.mark.parametrize("text", ["groß", "GROSS, eva", "eva@example.com", "bäcker ag", "BA\u0308CKER", "Eva Gross"])
def test_R41_a_link_is_found_by_all_its_terms(database, profile, finder, text):
    settle(database, profile, Settlement(link=replace(link(1, label=EVA.label), terms=terms_of(EVA))))
    assert called(finder, text) == [("anna", "link000001")]
    assert called(finder, f"{text} anders") == []


@pytest.mark.parametrize("text", ["100%", "_", "' OR 1=1 --", "%"])
def test_R41_signs_have_no_meaning_in_a_search(database, profile, finder, text):
    settle(database, profile, Settlement(link=link(1)))
    assert called(finder, text) == []


def test_R41_former_names_stay_known_and_do_not_pile_up(database, profile, finder):
    for label in ("Müller, Eva", "Groß, Eva", "Müller, Eva", "Groß, Eva"):
        settle(database, profile, Settlement(link=link(1, label=label)))
    [entry] = finder.entries(profile, words_of("müller"), 10)
    assert entry.link.terms == "gross, eva\nmüller, eva"
    many = [Settlement(link=replace(link(1), label="Groß, Eva", terms=f"name number {number}")) for number in range(61)]
    with database.books.open(profile, "sync") as ledger:
        for one in many:
            ledger.settle([one])
        ledger.finish("done", {})
    [entry] = finder.entries(profile, words_of("number 60"), 10)
    assert len(entry.link.terms) <= LONGEST


def test_R41_the_search_goes_across_accounts_and_puts_former_links_last(database, profile, finder):
    configure(database, "bernd")
    other = database.registry.profile("bernd/bernd")[0].id
    settle(database, profile, Settlement(link=link(1, ended=True)), Settlement(link=link(2)))
    settle(database, other, Settlement(link=link(1)))
    found = finder.search(words_of("schulz"), 50)
    assert {(hit.account, hit.key) for hit in found[:2]} == {("anna", "link000002"), ("bernd", "link000001")}
    assert (found[2].key, found[2].ended, found[2].linked) == ("link000001", True, False)
    assert len(finder.search(words_of("schulz"), 2)) == 2


def test_R41_held_and_unsettled_items_are_found_by_name(database, profile, finder):
    held = Seen(EXCHANGE, ItemId("AAMk9"), Version("1"), held=HintReason.NOT_A_CONTACT, label="Verteiler", detail="c")
    end = End(id=ItemId("p:7"), version=Version("1"), fingerprint="f")
    action = Action(
        key="wice:p:7", kind=CONTACTS, link=LinkId("new"), reason=Reason.NEW_IN_WICE, label=EVA.label, wice=end
    )
    with database.books.open(profile, "analyse") as ledger:
        ledger.hold(CONTACTS, [held])
        ledger.save_page(CONTACTS, WICE, [Sighting(ItemId("p:7"), Version("1"))], Cursor())
        ledger.save_plan(
            PlanState.NEEDS_CONFIRMATION, [KindPlan(kind=CONTACTS, actions=(replace(action, terms=terms_of(EVA)),))]
        )
        ledger.finish("needs_confirmation", {})
    assert called(finder, "verteiler") == [("anna", "exchange:AAMk9")]
    [entry] = finder.entries(profile, words_of("eva@example.com"), 10)
    assert (entry.key, entry.label, entry.planned.state) == ("wice:p:7", EVA.label, PlanState.NEEDS_CONFIRMATION)
    assert (entry.planned.action.reason, entry.planned.left_out) == (Reason.NEW_IN_WICE, False)
    assert finder.entry(profile, CONTACTS, "exchange:AAMk9").seen == (held,)
    assert finder.entry(profile, APPOINTMENTS, "exchange:AAMk9") is None


def test_R41_an_entry_holds_failure_and_hints_and_is_found_by_either_id(database, profile, finder):
    failure = Failure("link000001", CONTACTS, "f/g", 2, "ErrorItemSave", "no", "Schulz, Anna")
    with database.books.open(profile, "sync") as ledger:
        ledger.settle([Settlement(link=link(1)), Settlement(failure=failure)])
        hint = {"item": "Schulz, Anna", "reason": "frozen", "detail": "phone"}
        ledger.finish(
            "partial", {"kinds": {"contacts": {"hints": [hint, {"item": "", "reason": "of a later version"}]}}}
        )
    by_id = finder.of_items(profile, CONTACTS, WICE, [ItemId("address:1")])
    assert by_id == finder.of_items(profile, CONTACTS, EXCHANGE, [ItemId("AAMk1")])
    assert by_id == [finder.entry(profile, CONTACTS, "link000001")]
    assert by_id[0].failure == failure
    assert [(one.reason, one.detail) for one in by_id[0].hints] == [(HintReason.FROZEN, "phone")]
    assert finder.search(words_of("schulz"), 9)[0].refusals == 2


def test_R41_an_active_link_takes_the_items_of_a_former_one(database, profile, finder):
    former, now = link(1, ended=True), link(2, wice="address:1", exchange="AAMk2")
    settle(database, profile, Settlement(link=former), Settlement(link=now))
    [entry] = finder.of_items(profile, CONTACTS, WICE, [ItemId("address:1")])
    assert entry.link.id == now.id


def test_R41_the_timeline_begins_before_the_link_and_names_what_started_the_runs(database, profile, finder):
    early = intent(1, link=LinkId("given-up"), key="wice:address:1")
    with database.books.open(profile, "scheduled") as ledger:
        ledger.begin([early, intent(2)])
        ledger.finish("partial", {})
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(3, link=link(1).id)])
        ledger.settle([Settlement(link=link(1), outcomes=((AttemptId("attempt3"), Written(None)),))])
        ledger.finish("done", {})
    entry = finder.entry(profile, CONTACTS, "link000001")
    events = [(one.entry.intent.attempt, one.trigger) for one in finder.timeline(profile, entry)]
    assert events == [("attempt1", "scheduled"), ("attempt3", "sync")]
    assert finder.latest(profile).trigger == "sync"


def test_R41_a_search_takes_few_statements_however_many_hits(database, profile, finder):
    settle(database, profile, *(Settlement(link=link(number)) for number in range(60)))
    with counted_statements() as sent:
        assert len(finder.search(words_of("schulz"), 50)) == 50
    assert len(sent) <= 4
