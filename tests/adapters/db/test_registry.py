"""Servers, accounts and profiles (R34): saved by name, kept apart from what the engine found out, removed with all that hangs on them."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.adapters.db.tables import metadata
from app.domain.account import Access, Auth, Conflict, Direction, FirstPlan, Profile
from app.domain.ids import ItemId, ProfileId, Version
from app.domain.journal import Settlement
from app.domain.plan import Failure, HintReason, KindPlan, PlanState, Seen
from app.domain.sync import Sighting
from app.errors import BadInput, LeaseLost
from app.ports import Cursor
from tests.adapters.db.test_plans import KINDS
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, EXCHANGE, MAIL, MAIN, WICE, account, configure, intent, link

LISTS = [(kind, side) for kind in (CONTACTS, APPOINTMENTS) for side in (WICE, EXCHANGE)]


def test_what_is_saved_comes_back_and_saving_it_again_changes_nothing(database):
    configure(database)
    full = replace(
        MAIL,
        auth=Auth.OAUTH2,
        access=Access.DELEGATE,
        tenant_id="t",
        client_id="c",
        token_url="https://t",
        ca_file="ca.pem",
        url="",
    )
    profile = Profile(
        account="anna", name="work", contacts=False, contacts_folder="default", direction=Direction.TO_WICE, conflict=Conflict.EXCHANGE,
        window_past_days=7, schedule="every 15 minutes", first_plan=FirstPlan.APPROVED, active=False,
    )  # fmt: skip
    person = account("anna", exchange_username="DOM\\anna", exchange_password="geheim", active=False)
    registry = database.registry
    assert [registry.save(entity) for entity in (full, person, profile)] == [True, True, True]
    assert [registry.save(entity) for entity in (MAIN, full, person, profile)] == [False, False, False, False]
    stored, owner, wice, exchange = registry.profile("work")
    assert (replace(stored, id=ProfileId(0)), replace(owner, id=person.id)) == (profile, person)
    assert (wice, exchange) == (MAIN, full)
    assert (registry.wice_servers(), registry.exchange_servers()) == ([MAIN], [full])
    assert [one.name for one in registry.profiles()] == ["anna", "work"]
    assert registry.accounts() == [owner]


@pytest.mark.parametrize(
    ("entity", "problems"),
    [
        (
            account("carla", wice_server="nowhere", exchange_server="none"),
            ["no wice server 'nowhere'", "no exchange server 'none'"],
        ),
        (Profile(account="nobody", name="x"), ["no account 'nobody'"]),
    ],
)
def test_what_a_name_refers_to_must_exist(database, entity, problems):
    configure(database)
    with pytest.raises(BadInput) as refusal:
        database.registry.save(entity)
    assert [part in given for part, given in zip(problems, refusal.value.problems, strict=True)] == [True] * len(
        problems
    )


def test_a_profile_is_found_by_its_name_or_with_its_account(database):
    configure(database, "anna", "bernd")
    for owner in ("anna", "bernd"):
        database.registry.save(Profile(account=owner, name="private"))
    assert database.registry.profile("bernd")[1].name == "bernd"
    assert database.registry.profile("bernd/private")[1].name == "bernd"
    with pytest.raises(BadInput, match="2 profiles are called 'private': anna/private, bernd/private"):
        database.registry.profile("private")


def test_an_unknown_profile_names_some_that_exist(database):
    with pytest.raises(BadInput, match="nor any other"):
        database.registry.profile("anna")
    configure(database, *(f"p{number:02}" for number in range(12)))
    with pytest.raises(BadInput, match=r"there are: p00/p00, .*p09/p09, \.\.\.") as refusal:
        database.registry.profile("P00")
    assert "p10" not in str(refusal.value)


def fill(ledger) -> None:
    """Every list read, an item held in each, folders found, the first plan approved."""
    for kind, side in LISTS:
        ledger.save_page(kind, side, [Sighting(ItemId("1")), Sighting(ItemId("2"))], Cursor("c"))
        ledger.hold(kind, [Seen(side, ItemId("1"), Version(""), held=HintReason.OUT_OF_WINDOW, label="l")])
    ledger.save_folder(CONTACTS, "F1")
    ledger.save_folder(APPOINTMENTS, "F2")
    ledger.save_endpoint("https://found.example")
    ledger.approve()


def books_after(database, profile, change):
    """What the books hold after `change`, which comes while a run goes on: (lists with a cursor, held items, went on)."""
    with database.books.open(profile, "sync") as running:
        fill(running)
        database.registry.save(change)
        try:
            running.begin([])
            went_on = True
        except LeaseLost:
            went_on = False
    with database.books.open(profile, "sync") as ledger:
        kept = [of for of in LISTS if ledger.cursor(*of).value]
        held = sum(seen.held is not None for of in LISTS for seen in ledger.seen(*of))
    return kept, held, went_on


def test_an_unchanged_configuration_disturbs_nobody(database, profile):
    assert books_after(database, profile, Profile(account="anna", name="anna")) == (LISTS, 4, True)


def test_changed_settings_stop_the_run_release_held_items_and_keep_what_was_found(database, profile):
    change = Profile(account="anna", name="anna", window_past_days=1)
    assert books_after(database, profile, change) == (LISTS, 0, False)
    stored, owner, *_ = database.registry.profile("anna")
    assert (stored.contacts_folder_id, stored.calendar_folder_id, stored.approved) == ("F1", "F2", True)
    assert owner.endpoint == "https://found.example"


@pytest.mark.parametrize("given", ["", "F1"])
def test_R26_another_folder_drops_the_old_ones_id_and_list(database, profile, given):
    change = Profile(account="anna", name="anna", contacts_folder="default", contacts_folder_id=given)
    kept, _, _ = books_after(database, profile, change)
    assert kept == [of for of in LISTS if of != (CONTACTS, EXCHANGE)]
    stored = database.registry.profile("anna")[0]
    assert (stored.contacts_folder_id, stored.calendar_folder_id) == ("", "F2")


def test_another_mailbox_drops_all_that_was_found_in_the_old_one(database, profile):
    kept, _, _ = books_after(database, profile, account("anna", mailbox="other@example.com"))
    assert kept == [(CONTACTS, WICE), (APPOINTMENTS, WICE)]
    stored, owner, *_ = database.registry.profile("anna")
    assert (stored.contacts_folder_id, stored.calendar_folder_id, owner.endpoint) == ("", "", "")


def test_another_wice_login_drops_the_lists_of_wice(database, profile):
    kept, _, _ = books_after(database, profile, account("anna", wice_username="anna.s"))
    assert kept == [(CONTACTS, EXCHANGE), (APPOINTMENTS, EXCHANGE)]
    assert database.registry.profile("anna")[1].endpoint == "https://found.example"


@pytest.mark.parametrize("change", [replace(MAIN, dialect={}), replace(MAIL, url="https://new.example")])
def test_a_changed_server_releases_held_items_of_its_profiles(database, profile, change):
    assert books_after(database, profile, change) == (LISTS, 0, False)


@pytest.mark.parametrize("which", ["profile", "account", "wice server", "exchange server"])
def test_R37_removing_takes_all_along_that_hangs_on_it_here(database, profile, engine, which):
    with database.books.open(profile, "sync") as ledger:
        fill(ledger)
        ledger.begin([intent(1)])
        ledger.settle([Settlement(link=link(1), failure=Failure("k", CONTACTS, "s", 1, "E", "m"))])
        ledger.save_plan(PlanState.OPEN, [*KINDS[:1], KindPlan(kind=CONTACTS)])
    found = dict(
        zip(["profile", "account", "wice server", "exchange server"], database.registry.profile("anna"), strict=True)
    )
    database.registry.remove(found[which])
    left = {
        "profile": {"wice_servers", "exchange_servers", "accounts"},
        "account": {"wice_servers", "exchange_servers"},
    }
    left |= {"wice server": {"exchange_servers"}, "exchange server": {"wice_servers"}}
    with engine.connect() as connection:
        filled = {
            table.name
            for table in metadata.sorted_tables
            if connection.execute(select(func.count()).select_from(table)).scalar()
        }
    # What was changed, and how many runs there were, stays on record.
    assert filled == left[which] | {"installation", "audit", "run_stats"}
    with pytest.raises(BadInput, match=f"(?i)no {which} ."):
        database.registry.remove(found[which])


def test_the_id_of_a_removed_profile_is_not_used_again(database, profile):
    database.registry.remove(database.registry.profile("anna")[0])
    database.registry.save(Profile(account="anna", name="anna"))
    assert database.registry.profile("anna")[0].id > profile
