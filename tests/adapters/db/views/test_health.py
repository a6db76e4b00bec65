"""How an account is: one of seven states, the worst of its profiles."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.domain.run import RequestState
from app.domain.views import AccountFilter, AccountState, Cut, ProfileFilter
from tests.adapters.db.world import LONG_AGO, account

SYNCED = {"synced_at": LONG_AGO, "last_finished": LONG_AGO}


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({}, AccountState.WAITING),
        (SYNCED, AccountState.HEALTHY),
        (SYNCED | {"failed_items": 1}, AccountState.ATTENTION),
        (SYNCED | {"frozen_items": 1}, AccountState.ATTENTION),
        ({"failed_items": 1}, AccountState.ATTENTION),
        (SYNCED | {"failed_items": 1, "waiting_run": "r"}, AccountState.NEEDS_CONFIRMATION),
        (SYNCED | {"failed_items": 1, "waiting_run": "r", "failed_runs": 1}, AccountState.FAILING),
        ({"failed_runs": 1, "active": False}, AccountState.INACTIVE),
    ],
)
def test_a_profile_is_as_its_runs_left_it(database, put, condition, state):
    put("anna", **condition)
    row = database.views.account("anna")
    assert (row.state, row.profiles[0].state) == (state, state)
    assert database.views.states()[state] == 1
    assert sum(database.views.states().values()) == 1


@pytest.mark.parametrize(
    ("asked", "state", "busy"),
    [
        (RequestState.QUEUED, AccountState.WAITING, RequestState.QUEUED),
        (RequestState.RUNNING, AccountState.RUNNING, RequestState.RUNNING),
        (RequestState.ENDED, AccountState.HEALTHY, None),
        (RequestState.CANCELLED, AccountState.HEALTHY, None),
    ],
)
def test_a_healthy_profile_shows_that_a_run_is_asked_for(database, put, ask, asked, state, busy):
    ask(put("anna", **SYNCED), "run1", asked)
    (row,) = database.views.account("anna").profiles
    assert (row.state, row.busy) == (state, busy)


def test_a_run_in_progress_hides_no_trouble(database, put, ask):
    ask(put("anna", failed_runs=2), "run1", RequestState.RUNNING)
    (row,) = database.views.account("anna").profiles
    assert (row.state, row.busy) == (AccountState.FAILING, RequestState.RUNNING)


def test_a_run_of_the_command_line_counts_while_its_lease_holds(database, engine, put):
    profile = put("anna", **SYNCED)
    with database.books.open(profile, "sync") as ledger:
        assert database.views.account("anna").state is AccountState.RUNNING
        with engine.begin() as connection:
            connection.execute(update(profiles).values(lease_until=datetime.now(UTC) - timedelta(hours=1)))
        assert database.views.account("anna").state is AccountState.HEALTHY
        assert ledger.run


def test_an_account_is_as_its_worst_profile(database, put):
    put("anna", **SYNCED)
    put("anna", profile="second", failed_items=1, **SYNCED)
    put("anna", profile="third", active=False, failed_runs=3)
    row = database.views.account("anna")
    assert row.state is AccountState.ATTENTION
    assert database.views.accounts(AccountFilter(state=AccountState.ATTENTION), Cut()).total == 1


def test_an_account_without_profile_waits_and_an_inactive_one_does_nothing(database, put):
    put("anna", **SYNCED)
    database.registry.save(account("bernd"))
    database.registry.save(account("carla", active=False))
    put("dora", person={"active": False}, failed_runs=1)
    shown = {row.name: row.state for row in database.views.accounts(AccountFilter(), Cut()).rows}
    assert shown == {
        "anna": AccountState.HEALTHY,
        "bernd": AccountState.WAITING,
        "carla": AccountState.INACTIVE,
        "dora": AccountState.INACTIVE,
    }
    counted = {state: count for state, count in database.views.states().items() if count}
    assert counted == {AccountState.HEALTHY: 1, AccountState.WAITING: 1, AccountState.INACTIVE: 2}


def test_what_the_database_filters_by_is_what_rows_show(database, put, ask):
    conditions: list[dict[str, Any]] = [
        {},
        SYNCED,
        {"failed_items": 1},
        {"waiting_run": "r"},
        {"failed_runs": 1},
        {"active": False},
        SYNCED,
    ]
    ids = [put(f"account{number}", **condition) for number, condition in enumerate(conditions)]
    ask(ids[-1], "run1", RequestState.RUNNING)
    for state in AccountState:
        accounts = database.views.accounts(AccountFilter(state=state), Cut())
        profiles = database.views.profiles(ProfileFilter(state=state), Cut())
        assert [row.state for row in (*accounts.rows, *profiles.rows)] == [state, state]
        assert (accounts.total, profiles.total) == (1, 1)


def test_an_account_is_as_fresh_as_its_oldest_profile(database, put):
    later = LONG_AGO + timedelta(days=1)
    put("anna", synced_at=later, last_finished=LONG_AGO)
    put("anna", profile="second", synced_at=LONG_AGO, last_finished=later)
    put("anna", profile="off", active=False)
    put("bernd", synced_at=later)
    put("bernd", profile="never")
    anna, bernd = (database.views.account(name) for name in ("anna", "bernd"))
    assert (anna.synced_at, anna.last_finished, bernd.synced_at) == (LONG_AGO, later, None)
    page = database.views.accounts(AccountFilter(), Cut(sort="synced_at"))
    assert [row.name for row in page.rows] == ["bernd", "anna"]
