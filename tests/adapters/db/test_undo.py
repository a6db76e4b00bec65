"""What the books keep for R33: plans of undos beside those of analyses, journal entries by run and by attempt, holds."""

from __future__ import annotations

import pytest

from app.domain.ids import AttemptId, ItemId, LinkId, RunId, Version
from app.domain.journal import Intent, Settlement
from app.domain.plan import HintReason, Op, PlanState, Seen
from app.domain.sync import End, Kind, Link, Side, Sighting
from app.ports import Cursor

CONTACTS, EXCHANGE = Kind.CONTACTS, Side.EXCHANGE
UNDOES = (AttemptId("a1"), AttemptId("a2"))


def intent(attempt: str) -> Intent:
    return Intent(
        attempt=AttemptId(attempt),
        kind=CONTACTS,
        side=EXCHANGE,
        op=Op.DELETE,
        link=LinkId("link"),
        key="link",
        label="Schulz",
        reason="undone",
    )


@pytest.fixture
def ledger(database, profile):
    with database.books.open(profile, "sync") as ledger:
        yield ledger


def test_R33_plans_of_undos_and_of_analyses_lie_side_by_side(database, profile):
    with database.books.open(profile, "undo") as first:
        first.save_plan(PlanState.NEEDS_CONFIRMATION, (), UNDOES)
        assert first.stored_plan() is None
    with database.books.open(profile, "analyse") as ledger:
        ledger.save_plan(PlanState.OPEN, ())
        assert (ledger.stored_plan().run, ledger.stored_undo().run) == (ledger.run, first.run)
        assert (ledger.stored_plan().undoes, ledger.stored_undo().undoes) == ((), UNDOES)
    with database.books.open(profile, "undo") as later:
        later.save_plan(PlanState.NEEDS_CONFIRMATION, (), UNDOES[:1])
        assert (later.stored_plan().run, later.stored_undo().undoes) == (ledger.run, UNDOES[:1])
    assert database.history.plan_of(first.run).state is PlanState.SUPERSEDED
    assert database.history.plan_of(ledger.run).state is PlanState.OPEN


def test_R33_entries_are_found_by_run_and_by_attempt(ledger):
    ledger.begin([intent(f"a{number}") for number in range(2500)])
    assert [entry.intent for entry in ledger.entries_of(ledger.run)] == [intent(f"a{n}") for n in range(2500)]
    wanted = [AttemptId(f"a{number}") for number in range(2300)]
    assert [entry.intent.attempt for entry in ledger.entries(wanted)] == wanted
    assert ledger.entries([AttemptId("unknown")]) == ledger.entries_of(RunId("unknown")) == []


def test_R33_what_is_left_alone_is_held_unless_a_list_has_told_news_of_it(ledger):
    end = End(id=ItemId("p:1"), version=Version("1"), fingerprint="f")
    link = Link(id=LinkId("link"), kind=CONTACTS, wice=end, exchange=end, ended=True, undone=True)
    news, quiet = (
        Seen(EXCHANGE, ItemId(name), Version("1"), held=HintReason.UNDONE, label=name) for name in ("news", "quiet")
    )
    ledger.save_page(CONTACTS, EXCHANGE, [Sighting(news.id, Version("2"))], Cursor("c"))
    ledger.settle([Settlement(link=link, holds=(news, quiet))])
    assert {(seen.id, seen.version, seen.held) for seen in ledger.seen(CONTACTS, EXCHANGE)} == {
        ("news", "2", None),
        ("quiet", "1", HintReason.UNDONE),
    }
    assert list(ledger.links(CONTACTS)) == [link]
