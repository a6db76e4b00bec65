"""Reading the audit log: pages in both directions, filters, and all of it in portions."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.adapters.db.tables_people import audit
from app.domain.people import AuditQuery, Via
from tests.adapters.db.folks import NOW

ALL = AuditQuery()


def fill(engine, *rows):
    standard = {
        "at": NOW,
        "actor": "ada",
        "via": Via.PORTAL,
        "action": "changed",
        "entity_kind": "account",
        "entity": "anna",
    }
    with engine.begin() as connection:
        for row in rows:
            connection.execute(insert(audit).values(standard | row))


@pytest.fixture
def seven(engine):
    fill(engine, *({"entity": f"e{number}"} for number in range(1, 8)))


def names(page):
    return [entry.entity for entry in page.entries]


def test_pages_go_back_in_time_and_forth_again(database, seven):
    log = database.audit_log
    first = log.page(ALL, limit=3)
    second = log.page(ALL, older=first.older, limit=3)
    third = log.page(ALL, older=second.older, limit=3)
    assert [names(page) for page in (first, second, third)] == [["e7", "e6", "e5"], ["e4", "e3", "e2"], ["e1"]]
    assert (first.newer, third.older) == (None, None)
    assert log.page(ALL, newer=third.newer, limit=3).entries == second.entries
    assert log.page(ALL, newer=second.newer, limit=3).entries == first.entries
    assert log.page(ALL, newer=second.newer, limit=3).newer is None
    assert log.page(ALL, newer=third.newer, limit=3).newer is not None


def test_a_page_that_fits_exactly_is_the_last(database, seven):
    assert database.audit_log.page(ALL, limit=7).older is None
    assert database.audit_log.page(ALL, limit=6).older is not None


def test_an_empty_log_has_an_empty_page(database):
    page = database.audit_log.page(ALL)
    assert (page.entries, page.older, page.newer) == ((), None, None)


def test_everything_is_read_in_portions(database, engine):
    fill(engine, *({"entity": f"e{number}"} for number in range(1203)))
    assert [entry.entity for entry in database.audit_log.entries(ALL)] == [
        f"e{number}" for number in reversed(range(1203))
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(actor="bob"), ["2"]),
        (AuditQuery(action="removed"), ["3"]),
        (AuditQuery(entity_kind="user"), ["4"]),
        (AuditQuery(entity="4"), ["4"]),
        (AuditQuery(since=NOW + timedelta(hours=1)), ["5"]),
        (AuditQuery(until=NOW), []),
        (AuditQuery(since=NOW, until=NOW + timedelta(hours=1), actor="bob"), ["2"]),
        (AuditQuery(text="BOB"), ["2"]),
        (AuditQuery(text="Müll"), ["6"]),
        (AuditQuery(text="ger"), ["6"]),
        (AuditQuery(text="100%"), ["7"]),
        (AuditQuery(text="%"), ["7"]),
        (AuditQuery(text="_"), ["8"]),
        (AuditQuery(text='"'), []),
        (AuditQuery(text="198.51"), ["1"]),
    ],
)
def test_what_is_looked_for_is_found(database, engine, query, found):
    fill(
        engine,
        {"entity": "1", "address": "198.51.100.7", "action": "x"},
        {"entity": "2", "actor": "bob"},
        {"entity": "3", "action": "removed"},
        {"entity": "4", "entity_kind": "user"},
        {"entity": "5", "at": NOW + timedelta(hours=2)},
        {"entity": "6", "before": {"organisation": "Müller AG"}, "after": {"organisation": "Ger"}},
        {"entity": "7", "after": {"share": "100%"}},
        {"entity": "8", "after": {"window_past_days": 3}},
    )
    assert [entry.entity for entry in database.audit_log.entries(query)] == found


def test_the_words_that_occur_are_offered(database, engine):
    fill(engine, {}, {"action": "removed", "entity_kind": "user"}, {})
    assert database.audit_log.choices() == (["changed", "removed"], ["account", "user"])
