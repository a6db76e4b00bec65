"""Managing users: who may, what is refused, and what everybody may change about themselves."""

from dataclasses import replace

import pytest

from app.domain.people import SYSTEM, Actor, Role, Via
from app.errors import BadInput, Denied, NotFound, Taken
from tests.services.entrance import HERE, PASSWORD, actor, entrance, text_of

OTHER = "another horse battery"


@pytest.fixture
def door(tmp_path):
    with entrance(tmp_path) as door:
        yield door


@pytest.fixture
def root(door):
    return actor(door.add("root"))


@pytest.fixture
def ada(door, root):
    return actor(door.add("ada", Role.OPERATOR))


def test_only_administrators_manage_users(door, ada):
    bob = door.add("bob", Role.AUDITOR)
    for change in (
        lambda: door.people.add("eve", Role.AUDITOR, ada),
        lambda: door.people.new_link("bob", ada),
        lambda: door.people.change(replace(bob, role=Role.ADMINISTRATOR), ada),
        lambda: door.people.set_role("ada", Role.ADMINISTRATOR, ada),
        lambda: door.people.remove(bob, ada),
        lambda: door.people.sessions_of("bob", ada),
        lambda: door.people.end_sessions("bob", ada),
        lambda: door.people.end_session("bob", "x", ada),
        lambda: door.people.change_password("bob", PASSWORD, OTHER, ada),
        lambda: door.people.set_preferences(bob, ada, language="de", time_zone="", theme=""),
    ):
        with pytest.raises(Denied):
            change()


def test_names_are_checked_and_links_lead_to_the_portal(door, root):
    with pytest.raises(BadInput) as refused:
        door.people.add("a/b", Role.AUDITOR, root)
    assert set(refused.value.fields) == {"name"}
    user, link = door.people.add("eve", Role.AUDITOR, root)
    assert door.sign_in.welcomed(text_of(link)) == user
    again = door.people.new_link("eve", root)
    assert door.sign_in.welcomed(text_of(link)) is None
    assert door.sign_in.welcomed(text_of(again)) is not None
    with pytest.raises(NotFound):
        door.people.new_link("nobody", root)


def test_a_new_link_leaves_the_password_until_it_is_used(door, root, ada):
    link = door.people.new_link("ada", root)
    session = door.enter("ada")
    door.sign_in.welcome(text_of(link), "", OTHER, HERE)
    assert door.sign_in.session(session.cookie) is None
    with pytest.raises(Denied):
        door.enter("ada", PASSWORD)
    door.enter("ada", OTHER)


def test_nobody_deactivates_themselves(door, root):
    door.add("other")
    with pytest.raises(Taken, match="yourself"):
        door.people.change(replace(door.people.user("root"), active=False), root)


def test_a_changed_password_ends_the_other_sessions(door, ada):
    here, there = door.enter("ada"), door.enter("ada")
    door.people.change_password("ada", PASSWORD, OTHER, ada, here.session.id)
    assert [door.sign_in.session(one.cookie) is not None for one in (here, there)] == [True, False]
    door.enter("ada", OTHER)


@pytest.mark.parametrize(
    ("present", "new", "field"),
    [("wrong", OTHER, "present"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new"), ("", OTHER, "present")],
)
def test_a_password_is_not_changed_for_the_asking(door, ada, present, new, field):
    with pytest.raises(BadInput) as refused:
        door.people.change_password("ada", present, new, ada)
    assert set(refused.value.fields) == {field}
    door.enter("ada")


def test_everybody_sees_and_ends_their_own_sessions(door, ada):
    first, second, third = (door.enter("ada") for _ in range(3))
    # The set-up link signed her in, too.
    assert len(door.people.sessions_of("ADA", ada)) == 4
    assert door.people.end_session("ada", first.session.id, ada)
    assert door.people.end_sessions("ada", ada, keep=third.session.id) == 2
    assert door.sign_in.session(second.cookie) is None
    assert [one.id for one in door.people.sessions_of("ada", ada)] == [third.session.id]


def test_preferences_are_everybody_s_own(door, ada):
    user = door.people.user("ada")
    session = door.enter("ada")
    changed = door.people.set_preferences(user, ada, language="de", time_zone="Europe/Berlin", theme="dark")
    assert (changed.language, changed.time_zone, changed.theme) == ("de", "Europe/Berlin", "dark")
    assert door.sign_in.session(session.cookie) is not None
    with pytest.raises(BadInput) as refused:
        door.people.set_preferences(user, ada, language="fr", time_zone="Mars/Base", theme="pink")
    assert set(refused.value.fields) == {"language", "time_zone", "theme"}


def test_roles_are_set_by_name(door, root, ada):
    assert door.people.set_role("ADA", Role.AUDITOR, root).role is Role.AUDITOR
    with pytest.raises(Taken):
        door.people.set_role("root", Role.AUDITOR, SYSTEM)


def test_tokens_are_made_by_their_owner_or_an_administrator_and_never_stronger(door, root, ada):
    token, text = door.tokens.make("ada", " backup ", Role.OPERATOR, None, ada)
    assert (token.name, door.sign_in.bearer(text)[0].name) == ("backup", "ada")
    door.tokens.make("ada", "by root", Role.AUDITOR, None, root)
    weak = Actor(name="root", role=Role.AUDITOR, via=Via.API)
    for by, owner, role, field in (
        (ada, "ada", Role.ADMINISTRATOR, "role"),
        (root, "ada", Role.ADMINISTRATOR, "role"),
        (weak, "root", Role.ADMINISTRATOR, "role"),
    ):
        with pytest.raises(BadInput) as refused:
            door.tokens.make(owner, "x", role, None, by)
        assert set(refused.value.fields) == {field}
    with pytest.raises(BadInput) as refused:
        door.tokens.make("ada", " ", Role.AUDITOR, door.clock.now, ada)
    assert set(refused.value.fields) == {"name", "until"}
    with pytest.raises(Denied):
        door.tokens.make("root", "x", Role.AUDITOR, None, ada)


def test_tokens_are_seen_and_revoked_by_their_owner_or_an_administrator(door, root, ada):
    mine, text = door.tokens.make("ada", "mine", Role.AUDITOR, None, ada)
    theirs, _text = door.tokens.make("root", "theirs", Role.AUDITOR, None, root)
    assert [one.name for one in door.tokens.of(ada)] == ["mine"]
    assert [one.name for one in door.tokens.of(root)] == ["mine", "theirs"]
    assert [one.name for one in door.tokens.of(root, "ada")] == ["mine"]
    for refused in (lambda: door.tokens.of(ada, "root"), lambda: door.tokens.revoke(theirs.id, ada)):
        with pytest.raises(Denied):
            refused()
    door.tokens.revoke(mine.id, root)
    assert door.sign_in.bearer(text) is None
    with pytest.raises(NotFound):
        door.tokens.revoke(mine.id, root)
