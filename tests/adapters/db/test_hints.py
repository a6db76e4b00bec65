"""Hints bring forward what the schedule would do anyway, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from app.adapters.db import Database
from app.adapters.db.hints import REST
from app.adapters.db.tables import accounts, profiles
from app.domain.account import Profile
from app.domain.ids import ProfileId
from app.errors import NotFound
from app.rules.timetable import TIMETABLE
from tests.adapters.db.world import LONG_AGO, configure

LATER = datetime(2099, 1, 1, tzinfo=UTC)
NAMES = ("anna", "bernd", "clara")


@pytest.fixture
def ids(database: Database, engine: Engine) -> dict[str, ProfileId]:
    configure(database, *NAMES)
    for name in NAMES:
        database.registry.save(Profile(account=name, name=name, schedule="every hour"))
    _set(engine, due_at=LATER, last_finished=LONG_AGO)
    return {name: database.registry.profile(name)[0].id for name in NAMES}


def _set(engine: Engine, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(profiles).values(**values))


def _due(engine: Engine) -> dict[ProfileId, datetime | None]:
    with engine.begin() as connection:
        return {ProfileId(row.id): row.due_at for row in connection.execute(select(profiles.c.id, profiles.c.due_at))}


def test_who_is_named_is_due_and_nobody_else(database: Database, engine: Engine, ids: dict[str, ProfileId]) -> None:
    assert database.hints.changed([ids["anna"], ids["bernd"]]) == 2
    due = _due(engine)
    assert [name for name in NAMES if (due[ids[name]] or LATER) < LATER] == ["anna", "bernd"]


def test_the_same_hint_twice_is_one(database: Database, ids: dict[str, ProfileId]) -> None:
    assert database.hints.changed(ids.values()) == 3
    assert database.hints.changed(ids.values()) == 0


def test_R28_a_profile_that_just_ran_rests_first(database: Database, engine: Engine, ids: dict[str, ProfileId]) -> None:
    just_now = datetime.now(UTC)
    _set(engine, last_finished=just_now)
    assert database.hints.changed([ids["anna"]]) == 1
    due = _due(engine)[ids["anna"]]
    assert due
    assert just_now + REST - timedelta(seconds=1) < due < LATER
    assert database.hints.changed([ids["anna"]]) == 0, "the second hint does not put it off"
    assert _due(engine)[ids["anna"]] == due


@pytest.mark.usefixtures("ids")
def test_nobody_runs_who_is_not_to_run_by_itself(database: Database, engine: Engine) -> None:
    _set(engine, schedule="")
    assert database.hints.changed_in_wice("main", None) == 0
    _set(engine, schedule="every hour", active=False)
    assert database.hints.changed_in_wice("main", None) == 0
    _set(engine, active=True)
    with engine.begin() as connection:
        connection.execute(update(accounts).values(active=False))
    assert database.hints.changed_in_wice("main", None) == 0


@pytest.mark.usefixtures("ids")
def test_wice_names_its_users_or_none(database: Database) -> None:
    assert database.hints.changed_in_wice("main", ["anna", "nobody"]) == 1
    assert database.hints.changed_in_wice("main", []) == 0
    assert database.hints.changed_in_wice("main", None) == 2
    with pytest.raises(NotFound, match="no Wice server"):
        database.hints.changed_in_wice("elsewhere", None)


@pytest.mark.usefixtures("ids")
def test_R36_the_scheduler_asks_for_whom_a_hint_names(database: Database) -> None:
    database.dispatch.plan(TIMETABLE, 10)
    with_hint = database.registry.profile("bernd/bernd")[0].id
    while database.dispatch.ask_for_due(TIMETABLE, 10):
        pass
    for request in database.requests.unfinished(with_hint):
        database.work.claim(request.id)
        database.work.end(request.id)
    assert database.dispatch.ask_for_due(TIMETABLE, 10) == []
    database.hints.changed([with_hint])
    assert [request.profile for request in database.dispatch.ask_for_due(TIMETABLE, 10)] == [with_hint]


def test_R36_a_hint_that_comes_before_the_scheduler_has_planned_is_not_lost(
    database: Database, engine: Engine, ids: dict[str, ProfileId]
) -> None:
    _set(engine, due_at=None, due_for="")
    assert database.hints.changed([ids["anna"]]) == 1
    database.dispatch.plan(TIMETABLE, 10)
    assert [request.profile for request in database.dispatch.ask_for_due(TIMETABLE, 10)] == [ids["anna"]]
    _set(engine, due_at=None, due_for="every hour")
    assert database.hints.changed([ids["bernd"]]) == 0, "its schedule has ended"
