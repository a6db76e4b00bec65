"""What a worker's processes have of the product: nothing before they are forked, then each its own database connections.

A connection that two processes share mixes up their answers; no mailbox session may exist before the fork either (exchangelib pools them).
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import ExitStack, suppress
from typing import Any

from celery.signals import setup_logging, worker_process_init, worker_process_shutdown, worker_shutdown

from app.bootstrap import Application, beat, end_with_parent, keep_beating, leave, opened, start_logging
from app.domain.process import ProcessKind
from app.errors import WiceSyncError
from app.settings import Settings


class _Process:
    """The product as this process has it."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._product: Application | None = None
        self._turn = threading.Lock()
        self._stop = threading.Event()

    def product(self) -> Application:
        with self._turn:
            if self._product is None:
                self._product = self._open.enter_context(opened(Settings.load()))
            return self._product

    def start_beating(self) -> None:
        """Signs of life of the worker, whose own process must not have a connection that its children would share."""
        threading.Thread(target=keep_beating, args=(self._beat, self._stop), name="heart", daemon=True).start()

    def _beat(self) -> None:
        try:
            beat(self.product(), ProcessKind.WORKER, os.getppid())
        except WiceSyncError:
            return  # the database is out of reach; the next one comes soon

    def close(self) -> None:
        self._stop.set()
        with self._turn:
            self._product = None
            self._open.close()


_here = _Process()


def product() -> Application:
    """The product of this process, opened at first use. Raises: Retry, Halt while the database cannot be used."""
    return _here.product()


def connect() -> None:
    """Hear Celery's signals."""
    setup_logging.connect(_start_logging)
    worker_process_init.connect(_begin)
    worker_process_shutdown.connect(_end)
    worker_shutdown.connect(_take_leave)


def _start_logging(**_: Any) -> None:
    start_logging(Settings.load().log_level)


def _begin(**_: Any) -> None:
    # A worker that is killed takes the runs of its processes along; others take them over.
    end_with_parent(os.getppid(), signal.SIGKILL)
    _here.start_beating()


def _end(**_: Any) -> None:
    _here.close()


def _take_leave(**_: Any) -> None:
    # In the worker's own process, when its children are gone: nothing is forked any more.
    with suppress(WiceSyncError), opened(Settings.load()) as product:
        leave(product)
