from datetime import UTC, datetime, timedelta

from app.adapters.db import Database
from app.adapters.db.learnt import GOOD_FOR
from app.domain.options import Options

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FACTS = {"ids": True, "delta": False}


def test_what_was_learnt_is_known_for_a_day(database: Database) -> None:
    database.learnt.keep("main", "settings", FACTS, NOW)
    assert database.learnt.recall("main", "settings", NOW) == FACTS
    assert database.learnt.recall("main", "settings", NOW + GOOD_FOR - timedelta(seconds=1)) == FACTS
    assert database.learnt.recall("main", "settings", NOW + GOOD_FOR) == {}


def test_of_other_settings_and_other_servers_nothing_is_known(database: Database) -> None:
    database.learnt.keep("main", "settings", FACTS, NOW)
    assert database.learnt.recall("main", "others", NOW) == {}
    assert database.learnt.recall("other", "settings", NOW) == {}


def test_what_is_kept_last_counts_until_it_is_forgotten(database: Database) -> None:
    database.learnt.keep("main", "settings", FACTS, NOW)
    database.learnt.keep("main", "settings", {"ids": False}, NOW)
    assert database.learnt.recall("main", "settings", NOW) == {"ids": False}
    database.learnt.forget("main")
    assert database.learnt.recall("main", "settings", NOW) == {}


def test_the_options_know_nothing_of_it(database: Database) -> None:
    database.learnt.keep("main", "settings", FACTS, NOW)
    assert database.options.read() == Options()
