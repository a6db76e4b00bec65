"""Sign-ins under way and failed: counted before they are looked at, and written down without what was typed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.adapters.db.tables_people import audit, sign_in_failures
from app.domain.people import Session
from app.rules.throttling import FREE_PER_ADDRESS, FREE_PER_NAME, wait_of
from tests.adapters.db.folks import ROOT, add, at_once

# Who came in before is asked of the audit log, whose times are the database's own.
NOW = datetime.now(UTC)
NO_WAIT = timedelta(0)
HOME = "192.0.2.1"


@pytest.fixture
def ada(database):
    return add(database, "ada")


def begin(database, name="ada", address=HOME, now=NOW):
    return database.attempts.begin(name, address, now, wait_of)


def told(engine):
    with engine.connect() as connection:
        rows = connection.execute(select(audit).where(audit.c.action == "sign_in_failed").order_by(audit.c.seq)).all()
    return [(row.entity, row.after) for row in rows]


def test_after_some_failures_one_waits(database):
    assert [begin(database) for _ in range(FREE_PER_NAME)] == [NO_WAIT] * FREE_PER_NAME
    assert begin(database) == timedelta(seconds=1)
    assert begin(database, "ADA", "elsewhere") == timedelta(seconds=1), "whatever the case, wherever from"
    assert begin(database, "bob") == NO_WAIT
    assert begin(database, now=NOW + timedelta(seconds=1)) == NO_WAIT
    assert begin(database, now=NOW + timedelta(seconds=1)) == timedelta(seconds=2)


def test_an_address_that_tries_many_names_waits_too(database):
    waits = [begin(database, f"name{number}") for number in range(FREE_PER_ADDRESS + 1)]
    assert waits == [NO_WAIT] * FREE_PER_ADDRESS + [timedelta(seconds=1)]
    assert begin(database, "name", "elsewhere") == NO_WAIT


def test_many_at_once_are_no_way_around(database):
    waits = at_once(*(lambda: begin(database) for _ in range(12)))
    assert waits.count(NO_WAIT) == FREE_PER_NAME


def test_success_forgets_the_name_s_failures(database, ada):
    for _ in range(FREE_PER_NAME):
        begin(database)
    database.attempts.succeeded(ada, HOME, ROOT)
    assert [begin(database) for _ in range(FREE_PER_NAME)] == [NO_WAIT] * FREE_PER_NAME


def test_successes_do_not_add_up_for_an_address(database, ada):
    for _ in range(3 * FREE_PER_ADDRESS):
        assert begin(database) == NO_WAIT
        database.attempts.succeeded(ada, HOME, ROOT)


def test_who_came_in_from_here_before_is_not_kept_out_by_others(database, ada):
    session = Session(id="s", user=ada, csrf="c", created=NOW, seen=NOW, until=NOW + timedelta(days=1))
    database.sessions.start(session, ROOT)  # from ROOT's address
    for _ in range(FREE_PER_NAME):
        begin(database, address="elsewhere")
    assert begin(database, address="elsewhere") > NO_WAIT
    assert begin(database, address=ROOT.address) == NO_WAIT


def test_failures_are_forgotten_and_cleared_away(database, engine):
    for _ in range(FREE_PER_NAME + 1):
        begin(database)
    assert begin(database, "bob", "elsewhere", NOW + timedelta(hours=2)) == NO_WAIT
    with engine.connect() as connection:
        assert len(connection.execute(select(sign_in_failures)).all()) == 2


def test_failures_are_written_down_with_how_many_were_turned_away(database, ada, engine):
    for _ in range(FREE_PER_NAME + 3):
        if not begin(database):
            database.attempts.failed(ada, "ada", ROOT)
    begin(database, now=NOW + timedelta(seconds=1))
    database.attempts.failed(ada, "ada", ROOT)
    assert told(engine) == [("ada", {})] * FREE_PER_NAME + [("ada", {"turned_away": 3})]
    begin(database)
    database.attempts.succeeded(ada, HOME, ROOT)
    assert told(engine)[-1] == ("ada", {"turned_away": 1})


def test_what_was_typed_is_stored_nowhere(database, engine):
    begin(database, "my secret password")
    database.attempts.failed(None, "my secret password", ROOT)
    assert told(engine) == [("", {})]
    with engine.connect() as connection:
        assert "secret" not in str(connection.execute(select(sign_in_failures)).all())
