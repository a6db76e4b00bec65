"""The way to the workers over a real broker: what is urgent first, and a broker that is away is said at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.adapters.queue import broker_command, open_celery, open_queue
from app.adapters.queue.celery import HARD_LIMIT, SOFT_LIMIT, VISIBILITY
from app.domain.ids import RunId
from app.errors import BadInput, Retry
from app.settings import Settings
from tests.services.workers import Crew


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def broker(settings: Settings) -> Iterator[Crew]:
    crew = Crew(settings)
    crew.start_broker()
    yield crew
    crew.close()


def test_messages_wait_in_the_broker_also_over_its_restart(broker: Crew, settings: Settings) -> None:
    queue = open_queue(settings)
    assert queue.backlog() == 0
    queue.send([RunId("a"), RunId("b")], urgent=True)
    queue.send([RunId("c")], urgent=False)
    assert queue.backlog() == 3
    broker.stop("broker")
    with pytest.raises(Retry):
        queue.backlog()
    broker.start_broker()
    assert queue.backlog() == 3


def test_a_broker_that_is_away_is_said_at_once(settings: Settings) -> None:
    with pytest.raises(Retry, match="out of reach"):
        open_queue(settings).send([RunId("a")], urgent=True)


def test_the_embedded_broker_is_for_its_owner_only(broker: Crew, settings: Settings) -> None:
    del broker
    assert settings.broker_socket.stat().st_mode & 0o077 == 0
    assert "--port 0" in " ".join(broker_command(settings))


def test_another_broker_takes_the_place_of_the_embedded_one(tmp_path: Path) -> None:
    url = "redis://:secret@redis.example:6379/0"
    given = Settings(home=tmp_path, broker_url=SecretStr(url))
    assert broker_command(given) == ()
    assert open_celery(given).conf.broker_url == url
    with pytest.raises(BadInput, match="WICE_SYNC_BROKER_URL"):
        open_queue(Settings(home=tmp_path, broker_url=SecretStr("amqp://elsewhere")))


def test_no_message_is_delivered_twice_while_its_run_may_go_on() -> None:
    assert SOFT_LIMIT < HARD_LIMIT < VISIBILITY
