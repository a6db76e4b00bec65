"""What *explain* tells out of the books alone (R41); with both servers: tests/scenarios/test_explain.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.adapters.db import Database
from app.domain.ids import ItemId, Version
from app.domain.journal import Settlement
from app.domain.plan import HintReason, Seen
from app.domain.sync import Sighting
from app.errors import BadInput
from app.ports import Cursor
from app.rules.causes import Cause, State
from app.services.explain import Inquiry, explain, search
from app.services.explanations import state_of
from tests.adapters.db.world import CONTACTS, EXCHANGE, WICE, configure, intent, link


@pytest.fixture
def books(database: Database) -> Inquiry:
    """Of anna's profile, which has one link, written once."""
    configure(database)
    profile, account, _wice, _exchange = database.registry.profile("anna/anna")
    with database.books.open(profile.id, "sync") as ledger:
        ledger.begin([intent(1)])
        ledger.settle([Settlement(link=link(1))])
        ledger.finish("done", {})
    finder = database.finder
    today = datetime.now(UTC).date()
    return Inquiry(profile=profile, account=account, finder=finder, latest=finder.latest(profile.id), today=today)


def hold(database: Database, inquiry: Inquiry, reason: HintReason) -> None:
    held = Seen(EXCHANGE, ItemId("AAMk1"), Version("CQ"), held=reason, label="Schulz, Anna", terms="schulz, anna")
    with database.books.open(inquiry.profile.id, "sync") as ledger:
        ledger.settle([Settlement(link=link(1), holds=(held,))])
        ledger.finish("done", {})


def test_R41_an_item_is_told_with_all_that_was_written_of_it(books: Inquiry) -> None:
    [item] = explain(books, "schulz").items
    assert (item.kind, item.label, len(item.timeline)) == (CONTACTS, "Schulz, Anna", 1)
    assert [hit.label for hit in search(books.finder, "schulz").hits] == ["Schulz, Anna"]


def test_R41_R19_what_became_somebodys_private_matter_has_neither_name_nor_past(
    database: Database, books: Inquiry
) -> None:
    hold(database, books, HintReason.FOREIGN_PRIVATE)
    [item] = explain(books, "schulz").items
    assert (item.label, item.timeline) == ("", ())
    assert "schulz" not in repr(item.json()).lower()
    assert item.verdict.cause is Cause.FOREIGN_PRIVATE
    assert [hit.label for hit in search(books.finder, "schulz").hits] == [""]


def test_R41_another_hold_hides_nothing(database: Database, books: Inquiry) -> None:
    hold(database, books, HintReason.SERIES)
    [item] = explain(books, "schulz").items
    assert (item.label, len(item.timeline)) == ("Schulz, Anna", 1)


def test_R41_a_single_letter_is_no_question(books: Inquiry) -> None:
    with pytest.raises(BadInput) as refused:
        search(books.finder, "x")
    assert set(refused.value.fields) == {"text"}


@pytest.mark.parametrize(
    ("version", "state"), [("1", State.SYNCHRONISED), ("2", State.WAITING)], ids=["as synchronised", "newer"]
)
def test_R41_only_what_a_list_names_at_another_version_waits(
    database: Database, books: Inquiry, version: str, state: State
) -> None:
    with database.books.open(books.profile.id, "sync") as ledger:
        ledger.save_page(CONTACTS, WICE, [Sighting(ItemId("address:1"), Version(version))], Cursor("c"))
        ledger.finish("done", {})
    assert [item.verdict.state for item in explain(books, "schulz").items] == [state]
    assert [state_of(hit) for hit in search(books.finder, "schulz").hits] == [state]
