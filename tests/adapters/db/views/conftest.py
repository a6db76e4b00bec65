"""Accounts in a wanted condition: the columns that runs leave behind are set directly."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from app.adapters.db.tables import accounts, profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.account import Profile
from app.domain.run import RequestState, Verb
from tests.adapters.db.world import LONG_AGO, MAIL, MAIN, account

Arrange = Callable[..., int]


@pytest.fixture
def put(database, engine) -> Arrange:
    """`put("anna", synced_at=...)`: an account with a profile of its name in this condition; further profiles by `profile=`. Returns its id."""
    database.registry.save(MAIN)
    database.registry.save(MAIL)

    def arrange(name: str, *, profile: str = "", person: dict[str, Any] | None = None, **condition: Any) -> int:
        database.registry.save(account(name, **(person or {})))
        database.registry.save(Profile(account=name, name=profile or name))
        with engine.begin() as connection:
            mine = select(accounts.c.id).where(accounts.c.name == name).scalar_subquery()
            ours = (profiles.c.account_id == mine, profiles.c.name == (profile or name))
            if condition:
                connection.execute(update(profiles).where(*ours).values(**condition))
            return int(connection.execute(select(profiles.c.id).where(*ours)).scalar_one())

    return arrange


@pytest.fixture
def ask(engine) -> Callable[..., None]:
    """`ask(profile, "id", RUNNING)`: a row of `run_requests`."""

    def arrange(profile: int, run: str, state: RequestState, **changes: Any) -> None:
        given = {"verb": Verb.SYNC, "trigger": "portal", "requested": LONG_AGO} | changes
        with engine.begin() as connection:
            connection.execute(insert(run_requests).values(id=run, profile_id=profile, state=state, **given))

    return arrange
