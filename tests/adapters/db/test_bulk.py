"""Thousands of accounts and profiles in few statements, as good as one by one: secrets, keys for lists, audit entries, all or nothing."""

from dataclasses import replace

import pytest

from app.adapters.db.tables import accounts
from app.domain.account import KEPT, Direction, Profile, Template
from app.domain.views import AccountFilter, AccountState, Cut
from app.errors import BadInput, NotFound, Superseded, Taken
from tests.adapters.db.test_registry_changes import ADA, entries
from tests.adapters.db.world import account, configure, counted_statements


@pytest.fixture
def registry(database):
    configure(database)
    return database.registry


def test_many_new_ones_are_stored_like_single_ones(database, registry, engine):
    registry.save(account("Änne"))
    with engine.begin() as connection:
        single = dict(connection.execute(accounts.select().where(accounts.c.name == "Änne")).mappings().one())
    registry.remove(registry.account("Änne"))
    registry.save_many([account("Änne"), Profile(account="Änne", name="Wice"), account("bernd")], ADA)
    with engine.begin() as connection:
        bulk = dict(connection.execute(accounts.select().where(accounts.c.name == "Änne")).mappings().one())
    for row in (single, bulk):
        del row["id"], row["wice_password"]
    assert bulk == single
    assert registry.account("Änne", secrets=True) == replace(account("Änne"), id=registry.account("Änne").id, version=1)
    assert [entry[:3] for entry in entries(engine)] == [
        ("created", "account", "Änne"),
        ("created", "profile", "Änne/Wice"),
        ("created", "account", "bernd"),
    ]


def test_thousands_take_few_statements(registry):
    names = [f"user{number}" for number in range(3000)]
    with counted_statements() as sent:
        registry.save_many([*map(account, names), *(Profile(account=name, name="Wice") for name in names)], ADA)
    assert len(sent) < 60
    with counted_statements() as sent:
        assert registry.remove_accounts(names, ADA) == 3000
    assert len(sent) < 20
    assert [one.name for one in registry.accounts()] == ["anna"]


def test_what_is_there_already_is_changed_and_counted(registry):
    known = replace(registry.account("anna"), email="new@example.com")
    assert registry.save_many([known, account("bernd")], ADA) == 2
    assert registry.save_many([replace(known, version=0), account("bernd")], ADA) == 0
    with pytest.raises(Superseded):
        registry.save_many([account("carl"), replace(known, email="x@example.com")], ADA)
    assert {one.name for one in registry.accounts()} == {"anna", "bernd"}


@pytest.mark.parametrize(
    "wrong",
    [
        account("bernd", wice_server="nowhere"),
        account("bernd", wice_password=KEPT),
        Profile(account="nobody", name="Wice"),
        Profile(account="anna", name="Second", template="nowhere"),
        Profile(account="anna", name="Second", template="office", direction=Direction.TO_WICE),
    ],
)
def test_one_that_cannot_be_stored_stops_all(registry, engine, wrong):
    registry.save(Template(name="office"))
    with pytest.raises(BadInput):
        registry.save_many([account("carl"), wrong], ADA)
    assert [one.name for one in registry.accounts()] == ["anna"]
    assert entries(engine) == []


def test_an_account_and_its_profile_are_created_both_or_neither(registry):
    with pytest.raises(Taken):
        registry.create_all([account("bernd"), Profile(account="anna", name="anna")], ADA)
    assert [one.name for one in registry.accounts()] == ["anna"]


def test_accounts_are_removed_with_what_hangs_on_them_all_or_none(registry, engine):
    registry.save_many([account("bernd"), Profile(account="bernd", name="Wice")])
    with pytest.raises(NotFound, match="nobody"):
        registry.remove_accounts(["bernd", "nobody"], ADA)
    assert registry.remove_accounts(["bernd", "bernd"], ADA) == 1
    assert [one.account for one in registry.profiles()] == ["anna"]
    assert [(entry[0], entry[1], entry[2]) for entry in entries(engine)] == [
        ("removed", "profile", "bernd/Wice"),
        ("removed", "account", "bernd"),
    ]
    assert entries(engine)[1][3]["wice_password"] == "***"


@pytest.mark.parametrize(
    "wanted",
    [
        AccountFilter(),
        AccountFilter(text="bernd"),
        AccountFilter(state=AccountState.WAITING),
        AccountFilter(state=AccountState.FAILING),
        AccountFilter(active=False),
        AccountFilter(template="office"),
    ],
)
def test_the_names_of_all_that_fit_are_those_of_the_list(database, registry, wanted):
    registry.save(Template(name="office"))
    registry.save_many(
        [account("bernd"), account("Änne", active=False), Profile(account="bernd", name="W", template="office")]
    )
    listed = [row.name for row in database.views.accounts(wanted, Cut()).rows]
    assert list(database.views.account_names(wanted)) == listed
