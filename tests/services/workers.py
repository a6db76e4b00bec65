"""An embedded broker, a worker and (if wanted) a scheduler in processes of their own, for tests that see a run from outside.

    with running_worker(settings) as worker:
        ...  # what is asked for in the database of `settings` is carried out

They end with the block, or with the process of the test however that ends.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO

import time_machine

from app.bootstrap import broker_command
from app.cli import main as wice_sync
from app.settings import Settings
from tests.services.forked import fork
from workers.__main__ import main as work

ROOT = Path(__file__).parents[2]
LONGEST_S = 60.0
POLL_S, LONGEST_POLL_S = 0.02, 0.1


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of another process with these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WICE_SYNC_")}
    own = {
        "PYTHONPATH": str(ROOT),
        "WICE_SYNC_HOME": str(settings.home),
        "WICE_SYNC_DATABASE_URL": settings.database_url.get_secret_value(),
        "WICE_SYNC_SECRET_KEYS": settings.secret_keys.get_secret_value(),
        "WICE_SYNC_BROKER_URL": settings.broker_url.get_secret_value(),
        "WICE_SYNC_LEASE": str(int(settings.lease.total_seconds())),
        "WICE_SYNC_REQUEST_TIMEOUT_S": str(settings.request_timeout_s),
        "WICE_SYNC_PORTAL_URL": settings.portal_url,
        "WICE_SYNC_LOG_LEVEL": settings.log_level,
        "WICE_SYNC_EXCHANGE_CONCURRENCY": str(settings.exchange_concurrency),
        "WICE_SYNC_WICE_CONCURRENCY": str(settings.wice_concurrency),
    }
    return {**kept, **own}


def until(happened: object, what: str = "it") -> None:
    """Wait until the callable `happened` says so."""
    assert callable(happened)
    end, pause_s = time.monotonic() + LONGEST_S, POLL_S
    while not happened():
        assert time.monotonic() < end, f"{what} did not happen in {LONGEST_S:.0f} s"
        time.sleep(pause_s)
        # Who waits for long takes nothing from those who are waited for.
        pause_s = min(pause_s * 1.1, LONGEST_POLL_S)


@dataclass
class Crew:
    """Broker, worker, scheduler and portal of one installation. `log`: where they write what they have to say, else as the tests do."""

    settings: Settings
    log: IO[bytes] | None = None
    _running: dict[str, BaseProcess] = field(default_factory=dict)

    def start_broker(self) -> None:
        self._start("broker", partial(_exec, broker_command(self.settings)))
        until(self._broker_answers, "the broker's start")

    def start_worker(self, processes: int = 1, *, name: str = "worker", clock: timedelta = timedelta(0)) -> None:
        """`clock`: how much later it is on its machine."""
        self._start(name, partial(_at, clock, work), "--processes", str(processes))

    def start_scheduler(self, *, name: str = "scheduler", clock: timedelta = timedelta(0)) -> None:
        """See `start_worker`."""
        self._start(name, partial(_at, clock, wice_sync), "scheduler")

    def start_listener(self) -> None:
        self._start("listener", wice_sync, "listener")

    def start_portal(self) -> None:
        self._start("portal", wice_sync, "serve")

    def stop(self, name: str) -> None:
        """In order."""
        process = self._running.pop(name)
        process.terminate()
        process.join(LONGEST_S)

    def kill(self, name: str) -> None:
        """As a power cut does: `kill -9` of the process and all its children."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.join(LONGEST_S)

    def close(self) -> None:
        for name in reversed(list(self._running)):
            self.kill(name)

    def _start(self, name: str, main: Callable[[], None], *arguments: str) -> None:
        self._running[name] = fork(main, [name, *arguments], self._environment, self.settings.home, err=self.log)

    @property
    def _environment(self) -> Mapping[str, str]:
        return environment_of(self.settings)

    def _broker_answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(self.settings.broker_socket))
        except OSError:
            return False
        return True


def _at(clock: timedelta, main: Callable[[], None]) -> None:
    if not clock:
        return main()
    with time_machine.travel(datetime.now(UTC) + clock):
        return main()


def _exec(command: Sequence[str]) -> None:
    os.execv(command[0], list(command))


@contextmanager
def running_worker(settings: Settings, *, processes: int = 1, scheduler: bool = False) -> Iterator[Crew]:
    """A broker (if none is configured) and a worker, for the database of `settings`, which has to be migrated."""
    crew = Crew(settings)
    try:
        if not settings.broker_url.get_secret_value():
            crew.start_broker()
        crew.start_worker(processes)
        if scheduler:
            crew.start_scheduler()
        yield crew
    finally:
        crew.close()
