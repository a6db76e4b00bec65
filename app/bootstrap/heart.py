"""A process's signs of life, given by a thread of its own until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata

import structlog

from app.bootstrap.application import Application
from app.domain.process import BEATS_EVERY, ProcessKind
from app.errors import WiceSyncError

_log = structlog.get_logger()


def beat(product: Application, kind: ProcessKind, pid: int = 0) -> None:
    """One sign of life, of the process `pid` of this machine (0: the calling one). A database that is out of reach hears the next one."""
    try:
        product.processes.beat(kind, metadata.version("wice-sync"), pid)
        product.metering.write_down()
    except WiceSyncError as error:
        _log.warning("no_sign_of_life", kind=kind.value, error=type(error).__name__)


def leave(product: Application, pid: int = 0) -> None:
    """It ends in order; if the database is out of reach, its silence says the same."""
    with suppress(WiceSyncError):
        product.processes.leave(pid)


@contextmanager
def beating(product: Application, kind: ProcessKind) -> Iterator[None]:
    """Signs of life of this process while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_beating, args=(lambda: beat(product, kind), stop), name="heart", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        leave(product)


@contextmanager
def watching(product: Application) -> Iterator[None]:
    """Look now and then whether administrators have to be told of something, and whether something is too old, while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=keep_beating, args=(lambda: _watch(product), stop), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def _watch(product: Application) -> None:
    try:
        product.alerts.round()
        product.retention.round()
    except WiceSyncError as error:
        _log.warning("watch_waits", error=type(error).__name__)


def keep_beating(sign: Callable[[], None], stop: threading.Event) -> None:
    """Give a sign now and then, until told to stop."""
    while True:
        sign()
        if stop.wait(BEATS_EVERY.total_seconds()):
            return
