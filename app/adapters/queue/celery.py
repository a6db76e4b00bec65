"""How Celery is used here: messages are hints that may be lost or come twice, so it keeps no results and no schedule.

A message is acknowledged when its task has ended; that of a killed worker comes back. Which run is really carried out, and by whom, the
database decides (`app.adapters.db.work`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from celery import Celery
from kombu import Queue

from app.adapters.queue.address import broker_url
from app.adapters.queue.names import BACKGROUND, URGENT
from app.settings import Settings

SOFT_LIMIT: Final = timedelta(hours=1)
"""After this time a run is interrupted between two steps of its own, and goes on in another one."""

HARD_LIMIT: Final = SOFT_LIMIT + timedelta(minutes=5)
"""After this time its process is killed: a connection that hangs for ever must not keep a worker."""

# A message that is not acknowledged within this time is delivered to a second worker while the first still works on it.
VISIBILITY: Final = HARD_LIMIT + timedelta(minutes=10)


def open_celery(settings: Settings) -> Celery:
    """The application of senders and workers alike. Raises: BadInput for a broker that cannot be used."""
    app = Celery("wice_sync", broker=broker_url(settings), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=SOFT_LIMIT.total_seconds(),
        task_time_limit=HARD_LIMIT.total_seconds(),
        task_queues=[Queue(URGENT), Queue(BACKGROUND)],
        task_default_queue=BACKGROUND,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=500,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_soft_shutdown_timeout=10.0,
        # What was running when the broker went away is finished: the database keeps a second worker from it.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=5.0,
        broker_transport_options={
            "visibility_timeout": VISIBILITY.total_seconds(),
            # Urgent ones first, as long as there are any.
            "queue_order_strategy": "priority",
            "socket_connect_timeout": 5.0,
            "socket_timeout": 15.0,
        },
    )
    return app
