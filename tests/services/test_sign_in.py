"""Signing in: by password, set-up link, session and API token."""

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from app.adapters.passwords import Argon2Passwords
from app.domain.people import SYSTEM, AuditQuery, Role
from app.errors import BadInput, Denied, NotFound, Taken, Throttled
from app.services.sign_in import Client
from tests.services.entrance import HERE, PASSWORD, actor, entrance, text_of


@pytest.fixture
def door(tmp_path):
    with entrance(tmp_path) as door:
        yield door


def audited(door):
    return [
        (entry.action, entry.actor, entry.entity, entry.address)
        for entry in door.database.audit_log.entries(AuditQuery())
    ]


def test_the_right_password_opens_a_session_that_the_cookie_stands_for(door):
    ada = door.add("Ada")
    entered = door.enter("ADA")
    found = door.sign_in.session(entered.cookie)
    assert (found.id, found.user.name, found.csrf) == (entered.session.id, "Ada", entered.session.csrf)
    assert entered.cookie not in (found.id, found.csrf)
    assert door.sign_in.session(found.id) is None, "what is stored opens nothing"
    door.sign_in.leave(found, actor(ada))
    assert door.sign_in.session(entered.cookie) is None


@pytest.mark.parametrize("case", ["wrong", "empty", "long", "unknown", "inactive", "without password"])
def test_everything_wrong_is_refused_in_the_same_words(door, case):
    door.add("root")
    ada = door.add("ada")
    name, password = "ada", PASSWORD
    match case:
        case "wrong":
            password = PASSWORD + " "
        case "empty":
            password = ""
        case "long":
            password = "x" * 100_000
        case "unknown":
            name = "eve"
        case "inactive":
            door.people.change(replace(ada, active=False), SYSTEM)
        case _:
            door.people.add("new", Role.AUDITOR, SYSTEM)
            name = "new"
    with pytest.raises(Denied, match=r"^The user name or the password is wrong\.$"):
        door.enter(name, password)
    told = "" if case == "unknown" else name
    assert audited(door)[0] == ("sign_in_failed", "", told, HERE.address)


class _Counting(Argon2Passwords):
    """Counts what is hashed: what takes the time."""

    def __init__(self):
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.against: list[str] = []

    def fits(self, password, password_hash):
        self.against.append(password_hash)
        return super().fits(password, password_hash)


def test_a_name_that_nobody_has_costs_as_much_as_a_wrong_password(door):
    door.add("ada")
    counting = _Counting()
    sign_in = replace(door.sign_in, passwords=counting)
    for name in ("ada", "eve"):
        with pytest.raises(Denied):
            sign_in.enter(name, "wrong", HERE)
    assert [bool(against) for against in counting.against] == [True, False]


def test_too_many_failures_are_turned_away_without_a_look_at_the_password(door):
    door.add("ada")
    elsewhere = Client("203.0.113.9", "")
    for _ in range(5):
        with pytest.raises(Denied):
            door.enter("ada", "wrong", elsewhere)
    with pytest.raises(Throttled) as turned_away:
        door.enter("ada", PASSWORD, elsewhere)
    assert turned_away.value.after == timedelta(seconds=1)
    door.clock.tick(1)
    door.enter("ada", PASSWORD, elsewhere)
    door.enter("ada", PASSWORD, elsewhere)


def test_old_hashes_are_made_anew_at_the_next_sign_in(door):
    door.add("ada")
    better = Argon2Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    before = door.database.users.credentials("ada").password_hash
    replace(door.sign_in, passwords=better).enter("ada", PASSWORD, HERE)
    after = door.database.users.credentials("ada").password_hash
    assert (before != after, better.is_outdated(after)) == (True, False)
    replace(door.sign_in, passwords=better).enter("ada", PASSWORD, HERE)
    assert door.database.users.credentials("ada").password_hash == after


def test_the_first_start_s_link_makes_the_first_administrator(door):
    former, link = door.people.first_link(), door.people.first_link()
    assert former is not None
    assert link is not None
    assert door.sign_in.welcomed(text_of(former)) is None, "each start makes a new one"
    assert door.sign_in.welcomed(text_of(link)).name == ""
    entered = door.sign_in.welcome(text_of(link), "  Ada ", PASSWORD, HERE)
    assert (entered.session.user.name, entered.session.user.role) == ("Ada", Role.ADMINISTRATOR)
    assert door.sign_in.session(entered.cookie) is not None, "and is signed in at once"
    assert door.people.first_link() is None
    assert door.people.has_administrator()


def test_a_link_is_good_for_a_day(door):
    link = text_of(door.people.first_link() or "")
    door.clock.tick(24 * 3600 - 1)
    assert door.sign_in.welcomed(link) is not None
    door.clock.tick(1)
    assert door.sign_in.welcomed(link) is None
    with pytest.raises(NotFound, match="Ask an administrator"):
        door.sign_in.welcome(link, "ada", PASSWORD, HERE)


def test_all_faults_of_a_welcome_are_told_and_the_link_stays_good(door):
    door.add("bob", Role.AUDITOR)
    link = text_of(door.people.first_link() or "")
    with pytest.raises(BadInput) as refused:
        door.sign_in.welcome(link, "a/b", "short", HERE)
    assert set(refused.value.fields) == {"name", "password"}
    with pytest.raises(Taken):
        door.sign_in.welcome(link, "Bob", PASSWORD, HERE)
    door.sign_in.welcome(link, "ada", PASSWORD, HERE)


def test_the_link_of_a_user_does_not_let_them_choose_a_name(door):
    _user, link = door.people.add("ada", Role.AUDITOR, SYSTEM)
    assert door.sign_in.welcome(text_of(link), "root", PASSWORD, HERE).session.user.name == "ada"


def test_a_session_obeys_times_that_are_changed_while_it_runs(door):
    door.add("ada")
    entered = door.enter("ada")
    door.clock.tick(3600)
    door.lifetimes = replace(door.lifetimes, idle=timedelta(minutes=30))
    assert door.sign_in.session(entered.cookie) is None


def test_a_token_may_never_more_than_its_owner_now(door):
    root, ada = actor(door.add("root")), door.add("ada")
    _token, text = door.tokens.make("ada", "t", Role.ADMINISTRATOR, None, root)
    _token, weak = door.tokens.make("ada", "u", Role.AUDITOR, None, root)
    assert text.startswith("ws_")
    assert [door.sign_in.bearer(one)[1] for one in (text, weak)] == [Role.ADMINISTRATOR, Role.AUDITOR]
    ada = door.people.change(replace(ada, role=Role.OPERATOR, version=0), root)
    assert [door.sign_in.bearer(one)[1] for one in (text, weak)] == [Role.OPERATOR, Role.AUDITOR]
    door.people.change(replace(ada, active=False), root)
    assert [door.sign_in.bearer(one) for one in (text, weak, "ws_", "x", "")] == [None] * 5
