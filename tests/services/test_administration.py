"""What an administrator may set up from a form or the API: faults at their fields, locks, secrets, previews; R34, R35, R37, R43."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.account import (
    KEPT,
    Account,
    Carried,
    Direction,
    ExchangeServer,
    FirstPlan,
    Profile,
    Template,
    WiceServer,
)
from app.domain.people import Actor, Role, Via
from app.errors import BadInput, NotFound, Superseded, Taken
from app.services.administration import LOCKED, Administration
from tests.adapters.db.test_registry_changes import entries, link_of
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, configure

ADA = Actor(name="ada", role=Role.ADMINISTRATOR, via=Via.API)
ACCOUNT = {
    "name": "bernd",
    "email": "bernd@example.com",
    "wice_server": "main",
    "wice_username": "bernd",
    "wice_password": "geheim",
    "exchange_server": "mail",
    "mailbox": "bernd@example.com",
}


def judge(server):
    if "bad" in server.dialect:
        raise BadInput("dialect.bad: there is no such name")


@pytest.fixture
def registry(database):
    configure(database)
    return database.registry


@pytest.fixture
def administration(registry):
    return Administration(registry, judge)


def refused(call):
    with pytest.raises(BadInput) as refusal:
        call()
    assert len(refusal.value.problems) == len(refusal.value.fields)
    return dict(refusal.value.fields)


def test_each_kind_is_created_and_read_back(administration, registry):
    created = [
        administration.create(
            WiceServer, {"name": "w", "url": "https://w.example", "mandant": "m", "dialect": "ids = true"}, ADA
        ),
        administration.create(ExchangeServer, {"name": "e", "username": "svc", "password": "p"}, ADA),
        administration.create(Account, {**ACCOUNT, "wice_server": "w", "exchange_server": "e", "active": "on"}, ADA),
        administration.create(Profile, {"name": "p", "window_past_days": "7", "contacts": "off"}, ADA, account="bernd"),
        administration.create(Template, {"name": "t", "direction": "to_wice", "appointments": True}, ADA),
    ]
    assert [one.version for one in created] == [1] * 5
    assert created[0].dialect == {"ids": True}
    assert (created[3].window_past_days, created[3].contacts, created[4].direction) == (7, False, Direction.TO_WICE)
    assert registry.account("bernd", secrets=True).wice_password == "geheim"
    assert created[2].wice_password == KEPT


def test_a_name_in_use_is_refused(administration):
    assert "name" in refused(lambda: administration.create(Account, {**ACCOUNT, "name": "anna"}, ADA))
    with pytest.raises(Taken):
        administration.create(
            Profile, {"name": "anna", "contacts_folder": "x", "calendar_folder": "x"}, ADA, account="anna"
        )


@pytest.mark.parametrize(
    ("kind", "given", "fields"),
    [
        (Account, {"name": "a/b", "mailbox": "x", "email": "y"}, {
            "name": "must not hold a slash: account/profile names a profile",
            "mailbox": "is no e-mail address, such as anna@example.com",
            "email": "is no e-mail address, such as anna@example.com",
        }),
        (Account, {"wice_username": "", "wice_password": ""}, dict.fromkeys(("wice_username", "wice_password"), "must not be empty")),
        (Account, {"mailbox": ""}, {"mailbox": "must not be empty"}),
        (Account, {"wice_server": "x", "exchange_server": "y"}, dict.fromkeys(("wice_server", "exchange_server"), "does not exist")),
        (Account, {"wice_password": "file:/etc/passwd", "exchange_password": "env:HOME"}, dict.fromkeys(
            ("wice_password", "exchange_password"), "must be the secret itself: env: and file: are for set-up files on the server only")),
        (Account, {"name": "a\nb", "email": "\x00"}, dict.fromkeys(("name", "email"), "must not hold line breaks or control characters")),
        (Account, {"colour": "red"}, {"colour": "is no setting"}),
        (ExchangeServer, {"name": "e", "auth": "ntlm", "username": "", "password": "p"}, {
            "username": 'access = "impersonation" needs the service account\'s username and password'}),
        (WiceServer, {"name": "w", "url": "http://w", "mandant": "m"}, {
            "url": "must begin with https:// and name a host (http:// only for this machine, such as http://127.0.0.1)"}),
        (WiceServer, {"name": "w", "url": "https://w", "mandant": "m", "dialect": {"bad": 1}}, {
            "dialect": "dialect.bad: there is no such name"}),
        (Profile, {"name": "p", "contacts": "false", "appointments": "false"}, {"contacts": "contacts or appointments must be true"}),
        (Profile, {"name": "p", "window_past_days": "many"}, {
            "window_past_days": "must be a whole number, without quotes"}),
        (Profile, {"name": "p"}, {
            "contacts_folder": "is used by anna/anna already; give each profile a folder of its own",
            "calendar_folder": "is used by anna/anna already; give each profile a folder of its own",
        }),
        (Profile, {"name": "p", "template": "none"}, {"template": "does not exist"}),
    ],
)  # fmt: skip
def test_every_fault_is_told_at_its_field_and_nothing_is_stored(administration, engine, kind, given, fields):
    given = {**ACCOUNT, **given} if kind is Account else given
    account = "anna" if kind is Profile else ""
    assert refused(lambda: administration.create(kind, given, ADA, account=account)) == fields
    assert entries(engine) == []


def test_a_profile_needs_an_account_that_exists(administration):
    assert refused(lambda: administration.create(Profile, {"name": "p"}, ADA, account="nobody")) == {
        "account": "does not exist"
    }


def test_a_table_that_is_no_toml_is_told_at_its_field(administration, registry):
    faults = refused(lambda: administration.update(registry.wice_server("main"), {"dialect": "ids ="}, ADA))
    assert faults["dialect"].startswith("is no valid TOML")


def test_only_what_is_given_changes_and_an_empty_secret_stays(administration, registry):
    changed = administration.update(registry.account("anna"), {"email": "new@example.com", "wice_password": ""}, ADA)
    assert (changed.email, changed.mailbox, changed.version) == ("new@example.com", "anna@example.com", 2)
    assert registry.account("anna", secrets=True).wice_password == "anna-secret"
    administration.update(registry.account("anna"), {"wice_password": "other"}, ADA)
    assert registry.account("anna", secrets=True).wice_password == "other"
    administration.update(registry.wice_server("main"), {"api_key": None}, ADA)
    assert registry.wice_server("main", secrets=True).api_key == ""
    assert refused(lambda: administration.update(registry.account("anna"), {"wice_password": None}, ADA)) == {
        "wice_password": "must not be empty"
    }


def test_who_was_slower_is_told(administration, registry):
    read = registry.account("anna")
    administration.update(read, {"email": "one@example.com"}, ADA)
    with pytest.raises(Superseded):
        administration.update(read, {"email": "two@example.com"}, ADA)


def test_an_update_is_no_renaming(administration, registry):
    administration.update(registry.account("anna"), {"name": "anna", "active": False}, ADA)
    assert refused(lambda: administration.update(registry.account("anna"), {"name": "berta"}, ADA)) == {
        "name": "is changed by renaming"
    }
    assert refused(lambda: administration.rename(registry.account("anna"), " ", ADA)) == {"name": "must not be empty"}
    administration.rename(registry.account("anna"), " berta ", ADA)
    assert registry.profile("berta/anna")[1].wice_password == "anna-secret"


def test_an_account_with_delegate_access_needs_its_own_login(administration, registry):
    administration.update(registry.exchange_server("mail"), {"access": "delegate"}, ADA)
    faults = refused(lambda: administration.update(registry.account("anna"), {"active": False}, ADA))
    assert list(faults) == ["exchange_password"]
    assert administration.update(registry.account("anna"), {"exchange_password": "p"}, ADA).exchange_password == KEPT


def test_appointments_need_an_address(administration, registry):
    assert "email" in refused(lambda: administration.update(registry.account("anna"), {"email": ""}, ADA))
    administration.create(Account, {**ACCOUNT, "email": ""}, ADA)
    assert list(refused(lambda: administration.create(Profile, {"name": "p"}, ADA, account="bernd"))) == [
        "appointments"
    ]
    administration.create(Profile, {"name": "p", "appointments": False}, ADA, account="bernd")


def test_R43_accounts_that_share_a_mailbox_do_not_share_a_folder(administration, registry):
    administration.create(Account, ACCOUNT, ADA)
    administration.create(Profile, {"name": "p"}, ADA, account="bernd")
    faults = refused(lambda: administration.update(registry.account("bernd"), {"mailbox": "Anna@Example.com"}, ADA))
    assert faults == {"mailbox": "is used by anna/anna already; give each profile a folder of its own"}


def test_R35_what_links_hang_on_is_locked(administration, registry, database):
    profile = registry.profile_of("anna", "anna")
    assert administration.locked(profile) == {}
    link_of(database, profile.id, 1)
    contacts = frozenset({CONTACTS})
    assert administration.locked(profile) == {"contacts_folder": contacts}
    locks = dict.fromkeys(("mailbox", "exchange_server", "wice_server", "wice_username"), contacts)
    assert administration.locked(registry.account("anna")) == locks
    assert administration.locked(registry.wice_server("main")) == {"mandant": contacts}
    assert administration.locked(registry.exchange_server("mail")) == {}
    assert refused(lambda: administration.update(profile, {"contacts_folder": "default"}, ADA)) == {
        "contacts_folder": LOCKED
    }
    assert refused(lambda: administration.update(registry.account("anna"), {"mailbox": "x@example.com"}, ADA)) == {
        "mailbox": LOCKED
    }
    assert administration.update(profile, {"calendar_folder": "default"}, ADA).calendar_folder == "default"
    assert registry.linked_kinds(profile.id) == contacts


def test_R35_full_editing_drops_the_links_concerned_and_only_these(administration, registry, database, engine):
    profile = registry.profile_of("anna", "anna")
    link_of(database, profile.id, 1)
    link_of(database, profile.id, 2, APPOINTMENTS)
    before = administration.preview(profile, {"contacts_folder": "default", "window_past_days": 180})
    assert (before.before, before.after) == ({"contacts_folder": "Wice"}, {"contacts_folder": "default"})
    assert before.locked == {"contacts_folder": frozenset({CONTACTS})}
    assert [(one.name, one.kinds) for one in before.linked] == [("anna/anna", frozenset({CONTACTS}))]
    administration.update(profile, {"contacts_folder": "default"}, ADA, full_editing=True)
    assert registry.linked_kinds(profile.id) == {APPOINTMENTS}
    administration.update(registry.account("anna"), {"mailbox": "x@example.com"}, ADA, full_editing=True)
    assert registry.linked_kinds(profile.id) == frozenset()
    assert [entry[:3] for entry in entries(engine)] == [
        ("unlinked", "profile", "anna/anna"),
        ("changed", "profile", "anna/anna"),
        ("unlinked", "profile", "anna/anna"),
        ("changed", "account", "anna"),
    ]


def test_a_preview_shows_no_secret_and_changes_nothing(administration, registry, engine):
    seen = administration.preview(registry.account("anna"), {"wice_password": "new", "exchange_password": "first"})
    assert seen.before == {"wice_password": "***", "exchange_password": ""}
    assert seen.after == {"wice_password": "*** (changed)", "exchange_password": "***"}
    assert administration.preview(registry.account("anna"), {"wice_password": ""}).after == {}
    assert entries(engine) == []


def test_a_profile_follows_a_template_and_leaves_it(administration, registry):
    template = administration.create(
        Template, {"name": "office", "window_past_days": 30, "first_plan": "approved"}, ADA
    )
    profile = registry.profile_of("anna", "anna")
    own = lambda: administration.update(profile, {"template": "office", "conflict": "wice"}, ADA)  # noqa: E731
    assert refused(own) == {"conflict": "comes from the template: leave it out, or the template"}
    profile = administration.update(profile, {"template": "office"}, ADA)
    assert (profile.template, profile.window_past_days, profile.approved) == ("office", 30, True)
    assert "window_past_days" in refused(lambda: administration.update(profile, {"window_past_days": 1}, ADA))
    assert administration.preview(template, {"window_past_days": 5}).carried == Carried(changed=("anna/anna",))
    administration.update(template, {"window_past_days": 5}, ADA)
    profile = administration.update(registry.profile_of("anna", "anna"), {"template": ""}, ADA)
    assert (profile.template, profile.window_past_days, profile.first_plan) == ("", 5, FirstPlan.APPROVED)
    administration.update(profile, {"window_past_days": 6}, ADA)


def test_R37_a_server_that_accounts_use_goes_with_them_or_not_at_all(administration, registry):
    with pytest.raises(Taken, match="is used by 1 account"):
        administration.remove(registry.wice_server("main"), ADA)
    administration.remove(registry.wice_server("main"), ADA, with_accounts=True)
    with pytest.raises(NotFound):
        registry.account("anna")


def test_R37_a_profile_is_removed_here_only(administration, registry):
    profile = registry.profile_of("anna", "anna")
    with pytest.raises(Superseded):
        administration.remove(replace(profile, version=9), ADA)
    administration.remove(profile, ADA)
    assert registry.profiles() == []


def test_accounts_are_turned_off_together(administration, registry):
    administration.create(Account, ACCOUNT, ADA)
    assert administration.set_active(["anna", "bernd"], ADA, active=False) == ("anna", "bernd")
    assert administration.set_active(["anna", "bernd"], ADA, active=False) == ()
