"""Tell the workers. What cannot be told is no loss: the scheduler tells it later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from kombu.exceptions import OperationalError
from kombu.transport.redis import Channel
from redis.exceptions import RedisError

from app.adapters.queue.celery import open_celery
from app.adapters.queue.names import BACKGROUND, TASK, URGENT
from app.domain.ids import RunId
from app.errors import Retry
from app.settings import Settings

_AFTER: Final = timedelta(seconds=5)


class CeleryQueue:
    """`app.ports.requests.Queue` over Celery; may be used by several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self._app = open_celery(settings)
        # Somebody waits for the answer, and the scheduler tries again: one failed attempt is enough.
        self._app.conf.broker_transport_options |= {"max_retries": 1, "interval_start": 0.1}

    def send(self, runs: Sequence[RunId], *, urgent: bool) -> None:
        """See `app.ports.requests.Queue.send`."""
        with _translated(), self._app.producer_or_acquire() as producer:
            for run in runs:
                self._app.send_task(
                    TASK, args=[run], queue=URGENT if urgent else BACKGROUND, producer=producer, retry=False
                )

    def backlog(self) -> int:
        """See `app.ports.requests.Queue.backlog`."""
        with _translated(), self._app.connection_for_write() as connection:
            channel = connection.default_channel
            if not isinstance(channel, Channel):
                raise TypeError("the broker is neither Redis nor Valkey")
            return sum(channel.queue_declare(name).message_count for name in (URGENT, BACKGROUND))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, RedisError, OSError) as error:
        raise Retry(
            "the broker is out of reach; check that it runs and that WICE_SYNC_BROKER_URL names it", after=_AFTER
        ) from error
