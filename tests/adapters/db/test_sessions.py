"""Sessions: they end when unused, at their time, when revoked, and with their user's activity."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.adapters.db.tables_people import audit, sessions
from app.domain.people import Lifetimes, Role, Session
from tests.adapters.db.folks import NOW, ROOT, add

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3600, 86400))
FREE = Lifetimes(idle=8 * HOUR, absolute=7 * DAY)


def started(database, user, name, at=NOW, former=""):
    session = Session(
        id=name, user=user, csrf=f"csrf {name}", created=at, seen=at, until=at + FREE.absolute, agent="a", address="::1"
    )
    database.sessions.start(session, ROOT, former)
    return session


@pytest.fixture
def ada(database):
    add(database, "root")
    return add(database, "ada", Role.OPERATOR)


def test_a_session_knows_its_user_as_they_are_now(database, ada):
    begun = started(database, ada, "here")
    database.users.save(replace(ada, theme="dark", language="de"), ROOT)
    found = database.sessions.session("here", NOW, FREE)
    assert (found.user.theme, found.user.language, found.user.signed_in) == ("dark", "de", NOW)
    assert replace(found, user=ada) == replace(begun, user=ada)
    assert database.sessions.session("other", NOW, FREE) is None


def test_it_ends_when_it_is_not_used(database, ada):
    started(database, ada, "here")
    assert database.sessions.session("here", NOW + FREE.idle - SECOND, FREE) is not None, "and that is a use"
    assert database.sessions.session("here", NOW + 2 * FREE.idle - 2 * SECOND, FREE) is not None
    assert database.sessions.session("here", NOW + 4 * FREE.idle, FREE) is None
    assert database.sessions.of_user(ada, NOW + 4 * FREE.idle, FREE) == []


def test_it_ends_at_its_time_however_much_it_is_used(database, ada):
    started(database, ada, "here")
    now = NOW
    while now < NOW + FREE.absolute - 7 * HOUR:
        now += 7 * HOUR
        alive = database.sessions.session("here", now, FREE)
        assert (alive is not None) == (now < NOW + FREE.absolute)
    assert database.sessions.session("here", NOW + FREE.absolute, FREE) is None


def test_an_administrator_may_shorten_the_times_of_running_sessions(database, ada):
    started(database, ada, "here")
    assert database.sessions.session("here", NOW + 2 * HOUR, replace(FREE, absolute=HOUR)) is None
    assert database.sessions.session("here", NOW + 2 * HOUR, replace(FREE, idle=HOUR)) is None
    assert database.sessions.session("here", NOW + 2 * HOUR, FREE) is not None


def test_its_use_is_noted_once_a_minute(database, ada, engine):
    started(database, ada, "here")

    def seen(after):
        database.sessions.session("here", NOW + after, FREE)
        with engine.connect() as connection:
            return connection.execute(select(sessions.c.seen)).scalar_one() - NOW

    assert [seen(after) for after in (SECOND, 59 * SECOND, MINUTE, 90 * SECOND, 2 * MINUTE)] == [
        timedelta(0),
        timedelta(0),
        MINUTE,
        MINUTE,
        2 * MINUTE,
    ]


def test_sessions_are_revoked_one_by_one_and_all_but_one(database, ada):
    bob = add(database, "bob")
    for user, names in ((ada, "abcd"), (bob, "e")):
        for minutes, name in enumerate(names):
            started(database, user, name, NOW + minutes * MINUTE)
    assert [one.id for one in database.sessions.of_user(ada, NOW, FREE)] == ["d", "c", "b", "a"]
    assert database.sessions.end("a", ada, ROOT)
    assert not database.sessions.end("a", ada, ROOT)
    assert not database.sessions.end("e", ada, ROOT), "somebody else's"
    assert database.sessions.end_all(ada, ROOT, keep="c") == 2
    assert database.sessions.end_all(ada, ROOT, keep="c") == 0
    assert [one.id for user in (ada, bob) for one in database.sessions.of_user(user, NOW, FREE)] == ["c", "e"]


def test_a_new_session_takes_the_place_of_the_former_and_of_dead_ones(database, ada, engine):
    started(database, ada, "long ago", NOW - 30 * DAY)
    started(database, ada, "former")
    started(database, ada, "other")
    started(database, ada, "new", former="former")
    with engine.connect() as connection:
        assert set(connection.execute(select(sessions.c.id)).scalars()) == {"other", "new"}


def test_coming_and_going_are_written_down(database, ada, engine):
    started(database, ada, "here")
    database.sessions.end("here", ada, ROOT)
    with engine.connect() as connection:
        told = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(2)).all()
    assert [(row.action, row.entity, row.address) for row in told] == [
        ("session_ended", "ada", "192.0.2.1"),
        ("signed_in", "ada", "192.0.2.1"),
    ]
