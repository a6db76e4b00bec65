"""Users: links that work once, versions, and the last administrator who stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.adapters.db.tables_people import audit, users
from app.domain.people import SYSTEM, Lifetimes, Role, Session, hashed
from app.errors import NotFound, Superseded, Taken
from tests.adapters.db.folks import NOW, ROOT, add, at_once, link

FREE = Lifetimes()


def session(user, name):
    return Session(id=name, user=user, csrf="c", created=NOW, seen=NOW, until=NOW + timedelta(days=7))


def entries(engine):
    with engine.connect() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
    return [(row.action, row.entity, row.before, row.after) for row in rows]


def test_somebody_is_added_and_chooses_a_password_by_a_link_that_works_once(database):
    ada = database.users.add("Ada", Role.OPERATOR, link("x"), ROOT)
    assert (ada.name, ada.role, ada.active, ada.has_password) == ("Ada", Role.OPERATOR, True, False)
    assert database.users.of_link(hashed("x"), NOW) == ada
    done = database.users.redeem(hashed("x"), "Ada", "hash", NOW, ROOT)
    assert done.has_password
    assert database.users.credentials("ADA").password_hash == "hash"
    assert database.users.of_link(hashed("x"), NOW) is None
    with pytest.raises(NotFound):
        database.users.redeem(hashed("x"), "Ada", "other", NOW, ROOT)


def test_names_differ_by_more_than_case(database):
    add(database, "Müller")
    with pytest.raises(Taken):
        add(database, "MÜLLER")
    assert database.users.user("müller").name == "Müller"
    assert database.users.credentials("nobody") is None
    with pytest.raises(NotFound):
        database.users.user("")


def test_a_link_ends_with_its_day_with_the_next_one_and_with_its_user(database):
    add(database, "root")
    ada = add(database, "ada", password=False)
    assert database.users.of_link(hashed("ada"), NOW + timedelta(days=1)) is None
    database.users.set_link("ada", link("new"), ROOT)
    assert database.users.of_link(hashed("ada"), NOW) is None
    assert database.users.of_link(hashed("new"), NOW) == ada
    database.users.save(replace(ada, active=False), ROOT)
    assert database.users.of_link(hashed("new"), NOW) is None
    assert database.users.of_link("", NOW) is None


def test_the_first_start_s_link_makes_the_first_administrator(database):
    assert not database.users.has_administrator()
    database.users.set_first_link(link("old"), SYSTEM)
    database.users.set_first_link(link("first"), SYSTEM)
    assert database.users.of_link(hashed("old"), NOW) is None
    assert database.users.of_link(hashed("first"), NOW).name == ""
    assert database.users.users() == []
    assert not database.users.has_administrator(), "nobody has used it yet"
    ada = database.users.redeem(hashed("first"), "Ada", "hash", NOW, ROOT)
    assert (ada.name, ada.role, ada.has_password) == ("Ada", Role.ADMINISTRATOR, True)
    assert database.users.users() == [ada]
    assert database.users.has_administrator()


def test_an_administrator_who_came_another_way_makes_the_first_link_worthless(database):
    database.users.set_first_link(link("first"), SYSTEM)
    add(database, "ada", Role.AUDITOR)
    assert database.users.of_link(hashed("first"), NOW) is not None
    with pytest.raises(Taken):
        database.users.redeem(hashed("first"), "ADA", "hash", NOW, ROOT)
    database.users.save(replace(database.users.user("ada"), role=Role.ADMINISTRATOR), ROOT)
    assert database.users.of_link(hashed("first"), NOW) is None
    with pytest.raises(NotFound):
        database.users.redeem(hashed("first"), "eve", "hash", NOW, ROOT)


def test_of_two_who_use_the_first_link_one_gets_in(database):
    database.users.set_first_link(link("first"), SYSTEM)
    took = at_once(
        *(lambda name=name: database.users.redeem(hashed("first"), name, "h", NOW, ROOT) for name in ("ada", "bob"))
    )
    assert sorted(isinstance(one, NotFound) for one in took) == [False, True]
    assert len(database.users.users()) == 1


def test_of_two_who_add_the_same_name_one_does(database):
    took = at_once(*(lambda: database.users.add("ada", Role.AUDITOR, link("x"), ROOT) for _ in range(4)))
    assert sum(isinstance(one, Taken) for one in took) == 3


def test_a_change_names_the_version_it_was_made_from(database):
    add(database, "root")
    read = add(database, "ada", Role.OPERATOR)
    changed = database.users.save(replace(read, role=Role.AUDITOR), ROOT)
    assert (changed.role, changed.version) == (Role.AUDITOR, read.version + 1)
    with pytest.raises(Superseded):
        database.users.save(replace(read, active=False), ROOT)
    with pytest.raises(Superseded):
        database.users.remove(read, ROOT)
    assert database.users.save(changed, ROOT).version == changed.version, "nothing to change"
    assert database.users.save(replace(read, version=0, theme="dark"), ROOT).role is Role.OPERATOR


def test_of_two_changes_from_one_version_one_is_made(database):
    add(database, "root")
    read = add(database, "ada", Role.OPERATOR)
    took = at_once(
        *(lambda theme=theme: database.users.save(replace(read, theme=theme), ROOT) for theme in ("dark", "light"))
    )
    assert sum(isinstance(one, Superseded) for one in took) == 1


@pytest.mark.parametrize("change", [{"role": Role.AUDITOR}, {"active": False}, None])
def test_the_last_administrator_stays(database, change):
    ada = add(database, "ada")
    add(database, "bob", Role.OPERATOR)
    add(database, "carl", password=False)
    database.users.save(replace(add(database, "dora"), active=False), ROOT)

    def away():
        return database.users.save(replace(ada, **change), ROOT) if change else database.users.remove(ada, ROOT)

    with pytest.raises(Taken, match="last active administrator"):
        away()
    assert database.users.user("ada") == ada
    add(database, "eve")
    away()


def test_one_who_never_chose_a_password_may_go_while_another_can_sign_in(database):
    add(database, "ada")
    database.users.remove(add(database, "bob", password=False), ROOT)
    assert [user.name for user in database.users.users()] == ["ada"]


@pytest.mark.parametrize("_round", range(5))
def test_administrators_who_take_each_other_away_at_once_leave_one(database, _round):
    names = [f"admin{number}" for number in range(4)]
    folks = [add(database, name) for name in names]
    took = at_once(
        lambda: database.users.remove(folks[0], ROOT),
        lambda: database.users.save(replace(folks[1], role=Role.OPERATOR), ROOT),
        lambda: database.users.save(replace(folks[2], active=False), ROOT),
        lambda: database.users.remove(folks[3], ROOT),
    )
    assert sum(isinstance(one, Taken) for one in took) == 1
    left = [user for user in database.users.users() if user.active and user.role is Role.ADMINISTRATOR]
    assert len(left) == 1


@pytest.mark.parametrize("what", ["password", "link", "role", "active", "theme"])
def test_what_ends_the_other_sessions(database, what):
    add(database, "root")
    ada = add(database, "ada", Role.OPERATOR)
    for name in ("here", "there"):
        database.sessions.start(session(ada, name), ROOT)
    match what:
        case "password":
            database.users.set_password(ada, "new", ROOT, "here")
        case "link":
            database.users.set_link("ada", link("again"), ROOT)
            database.users.redeem(hashed("again"), "ada", "new", NOW, ROOT)
        case "role":
            database.users.save(replace(ada, role=Role.AUDITOR), ROOT, "here")
        case "active":
            database.users.save(replace(ada, active=False), ROOT)
        case _:
            database.users.save(replace(ada, theme="dark"), ROOT)
    left = [one.id for one in database.sessions.of_user(ada, NOW, FREE)]
    assert left == {"theme": ["here", "there"], "link": [], "active": []}.get(what, ["here"])


def test_a_new_password_makes_a_waiting_link_worthless(database):
    ada = add(database, "ada")
    database.users.set_link("ada", link("again"), ROOT)
    database.users.set_password(ada, "new", ROOT)
    assert database.users.of_link(hashed("again"), NOW) is None


def test_rehashing_does_not_overwrite_a_newer_password(database):
    ada = add(database, "ada")
    database.users.rehash(ada, "hash of ada", "better")
    assert database.users.credentials("ada").password_hash == "better"
    database.users.set_password(ada, "new", ROOT)
    database.users.rehash(ada, "better", "late")
    assert database.users.credentials("ada").password_hash == "new"


def test_who_is_removed_takes_sessions_and_tokens_along(database, engine):
    add(database, "root")
    ada = add(database, "ada")
    database.sessions.start(session(ada, "here"), ROOT)
    database.users.remove(ada, ROOT)
    assert database.sessions.session("here", NOW, FREE) is None
    with engine.connect() as connection:
        assert connection.execute(select(users.c.name)).scalars().all() == ["root"]


def test_users_are_found_by_a_part_of_their_name_in_any_case(database):
    for name in ("Zoé", "ada", "Änne", "a_b"):
        add(database, name, Role.AUDITOR)
    assert [user.name for user in database.users.users()] == ["a_b", "ada", "Zoé", "Änne"]
    assert [user.name for user in database.users.users("ÄN")] == ["Änne"]
    assert [user.name for user in database.users.users("_")] == ["a_b"]
    assert database.users.users("%") == []


def test_everything_is_written_down_without_secrets(database, engine):
    add(database, "root")
    ada = add(database, "ada", Role.OPERATOR)
    database.users.save(replace(ada, role=Role.AUDITOR), ROOT)
    database.users.set_link("ada", link("again"), ROOT)
    database.users.set_password(ada, "new hash", ROOT)
    database.users.remove(replace(ada, version=0), ROOT)
    told = entries(engine)[2:]
    assert [(action, name) for action, name, _before, _after in told] == [
        ("created", "ada"),
        ("password_set", "ada"),
        ("changed", "ada"),
        ("link_made", "ada"),
        ("password_set", "ada"),
        ("removed", "ada"),
    ]
    assert told[2][2:] == ({"role": "operator"}, {"role": "auditor"})
    assert not any(secret in str(told) for secret in ("hash", hashed("ada"), hashed("again")))
