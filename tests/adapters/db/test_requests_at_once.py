"""R36: who asks for a run while a worker is taking the one that waits. On PostgreSQL only: SQLite's writers wait for each other."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from app.adapters.db import Database
from app.domain.ids import ProfileId
from app.domain.people import Actor, Role, Via
from app.domain.run import RequestState, RunRequest, Verb

EVA = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)


@pytest.fixture
def taken(database: Database, profile: ProfileId) -> Iterator[list[RunRequest | None]]:
    """From the second wish on, a worker claims the first one as soon as the database is about to change it."""
    [waiting] = database.requests.ask(["anna/anna"], Verb.SYNC, EVA, trigger="sync")
    left, claimed = [waiting.id], []

    def meanwhile(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE run_requests") and left:
            claimed.append(database.work.claim(left.pop()))

    engine = database.requests._engine
    event.listen(engine, "before_cursor_execute", meanwhile)
    yield claimed
    event.remove(engine, "before_cursor_execute", meanwhile)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_the_one_that_a_worker_takes_meanwhile_is_the_one_that_was_asked_for(
    database: Database, taken: list[RunRequest | None]
) -> None:
    [asked] = database.requests.ask(["anna/anna"], Verb.SYNC, EVA, trigger="sync")
    [claimed] = taken
    assert claimed
    assert claimed.state is RequestState.RUNNING
    assert asked.id == claimed.id
