"""API tokens: good until they end, are revoked, or their owner is not active any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.people import ApiToken, Role
from app.errors import NotFound, Taken
from tests.adapters.db.folks import NOW, ROOT, add, at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada(database):
    add(database, "root")
    return add(database, "Ada", Role.OPERATOR)


def made(database, user, name, *, until=None):
    wanted = ApiToken(id=0, user=user.name, name=name, role=Role.AUDITOR, created=NOW, until=until)
    return database.tokens.add(user, wanted, f"hash of {name}", ROOT)


def test_a_token_tells_who_holds_it(database, ada):
    token = made(database, ada, "backup")
    assert (token.user, token.name, token.role, token.until, token.used) == ("Ada", "backup", Role.AUDITOR, None, None)
    found, owner = database.tokens.holder("hash of backup", NOW)
    assert (found, owner.name) == (token, "Ada")
    assert database.tokens.holder("hash of nothing", NOW) is None


def test_its_use_is_noted_once_a_minute(database, ada):
    made(database, ada, "backup")

    def used(after):
        database.tokens.holder("hash of backup", NOW + after)
        return database.tokens.tokens(ada)[0].used - NOW

    assert [used(after) for after in (0 * MINUTE, MINUTE / 2, MINUTE)] == [0 * MINUTE, 0 * MINUTE, MINUTE]


def test_it_ends_at_its_time(database, ada):
    made(database, ada, "backup", until=NOW + MINUTE)
    assert database.tokens.holder("hash of backup", NOW) is not None
    assert database.tokens.holder("hash of backup", NOW + MINUTE) is None


def test_it_sleeps_while_its_owner_is_not_active(database, ada):
    made(database, ada, "backup")
    asleep = database.users.save(replace(ada, active=False), ROOT)
    assert database.tokens.holder("hash of backup", NOW) is None
    database.users.save(replace(asleep, active=True), ROOT)
    assert database.tokens.holder("hash of backup", NOW) is not None


def test_it_is_revoked_once(database, ada):
    token = made(database, ada, "backup")
    database.tokens.revoke(token, ROOT)
    assert database.tokens.holder("hash of backup", NOW) is None
    for again in (lambda: database.tokens.revoke(token, ROOT), lambda: database.tokens.token(token.id)):
        with pytest.raises(NotFound):
            again()


def test_a_name_is_for_one_token_of_a_user(database, ada):
    made(database, ada, "backup")
    took = at_once(*(lambda: made(database, ada, "monitor") for _ in range(3)))
    assert sum(isinstance(one, Taken) for one in took) == 2
    made(database, database.users.user("root"), "other")
    assert [one.name for one in database.tokens.tokens(ada)] == ["backup", "monitor"]
    assert [(one.user, one.name) for one in database.tokens.tokens()] == [
        ("Ada", "backup"),
        ("Ada", "monitor"),
        ("root", "other"),
    ]
