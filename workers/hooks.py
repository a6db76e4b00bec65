"""What a worker's processes have of the product: nothing before they are forked, then each its own database connections.

A connection that two processes share mixes up their answers; no mailbox session may exist before the fork either (exchangelib pools them).
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from typing import Any

from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

from app.bootstrap import Application, end_with_parent, opened, start_logging
from app.settings import Settings


class _Process:
    """The product as this process has it."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._product: Application | None = None

    def product(self) -> Application:
        if self._product is None:
            self._product = self._open.enter_context(opened(Settings.load()))
        return self._product

    def close(self) -> None:
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


def _start_logging(**_: Any) -> None:
    start_logging(Settings.load().log_level)


def _begin(**_: Any) -> None:
    # A worker that is killed takes the runs of its processes along; others take them over.
    end_with_parent(os.getppid(), signal.SIGKILL)


def _end(**_: Any) -> None:
    _here.close()
