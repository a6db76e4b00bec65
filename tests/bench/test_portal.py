"""The bench itself, small: it fills a database that the product can read, and asks everything that pages ask."""

import pytest

from app.adapters.db import open_database
from app.adapters.db.session import open_engine
from app.domain.views import AccountFilter, AccountState, Cut
from app.settings import Settings
from bench.portal import reads
from bench.seed import seed, state_of
from tests.services.databases import migrated


@pytest.fixture
def database(tmp_path):
    settings = migrated(Settings(home=tmp_path))
    with open_database(settings) as opened:
        engine = open_engine(settings)
        seed(engine, 600)
        engine.dispose()
        yield opened


def test_every_read_finds_something_and_every_account_is_in_the_state_that_was_meant(database):
    names = [name for name, read in reads(database.views) if read() is None]
    assert names == []
    counted = database.views.states()
    meant = [AccountState(state_of(account)) for account in range(1, 601)]
    for state in (AccountState.FAILING, AccountState.NEEDS_CONFIRMATION, AccountState.ATTENTION, AccountState.INACTIVE):
        assert counted[state] == meant.count(state)
    assert counted[AccountState.RUNNING] == 10
    assert database.views.accounts(AccountFilter(text="müller"), Cut()).total == 60
