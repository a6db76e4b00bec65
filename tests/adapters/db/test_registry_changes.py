"""Who changes what is configured: the audit entry of each change, versions, names, kept secrets, single reads (R34, R35, R37)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from app.adapters.db.tables_people import audit
from app.domain.account import KEPT, Conflict, Linked, Profile, Template
from app.domain.ids import ProfileId
from app.domain.journal import Settlement
from app.domain.people import SYSTEM, Actor, Role, Via
from app.errors import BadInput, Halt, NotFound, Superseded, Taken
from tests.adapters.db.world import (
    APPOINTMENTS,
    CONTACTS,
    MAIL,
    MAIN,
    account,
    configure,
    intent,
    link,
)

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.PORTAL)


@pytest.fixture
def registry(database):
    configure(database)
    database.registry.save(Template(name="office"))
    return database.registry


def entries(engine, *, by=ADA):
    """What this actor did: (action, kind, entity, before, after)."""
    with engine.connect() as connection:
        query = select(audit).where(audit.c.actor == by.name).order_by(audit.c.seq)
        return [(row.action, row.entity_kind, row.entity, row.before, row.after) for row in connection.execute(query)]


def link_of(database, profile, number, kind=CONTACTS):
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(number)])
        ledger.settle([Settlement(link=replace(link(number), kind=kind))])
        ledger.finish("done", {})


def entity_of(registry, which):
    return {
        "wice_server": lambda: registry.wice_server("main"),
        "exchange_server": lambda: registry.exchange_server("mail"),
        "account": lambda: registry.account("anna"),
        "profile": lambda: registry.profile_of("anna", "anna"),
        "template": lambda: registry.template("office"),
    }[which]()


KINDS = ["wice_server", "exchange_server", "account", "profile", "template"]


def test_each_change_is_written_down_with_what_differs(registry, engine):
    registry.save(account("anna", email="new@example.com", wice_password="other"), ADA)
    registry.save(Profile(account="anna", name="anna", conflict=Conflict.EXCHANGE), ADA)
    registry.save(Profile(account="anna", name="anna", conflict=Conflict.EXCHANGE), ADA)  # nothing to tell
    assert entries(engine) == [
        (
            "changed",
            "account",
            "anna",
            {"email": "anna@example.com", "wice_password": "***"},
            {"email": "new@example.com", "wice_password": "*** (changed)"},
        ),
        ("changed", "profile", "anna/anna", {"conflict": "wice"}, {"conflict": "exchange"}),
    ]


def test_a_new_entity_is_written_down_without_its_secrets(registry, engine):
    registry.save(account("bernd"), ADA)
    [(action, kind, name, before, after)] = entries(engine)
    assert (action, kind, name, before, after["mailbox"]) == ("created", "account", "bernd", {}, "bernd@example.com")
    assert (after["wice_password"], after["exchange_password"]) == ("***", "")


def test_a_refused_change_leaves_no_entry(registry, engine):
    with pytest.raises(BadInput):
        registry.save(account("bernd", wice_server="nowhere"), ADA)
    assert entries(engine) == []


def test_the_server_itself_is_named_where_nobody_asked(registry, engine):
    assert ("created", "account", "anna") in [entry[:3] for entry in entries(engine, by=SYSTEM)]


@pytest.mark.parametrize("which", KINDS)
def test_what_was_changed_meanwhile_is_not_overwritten(registry, engine, which):
    read = entity_of(registry, which)
    assert read.version == 1
    registry.rename(read, "moved on", ADA)
    registry.rename(replace(read, name="moved on", version=0), read.name, ADA)
    for change in (
        lambda: registry.save(read),
        lambda: registry.rename(read, "other"),
        lambda: registry.remove(read),
    ):
        with pytest.raises(Superseded, match="changed or removed meanwhile"):
            change()
    assert entity_of(registry, which).version == 3


def test_of_two_who_change_the_same_at_once_one_is_told(registry):
    read = registry.account("anna")
    start = Barrier(2)

    def change(email):
        start.wait()
        try:
            return registry.save(replace(read, email=email), ADA)
        except Superseded:
            return "superseded"

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(change, ["one@example.com", "two@example.com"]))
    assert sorted(map(str, done)) == ["True", "superseded"]
    assert registry.account("anna").version == 2


def test_what_the_engine_finds_out_is_no_change_by_a_person(database, registry):
    profile = registry.profile_of("anna", "anna")
    with database.books.open(profile.id, "analyse") as ledger:
        ledger.save_folder(CONTACTS, "F1")
        ledger.save_endpoint("https://found.example")
        ledger.approve()
        ledger.finish("done", {})
    registry.unlink(profile.id, [CONTACTS], ADA)
    assert registry.profile_of("anna", "anna").version == 1
    assert registry.account("anna").version == 1


@pytest.mark.parametrize("which", KINDS)
def test_a_single_one_is_read_by_its_name(registry, which):
    read = entity_of(registry, which)
    assert read.name in {"main", "mail", "anna", "office"}
    registry.remove(read)
    with pytest.raises(NotFound, match="(?i)there is no " + which.replace("_", " ")):
        entity_of(registry, which)


def test_secrets_are_read_on_request_only(registry):
    assert registry.account("anna").wice_password == KEPT
    assert registry.account("anna").exchange_password == ""
    assert registry.account("anna", secrets=True).wice_password == "anna-secret"
    assert registry.wice_server("main").api_key == KEPT
    assert registry.exchange_server("mail", secrets=True) == MAIL
    assert "\\x00" not in repr(registry.account("anna"))


def test_what_was_read_without_secrets_never_wipes_them(registry, engine):
    assert not registry.save(registry.account("anna"), ADA)
    assert registry.save(replace(registry.account("anna"), email="new@example.com"), ADA)
    assert registry.save(replace(registry.wice_server("main"), mandant="other"), ADA)
    assert registry.account("anna", secrets=True).wice_password == "anna-secret"
    assert registry.wice_server("main", secrets=True).api_key == MAIN.api_key
    assert not any("wice_password" in entry[4] or "api_key" in entry[4] for entry in entries(engine))


def test_a_secret_that_is_kept_but_was_never_given_stays_empty(registry):
    assert not registry.save(replace(registry.account("anna"), exchange_password=KEPT), ADA)
    assert registry.account("anna", secrets=True).exchange_password == ""
    with pytest.raises(BadInput, match="account 'bernd' is new: give its wice_password") as refused:
        registry.save(account("bernd", wice_password=KEPT))
    assert refused.value.fields == {"wice_password": "must be given"}


@pytest.mark.parametrize("which", KINDS)
def test_R37_a_new_name_keeps_all_that_refers_to_it(database, registry, engine, which):
    profile = registry.profile_of("anna", "anna").id
    link_of(database, profile, 1)
    registry.rename(entity_of(registry, which), "Ännchen", ADA)
    [stored] = registry.profiles()
    assert (stored.id, stored.name, stored.account) == (
        profile,
        "Ännchen" if which == "profile" else "anna",
        "Ännchen" if which == "account" else "anna",
    )
    assert registry.linked_kinds(profile) == {CONTACTS}
    _, owner, wice, exchange = registry.profile(f"{stored.account}/{stored.name}")
    assert (owner.wice_password, wice.api_key, exchange.password) == ("anna-secret", "wice-key", "mail-secret")
    old = {"wice_server": "main", "exchange_server": "mail", "profile": "anna/anna", "template": "office"}.get(
        which, "anna"
    )
    before = {"name": old.rpartition("/")[2]}
    assert entries(engine) == [("renamed", which, old, before, {"name": "Ännchen"})]


@pytest.mark.parametrize("which", KINDS)
def test_a_name_in_use_is_refused(registry, engine, which):
    others = [
        replace(MAIN, name="x"),
        replace(MAIL, name="x"),
        account("x"),
        Profile(account="anna", name="x"),
        Template(name="x"),
    ]
    for other in others:
        registry.save(other)
    with pytest.raises(Taken, match="'x' already") as refused:
        registry.rename(entity_of(registry, which), "x", ADA)
    assert "name" in refused.value.fields
    registry.rename(entity_of(registry, which), entity_of(registry, which).name, ADA)  # its own is none
    assert entries(engine) == []


def test_two_accounts_may_have_a_profile_of_the_same_name(registry):
    registry.save(account("bernd"))
    registry.save(Profile(account="bernd", name="work"))
    registry.rename(registry.profile_of("anna", "anna"), "work", ADA)
    assert registry.active_profiles() == ["anna/work", "bernd/work"]


def test_what_goes_with_a_server_is_written_down(registry, engine):
    registry.save(account("bernd"))
    with pytest.raises(Taken, match="'main' is used by 2 accounts"):
        registry.remove(registry.wice_server("main"), ADA, take_along=False)
    assert entries(engine) == []
    registry.remove(registry.wice_server("main"), ADA)
    assert [entry[:3] for entry in entries(engine)] == [
        ("removed", "profile", "anna/anna"),
        ("removed", "account", "anna"),
        ("removed", "account", "bernd"),
        ("removed", "wice_server", "main"),
    ]
    before = entries(engine)[-1][3]
    assert (before["url"], before["api_key"]) == (MAIN.url, "***")
    registry.remove(registry.exchange_server("mail"), ADA, take_along=False)


def test_accounts_are_turned_off_and_on_together(database, registry, engine):
    registry.save(account("bernd", active=False))
    assert registry.activate(["bernd", "anna", "anna"], ADA, active=False) == ("anna",)
    assert registry.active_profiles() == []
    assert registry.account("anna").version == 2
    assert entries(engine) == [("changed", "account", "anna", {"active": True}, {"active": False})]
    with pytest.raises(NotFound, match="no account 'carla'"):
        registry.activate(["anna", "carla"], ADA, active=True)
    assert not registry.account("anna").active
    assert registry.activate(["anna", "bernd"], ADA, active=True) == ("anna", "bernd")


def test_profiles_are_named_by_id(registry):
    known = registry.profile_of("anna", "anna")
    assert registry.profile_name(known.id) == "anna/anna"
    assert registry.profile_name(ProfileId(4711)) is None
    assert registry.profiles_of_account("anna") == [known]
    assert registry.profiles_of_account("nobody") == []


def test_R35_what_is_linked_below_an_entity(database, registry):
    registry.save(Profile(account="anna", name="second"))
    profile = registry.profile_of("anna", "anna").id
    assert registry.linked(registry.account("anna")) == []
    link_of(database, profile, 1)
    link_of(database, profile, 2, APPOINTMENTS)
    for entity in (MAIN, MAIL, registry.account("anna"), registry.profile_of("anna", "anna")):
        assert registry.linked(entity) == [Linked(profile, "anna/anna", frozenset({CONTACTS, APPOINTMENTS}))]
    assert registry.linked(registry.profile_of("anna", "second")) == []
    assert registry.linked(account("nobody")) == []


def test_R35_links_are_dropped_with_the_change_that_needs_it_or_not_at_all(database, registry, engine):
    read = registry.profile_of("anna", "anna")
    link_of(database, read.id, 1)
    registry.save(replace(read, window_past_days=7), ADA)
    with pytest.raises(Superseded):
        registry.save(replace(read, contacts_folder="default"), ADA, unlink={read.id: [CONTACTS]})
    assert registry.linked_kinds(read.id) == {CONTACTS}
    registry.save(replace(read, contacts_folder="default", version=2), ADA, unlink={read.id: [CONTACTS]})
    assert registry.linked_kinds(read.id) == frozenset()
    assert [entry[:3] for entry in entries(engine)][1:] == [
        ("unlinked", "profile", "anna/anna"),
        ("changed", "profile", "anna/anna"),
    ]


def test_what_cannot_be_decrypted_can_be_saved_anew(registry, engine, database):
    registry._entities._secrets._keys.clear()
    with pytest.raises(Halt):
        registry.account("anna", secrets=True)
    assert registry.account("anna").wice_password == KEPT
