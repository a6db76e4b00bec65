"""Profiles that follow a template: many at once, none against its locks (R35)."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from app.adapters.db.tables import accounts, profiles
from app.domain.account import Carried, Conflict, FirstPlan, Profile, Template
from app.domain.ids import ItemId
from app.domain.sync import Sighting
from app.errors import BadInput, LeaseLost, NotFound, Superseded
from app.ports import Cursor
from tests.adapters.db.test_registry_changes import ADA, entries, link_of
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, EXCHANGE, WICE, configure, counted_statements

OFFICE = Template(name="office", contacts_folder="default", window_past_days=30)


@pytest.fixture
def registry(database):
    configure(database, "anna", "bernd", "carla")
    database.registry.save(OFFICE)
    return database.registry


def profile(registry, name):
    return registry.profile_of(name, name)


def test_assigned_profiles_take_the_settings_over(registry, engine):
    assert registry.preview(OFFICE, ["bernd/bernd", "anna/anna"]) == Carried(changed=("anna/anna", "bernd/bernd"))
    done = registry.assign(["bernd/bernd", "anna/anna", "anna/anna"], "office", ADA)
    assert done == Carried(changed=("anna/anna", "bernd/bernd"))
    assert registry.assign(["anna/anna"], "office", ADA) == Carried()
    anna = profile(registry, "anna")
    assert (anna.template, anna.contacts_folder, anna.window_past_days, anna.version) == ("office", "default", 30, 2)
    assert profile(registry, "carla").template == ""
    assert [entry[2:] for entry in entries(engine)] == [
        (name, {"template": ""}, {"template": "office", "carried": True}) for name in ("anna/anna", "bernd/bernd")
    ]


def test_a_changed_template_is_followed(registry, engine):
    registry.assign(["anna/anna", "bernd/bernd"], "office")
    changed = replace(registry.template("office"), conflict=Conflict.EXCHANGE, schedule="every 2 hours")
    assert registry.preview(changed) == Carried(changed=("anna/anna", "bernd/bernd"))
    assert profile(registry, "anna").conflict is Conflict.WICE
    assert registry.save_template(changed, ADA) == Carried(changed=("anna/anna", "bernd/bernd"))
    assert [profile(registry, name).conflict for name in ("anna", "bernd", "carla")] == ["exchange", "exchange", "wice"]
    assert registry.save_template(replace(changed, version=2), ADA) == Carried()
    assert [entry[:3] for entry in entries(engine)] == [
        ("changed", "template", "office"),
        ("changed_by_template", "profile", "anna/anna"),
        ("changed_by_template", "profile", "bernd/bernd"),
    ]
    with pytest.raises(Superseded):
        registry.save_template(changed, ADA)


def test_R35_a_profile_whose_links_hang_on_the_folder_is_left_as_it_is(database, registry):
    registry.assign(["anna/anna", "bernd/bernd"], "office")
    link_of(database, profile(registry, "anna").id, 1)
    changed = replace(OFFICE, contacts_folder="Kunden", window_past_days=7)
    expected = Carried(changed=("bernd/bernd",), locked=("anna/anna",))
    assert registry.preview(changed) == expected
    assert registry.save_template(changed, ADA) == expected
    assert (profile(registry, "anna").contacts_folder, profile(registry, "anna").window_past_days) == ("default", 30)
    assert profile(registry, "bernd").contacts_folder == "Kunden"
    # Another folder of the other kind is no matter, and unlocked it catches up.
    registry.unlink(profile(registry, "anna").id, [CONTACTS])
    link_of(database, profile(registry, "anna").id, 2, APPOINTMENTS)
    assert registry.save_template(changed, ADA) == Carried(changed=("anna/anna",))
    assert profile(registry, "anna").contacts_folder == "Kunden"


def test_R35_a_locked_profile_is_not_assigned(database, registry):
    link_of(database, profile(registry, "anna").id, 1)
    assert registry.assign(["anna/anna"], "office") == Carried(locked=("anna/anna",))
    assert profile(registry, "anna").template == ""


def test_R26_followers_forget_the_folder_that_they_leave_and_their_runs_stop(database, registry):
    registry.assign(["anna/anna"], "office")
    with database.books.open(profile(registry, "anna").id, "sync") as ledger:
        for kind, side in ((CONTACTS, EXCHANGE), (CONTACTS, WICE), (APPOINTMENTS, EXCHANGE)):
            ledger.save_page(kind, side, [Sighting(ItemId("1"))], Cursor("c"))
        ledger.save_folder(CONTACTS, "F1")
        ledger.save_folder(APPOINTMENTS, "F2")
        registry.save_template(replace(OFFICE, contacts_folder="Kunden"))
        with pytest.raises(LeaseLost):
            ledger.begin([])
    with database.books.open(profile(registry, "anna").id, "sync") as ledger:
        found = (
            ledger.cursor(CONTACTS, EXCHANGE).value,
            ledger.cursor(CONTACTS, WICE).value,
            ledger.cursor(APPOINTMENTS, EXCHANGE).value,
        )
    assert found == (None, "c", "c")
    anna = profile(registry, "anna")
    assert (anna.contacts_folder_id, anna.calendar_folder_id) == ("", "F2")


def test_R27_a_template_may_approve_the_first_plan_in_advance(registry):
    registry.assign(["anna/anna"], "office")
    assert not profile(registry, "anna").approved
    registry.save_template(replace(OFFICE, first_plan=FirstPlan.APPROVED))
    assert profile(registry, "anna").approved


def test_a_follower_has_no_settings_of_its_own(registry):
    registry.assign(["anna/anna"], "office")
    anna = profile(registry, "anna")
    with pytest.raises(
        BadInput, match="follows the template 'office', which decides on conflict, window_past_days"
    ) as no:
        registry.save(replace(anna, conflict=Conflict.EXCHANGE, window_past_days=1))
    assert set(no.value.fields) == {"conflict", "window_past_days"}
    assert registry.save(replace(anna, active=False))
    with pytest.raises(BadInput, match="decides on contacts_folder"):
        registry.save(Profile(account="anna", name="new", template="office"))
    assert registry.save(Profile(account="anna", name="new").following(OFFICE))
    with pytest.raises(BadInput, match="no template 'none'"):
        registry.save(Profile(account="anna", name="other", template="none"))


def test_a_follower_that_stayed_behind_can_be_edited_and_brought_in_line(database, registry):
    registry.assign(["anna/anna"], "office")
    link_of(database, profile(registry, "anna").id, 1)
    changed = replace(OFFICE, contacts_folder="Kunden")
    registry.save_template(changed)
    anna = profile(registry, "anna")
    assert registry.save(replace(anna, active=False))
    anna = profile(registry, "anna")
    assert registry.save(anna.following(changed), unlink={anna.id: [CONTACTS]})
    assert profile(registry, "anna").contacts_folder == "Kunden"


def test_detached_profiles_keep_their_settings(registry, engine):
    registry.assign(["anna/anna", "bernd/bernd", "carla/carla"], "office")
    assert registry.assign(["anna/anna"], "", ADA) == Carried(changed=("anna/anna",))
    registry.rename(registry.template("office"), "büro", ADA)
    assert profile(registry, "bernd").template == "büro"
    registry.remove(registry.template("büro"), ADA)
    for name in ("anna", "bernd", "carla"):
        assert (profile(registry, name).template, profile(registry, name).window_past_days) == ("", 30)
    assert [entry[:3] for entry in entries(engine)] == [
        ("detached", "profile", "anna/anna"),
        ("renamed", "template", "office"),
        ("detached", "profile", "bernd/bernd"),
        ("detached", "profile", "carla/carla"),
        ("removed", "template", "büro"),
    ]


@pytest.mark.parametrize("template", ["office", ""])
def test_an_unknown_profile_stops_all(registry, template):
    registry.assign(["bernd/bernd"], "office")
    with pytest.raises(NotFound, match="no profile 'anna/x'"):
        registry.assign(["anna/anna", "anna/x"], template)
    assert [profile(registry, name).template for name in ("anna", "bernd")] == ["", "office"]


def test_the_number_of_statements_does_not_grow_with_the_followers(registry, engine):
    with engine.begin() as connection:
        servers = connection.execute(select(accounts.c.wice_server_id, accounts.c.exchange_server_id)).first()
        connection.execute(
            insert(accounts),
            [
                {"id": 100 + n, "name": f"p{n}", "wice_server_id": servers[0], "exchange_server_id": servers[1]}
                for n in range(6000)
            ],
        )
        shared = {
            name: getattr(Template(name=""), name)
            for name in ("direction", "conflict", "target_changes", "company_data", "first_plan")
        }
        connection.execute(
            insert(profiles),
            [{"account_id": 100 + n, "name": "main", "contacts_folder": "Wice", **shared} for n in range(6000)],
        )
    with counted_statements() as sent:
        done = registry.assign([f"p{n}/main" for n in range(6000)], "office", ADA)
    assert (len(done.changed), done.locked) == (6000, ())
    with counted_statements() as again:
        done = registry.save_template(replace(OFFICE, window_past_days=1), ADA)
    assert len(done.changed) == 6000
    assert max(len(sent), len(again)) < 40
