"""What lists show and find: search, filters, runs in progress and past, refused items, servers, templates."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from app.adapters.db.tables import profiles, runs
from app.domain.account import Template
from app.domain.ids import RunId
from app.domain.journal import Settlement
from app.domain.plan import Failure
from app.domain.run import RequestState, RunStatus, Verb
from app.domain.sync import Side
from app.domain.views import (
    AccountFilter,
    AccountState,
    Cut,
    FailureFilter,
    ProfileFilter,
    RunFilter,
    RunSummary,
    SideCounts,
)
from tests.adapters.db.world import CONTACTS, LONG_AGO, MAIL, MAIN, account

ALL = Cut(limit=100)
NOUGHT = "\x00\ud800"


def names(page):
    return [row.name for row in page.rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MÜLLER", ["Jörg Müller"]),
        ("müller jörg", ["Jörg Müller"]),
        ("Mu\u0308ller", ["Jörg Müller"]),
        ("GROSS", ["Groß"]),
        ("straße", ["Groß"]),
        ("box@", ["Groß", "Jörg Müller"]),
        ("LOGIN7", ["Jörg Müller"]),
        ("100%", ["100%_"]),
        ("_", ["100%_"]),
        ("", ["100%_", "Groß", "Jörg Müller"]),
        ("nobody", []),
        (NOUGHT, ["100%_", "Groß", "Jörg Müller"]),
    ],
)
def test_accounts_are_found_by_every_name_they_have_whatever_the_case(database, put, text, found):
    put("Jörg Müller", person={"wice_username": "Login7", "mailbox": "BOX@example.com"})
    put("Groß", person={"email": "Strasse@example.com", "mailbox": "box@example.com"})
    put("100%_", person={"mailbox": ""})
    assert names(database.views.accounts(AccountFilter(text=text), ALL)) == found
    assert [row.account for row in database.views.profiles(ProfileFilter(text=text), ALL).rows] == found


def test_an_account_is_found_by_its_new_name_once_it_has_one(database, put):
    put("anna")
    (anna,) = database.registry.accounts()
    database.registry.rename(anna, "Zora")
    assert names(database.views.accounts(AccountFilter(text="zora"), ALL)) == ["Zora"]
    assert names(database.views.accounts(AccountFilter(text="anna"), ALL)) == ["Zora"]  # her addresses are as they were


@pytest.fixture
def office(database, put):
    """Two servers of each side, a template, an inactive account and an inactive profile."""
    put("anna", synced_at=LONG_AGO)
    database.registry.save_template(Template(name="office"))
    database.registry.save(replace(MAIN, name="second"))
    database.registry.save(replace(MAIL, name="second"))
    put("bernd", person={"wice_server": "second"}, failed_runs=1)
    put("carla", person={"active": False, "exchange_server": "second"}, failed_runs=1)
    put("anna", profile="off", active=False)
    (bernd,) = (one for one in database.registry.profiles() if one.name == "bernd")
    database.registry.save(replace(bernd, template="office"))
    return database.views


@pytest.mark.parametrize(
    ("wanted", "accounts", "profiles"),
    [
        ({"wice_server": "main"}, ["anna", "carla"], ["anna/anna", "anna/off", "carla/carla"]),
        ({"exchange_server": "second"}, ["carla"], ["carla/carla"]),
        ({"wice_server": "unknown"}, [], []),
        ({"wice_server": NOUGHT}, [], []),
        ({"template": "office"}, ["bernd"], ["bernd/bernd"]),
        ({"active": True}, ["anna", "bernd"], ["anna/anna", "bernd/bernd"]),
        ({"active": False}, ["carla"], ["anna/off", "carla/carla"]),
        ({"state": AccountState.FAILING}, ["bernd"], ["bernd/bernd"]),
        ({"state": AccountState.FAILING, "wice_server": "main"}, [], []),
        ({"state": AccountState.INACTIVE, "text": "carla"}, ["carla"], ["carla/carla"]),
    ],
)
def test_accounts_and_profiles_are_filtered_alike(office, wanted, accounts, profiles):
    page = office.accounts(AccountFilter(**wanted), ALL)
    assert (names(page), page.total) == (accounts, len(accounts))
    page = office.profiles(ProfileFilter(**wanted), ALL)
    assert ([row.full_name for row in page.rows], page.total) == (profiles, len(profiles))


def test_profiles_of_one_account(office):
    assert names(office.profiles(ProfileFilter(account="anna"), ALL)) == ["anna", "off"]
    assert office.profile("bernd", "bernd").template == "office"
    assert office.profile("anna", "bernd") is None
    assert office.account(NOUGHT) is None


def test_servers_tell_how_many_of_their_accounts_fail(office):
    told = [(row.side, row.name, row.accounts, row.failing) for row in office.servers()]
    assert told == [
        (Side.WICE, "main", 2, 0),
        (Side.WICE, "second", 1, 1),
        (Side.EXCHANGE, "mail", 2, 1),
        (Side.EXCHANGE, "second", 1, 0),
    ]


def test_templates_tell_how_many_profiles_follow_them(office, database):
    database.registry.save_template(Template(name="nobody's"))
    assert [(row.name, row.profiles) for row in office.templates()] == [("nobody's", 0), ("office", 1)]


@pytest.fixture
def past(engine, put):
    """Six runs of two profiles, two of them begun at the same moment."""
    anna, bernd = put("anna"), put("bernd")
    table = [
        ("r1", anna, 1, Verb.ANALYSE, "portal", RunStatus.DONE, 0),
        ("r2", anna, 2, Verb.SYNC, "scheduled", RunStatus.FAILED, 1),
        ("r3", bernd, 1, Verb.SYNC, "scheduled", RunStatus.DONE, 1),
        ("r4", anna, 3, Verb.CONFIRM, "api", RunStatus.PARTIAL, 2),
        ("r5", anna, 4, Verb.UNDO, "portal", RunStatus.DONE, 3),
        ("r6", bernd, 2, Verb.SYNC, "sync", RunStatus.RUNNING, 4),
    ]
    keys = ("id", "profile_id", "number", "verb", "trigger", "status")
    with engine.begin() as connection:
        for *row, hour in table:
            started = LONG_AGO + timedelta(hours=hour)
            values = dict(zip(keys, row, strict=True)) | {"started": started, "report": {}}
            connection.execute(insert(runs).values(**values, summary=RunSummary(wice=SideCounts(add=hour))))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["r5", "r4", "r3", "r2", "r1"]),
        ({"account": "anna"}, ["r5", "r4", "r2", "r1"]),
        ({"account": "bernd", "profile": "bernd"}, ["r3"]),
        ({"account": "bernd", "profile": "anna"}, []),
        ({"account": NOUGHT}, []),
        ({"status": RunStatus.FAILED}, ["r2"]),
        ({"verb": Verb.SYNC}, ["r3", "r2"]),
        ({"trigger": "portal"}, ["r5", "r1"]),
        ({"trigger": NOUGHT}, []),
        ({"since": LONG_AGO + timedelta(hours=1), "until": LONG_AGO + timedelta(hours=3)}, ["r4", "r3", "r2"]),
    ],
)
def test_past_runs_are_found_newest_first(database, past, wanted, found):
    page = database.views.runs(RunFilter(**wanted), ALL)
    assert [row.id for row in page.rows] == found
    assert all((row.account, row.summary.wice.add >= 0) for row in page.rows)


def test_past_runs_come_in_pages_both_ways(database, past):
    first = database.views.runs(RunFilter(), Cut(limit=2))
    second = database.views.runs(RunFilter(), Cut(limit=2, cursor=first.next))
    third = database.views.runs(RunFilter(), Cut(limit=2, cursor=second.next))
    assert [[row.id for row in page.rows] for page in (first, second, third)] == [["r5", "r4"], ["r3", "r2"], ["r1"]]
    assert database.views.runs(RunFilter(), Cut(limit=2, cursor=third.previous)).rows == second.rows
    oldest = database.views.runs(RunFilter(), Cut(limit=2, sort="started"))
    assert [row.id for row in oldest.rows] == ["r1", "r2"]


def test_runs_in_progress_come_before_queued_ones_in_their_order(database, put, ask):
    anna, bernd = put("anna"), put("bernd")
    ask(anna, "queued2", RequestState.QUEUED, requested=LONG_AGO + timedelta(hours=2), verb=Verb.ANALYSE)
    ask(bernd, "queued1", RequestState.QUEUED, requested=LONG_AGO + timedelta(hours=1))
    ask(anna, "running", RequestState.RUNNING, requested=LONG_AGO + timedelta(hours=3), step="plan", done=1, total=2)
    ask(anna, "ended", RequestState.ENDED)
    views = database.views
    todo = views.in_progress(RunFilter())
    assert ([row.id for row in todo.rows], todo.total) == (["running", "queued1", "queued2"], 3)
    assert (todo.rows[0].step, todo.rows[0].done, todo.rows[0].total) == ("plan", 1, 2)
    assert [row.id for row in views.in_progress(RunFilter(account="anna")).rows] == ["running", "queued2"]
    assert [row.id for row in views.in_progress(RunFilter(verb=Verb.ANALYSE)).rows] == ["queued2"]
    few = views.in_progress(RunFilter(), limit=1)
    assert ([row.id for row in few.rows], few.total) == (["running"], 3)
    assert views.progress(RunId("running")) == todo.rows[0]
    assert views.progress(RunId("ended")) is None


def test_a_run_of_the_command_line_is_in_progress_as_well_and_none_is_there_twice(database, engine, put, ask):
    anna, bernd = put("anna"), put("bernd")
    ask(bernd, "asked", RequestState.RUNNING)
    with database.books.open(anna, "sync") as by_hand, database.books.open(bernd, "portal", run=RunId("asked")):
        todo = database.views.in_progress(RunFilter())
        assert ({row.id for row in todo.rows}, todo.total) == ({by_hand.run, "asked"}, 2)
        assert database.views.progress(by_hand.run).account == "anna"
        with engine.begin() as connection:
            connection.execute(update(profiles).values(lease_until=LONG_AGO))
        assert [row.id for row in database.views.in_progress(RunFilter()).rows] == ["asked"]


@pytest.fixture
def refused(database, put):
    """Items that were refused once, five times, seven times."""
    for name, count in (("anna", 5), ("bernd", 7), ("carla", 1)):
        with database.books.open(put(name), "sync") as ledger:
            failure = Failure(f"key-{name}", CONTACTS, "s", count, f"Code{count % 2}", "No.", f"Item of {name}")
            ledger.settle([Settlement(failure=failure, outcomes=())])
            ledger.finish("partial", {})
    return database.views


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["bernd", "anna", "carla"]),
        ({"at_least": 5}, ["bernd", "anna"]),
        ({"account": "anna"}, ["anna"]),
        ({"account": "anna", "profile": "bernd"}, []),
        ({"code": "Code1"}, ["bernd", "anna", "carla"]),
        ({"code": NOUGHT}, []),
    ],
)
def test_R32_refused_items_of_all_profiles_the_stubborn_first(refused, wanted, found):
    page = refused.failures(FailureFilter(**wanted), ALL)
    assert ([row.account for row in page.rows], page.total) == (found, len(found))


def test_R32_refused_items_by_profile_and_label_in_pages(refused):
    for sort in ("profile", "label"):
        first = refused.failures(FailureFilter(), Cut(limit=2, sort=sort))
        second = refused.failures(FailureFilter(), Cut(limit=2, sort=sort, cursor=first.next))
        assert [row.label for row in (*first.rows, *second.rows)] == ["Item of anna", "Item of bernd", "Item of carla"]
        assert refused.failures(FailureFilter(), Cut(limit=2, sort=sort, cursor=second.previous)).rows == first.rows


def test_an_account_row_is_what_was_configured(database, put):
    put("anna")
    row = database.views.account("anna")
    stored = account("anna")
    for name in ("name", "email", "mailbox", "wice_username", "wice_server", "exchange_server", "active"):
        assert getattr(row, name) == getattr(stored, name)
