"""Pages by key: whole, in order, both ways, whatever the keys; a cursor that is not ours is refused."""

import base64
import json
from datetime import timedelta
from itertools import chain

import pytest

from app.domain.views import AccountFilter, Cut, FailureFilter, ProfileFilter, RunFilter
from app.errors import BadInput
from app.ports.views import ACCOUNT_ORDERS, FAILURE_ORDERS, PROFILE_ORDERS, RUN_ORDERS
from tests.adapters.db.world import LONG_AGO

NAMES = ("anna", "Änne", "ANTON", "Özil", "oslo", "Otto", "zoë", "Zoe", "weiß", "Weiss")


@pytest.fixture
def crowd(database, put):
    """Equal keys, missing ones, umlauts; two profiles in one account."""
    for number, name in enumerate(NAMES):
        synced = LONG_AGO + timedelta(microseconds=number // 3) if number % 4 else None
        put(name, synced_at=synced, last_finished=synced, failed_runs=number % 2)
    put("anna", profile="second")
    return database.views


def through(read, **cut):
    """All pages there, and all pages back again, as lists of names."""
    there: list[list[str]] = []
    back: list[list[str]] = []
    page = read(Cut(limit=3, **cut))
    while True:
        there.append([str(row) for row in page.rows])
        if not page.next:
            break
        page = read(Cut(limit=3, cursor=page.next, **cut))
    while True:
        back.insert(0, [str(row) for row in page.rows])
        if not page.previous:
            break
        page = read(Cut(limit=3, cursor=page.previous, **cut))
    return there, back


@pytest.mark.parametrize("descending", [False, True])
def test_pages_hold_every_row_once_in_order_there_and_back(crowd, descending):
    for what, wanted, orders in (
        ("accounts", AccountFilter(), ACCOUNT_ORDERS),
        ("profiles", ProfileFilter(), PROFILE_ORDERS),
    ):
        for sort in orders:

            def read(cut, what=what, wanted=wanted):
                return getattr(crowd, what)(wanted, cut)

            there, back = through(read, sort=sort, descending=descending)
            whole = read(Cut(limit=100, sort=sort, descending=descending))
            assert list(chain.from_iterable(there)) == [str(row) for row in whole.rows]
            assert back == there
            assert (whole.next, whole.previous, whole.total) == ("", "", len(whole.rows))
            assert all(len(page) == 3 for page in there[:-1])


def test_names_are_sorted_as_people_sort_them(crowd):
    named = [row.name for row in crowd.accounts(AccountFilter(), Cut()).rows]
    assert named == ["anna", "Änne", "ANTON", "oslo", "Otto", "Özil", "weiß", "Weiss", "zoë", "Zoe"]


def test_times_are_sorted_with_never_first_and_by_their_microseconds(crowd):
    rows = crowd.accounts(AccountFilter(), Cut(sort="last_finished", limit=100)).rows
    ended = [row.last_finished for row in rows]
    assert None in ended
    assert ended == sorted(ended, key=lambda one: (one is not None, one))


def test_rows_that_come_and_go_neither_hide_nor_repeat_others(crowd, database, put):
    first = crowd.accounts(AccountFilter(), Cut(limit=3))
    put("aaron")
    database.registry.remove(next(one for one in database.registry.accounts() if one.name == first.rows[-1].name))
    second = crowd.accounts(AccountFilter(), Cut(limit=3, cursor=first.next))
    assert [row.name for row in second.rows] == ["oslo", "Otto", "Özil"]
    back = crowd.accounts(AccountFilter(), Cut(limit=3, cursor=second.previous))
    assert [row.name for row in back.rows] == ["aaron", "anna", "Änne"]


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "foreign",
    [
        "nonsense!",
        "ä",
        "AAAA",
        base64.urlsafe_b64encode(b"12").decode(),
        cursor(),
        cursor("name", False, False),
        cursor("name", False, False, "a", 1, 1),
        cursor("name", False, False, "a", "1"),
        cursor("name", False, False, "a", True),
        cursor("name", False, False, "a", 10**30),
        cursor("name", False, False, None, 1),
        cursor("name", False, False, "\x00", 1),
        cursor("name", False, False, "\ud800", 1),
        cursor("name", False, 1, "a", 1),
        cursor("name", True, False, "a", 1),
        cursor("synced_at", False, False, "a", 1),
        cursor(["name"], False, False, "a", 1),
    ],
)
def test_a_cursor_that_is_not_of_this_list_is_refused(database, put, foreign):
    with pytest.raises(BadInput, match="open the list anew"):
        database.views.accounts(AccountFilter(), Cut(sort="name", cursor=foreign))


@pytest.mark.parametrize("told", ["yesterday", "2020-01-01T00:00:00", "0001-01-01T00:00:00+23:00", 5])
def test_a_cursor_with_a_time_that_is_none_is_refused(database, put, told):
    with pytest.raises(BadInput, match="open the list anew"):
        database.views.accounts(
            AccountFilter(), Cut(sort="synced_at", cursor=cursor("synced_at", False, False, told, 1))
        )


def test_an_order_that_a_list_does_not_offer_is_refused_with_those_it_does(database):
    views = database.views
    with pytest.raises(BadInput, match="cannot be sorted by 'password'; it can be by name, state"):
        views.accounts(AccountFilter(), Cut(sort="password"))
    for read, orders in ((views.runs, RUN_ORDERS), (views.failures, FAILURE_ORDERS)):
        wanted = RunFilter() if read == views.runs else FailureFilter()
        with pytest.raises(BadInput, match=", ".join(orders)):
            read(wanted, Cut(sort="password"))


def test_a_cursor_beyond_all_rows_finds_an_empty_page(database, put):
    put("anna")
    beyond = cursor("name", False, False, "zzz", 99)
    page = database.views.accounts(AccountFilter(), Cut(sort="name", cursor=beyond))
    assert (page.rows, page.next, page.previous, page.total) == ([], "", "", 1)
