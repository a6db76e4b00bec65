"""An installation as a company runs it: PostgreSQL, a broker, several workers and schedulers in processes of their own; and what may befall them."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import TracebackType
from typing import Final, Self

import psycopg
from psycopg.rows import scalar_row
from sqlalchemy import make_url

from app.bootstrap import Application, opened
from app.bootstrap.licensing import demo_key
from app.domain.account import FirstPlan, Profile
from app.domain.fingerprint import Record
from app.domain.ids import ProfileId
from app.domain.people import SYSTEM, Actor, Role, Via
from app.domain.run import Run, RunStatus, Verb
from app.services.requests import ask_many
from app.settings import Settings
from tests.services.sandbox import Sandbox, Server
from tests.services.workers import Crew

WORKERS: Final = ("worker-1", "worker-2", "worker-3")
SCHEDULERS: Final = ("scheduler-1", "scheduler-2")
SCHEDULE: Final = "every 1 minute"
EVA: Final = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)
CLEAN: Final = (RunStatus.DONE, RunStatus.NOTHING_TO_DO)
LONGEST_S: Final = 60.0
POLL_S: Final = 0.25


class Site:
    """Open while its block lasts. `users`: whose accounts it synchronises, contacts only, every minute."""

    def __init__(self, settings: Settings, sandbox: Sandbox, users: tuple[str, ...]) -> None:
        self.users = users
        self._settings = settings
        self._sandbox = sandbox
        self._crew = Crew(settings)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.product: Application = self._open.enter_context(opened(self._settings))
        self.product.licences.activate(demo_key(datetime.now(UTC).date()), SYSTEM)
        self._register()
        self._open.callback(self._crew.close)
        self._crew.start_broker()
        for name in WORKERS:
            self._crew.start_worker(name=name)
        for name in SCHEDULERS:
            self._crew.start_scheduler(name=name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def ask_for_all(self) -> datetime:
        """An administrator wants all accounts synchronised now; when that was."""
        now = self._now()
        ask_many(self.product, [f"{user}/{user}" for user in self.users], Verb.SYNC, EVA)
        return now

    # What may befall it.

    def lose_a_worker(self) -> None:
        """kill -9 of a worker and its children, in the middle of whatever they do; another one takes its place."""
        self._crew.kill(WORKERS[0])
        self._crew.start_worker(name=WORKERS[0])

    def lose_all_workers(self) -> None:
        for name in WORKERS:
            self._crew.kill(name)
        for name in WORKERS:
            self._crew.start_worker(name=name)

    def lose_a_scheduler(self) -> None:
        self._crew.kill(SCHEDULERS[0])
        self._crew.start_scheduler(name=SCHEDULERS[0])

    def lose_the_broker(self) -> None:
        """kill -9, and its data are gone: every message that waited is lost."""
        self._crew.kill("broker")
        for file in self._settings.home.glob("broker*"):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        self._crew.start_broker()

    def crash_the_database(self) -> None:
        """A server process dies: PostgreSQL ends all connections and recovers from its log."""
        with psycopg.connect(self._conninfo()) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with suppress(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def deploy(self) -> None:
        """All workers and schedulers are told to end, and others take their places, one by one."""
        for name in WORKERS:
            self._crew.stop(name)
            self._crew.start_worker(name=name)
        for name in SCHEDULERS:
            self._crew.stop(name)
            self._crew.start_scheduler(name=name)

    def jump_the_clock(self, by: timedelta) -> None:
        """The machines of one worker and one scheduler show another time from now on."""
        self._crew.stop(WORKERS[1])
        self._crew.start_worker(name=WORKERS[1], clock=by)
        self._crew.stop(SCHEDULERS[1])
        self._crew.start_scheduler(name=SCHEDULERS[1], clock=by)

    def stall(self, server: Server) -> None:
        """The server keeps the next requests waiting, longer than anybody waits for an answer."""
        self._sandbox.fault(server, "stall", count=3, seconds=self._settings.request_timeout_s + 1)

    def keep_busy(self, server: Server) -> None:
        """The server refuses the next requests and says when to come back."""
        self._sandbox.fault(server, "busy", count=5, retry_after_s=1)

    def lose_answers(self, server: Server) -> None:
        """The next requests take effect, and their answers are lost."""
        self._sandbox.fault(server, "cut_after", count=3)

    def heal(self) -> None:
        """No server misbehaves any more."""
        for server in ("wice", "ews"):
            self._sandbox.control(server, "DELETE", "faults")

    # What must hold.

    def recovered(self, longest_s: float, since: datetime | None = None) -> float:
        """Wait until every profile was synchronised by a run that began after `since` (now), without a failure; the seconds that took."""
        began = time.monotonic()
        since = since or self._now()
        missing = dict(self._profiles())
        while missing:
            for name in [name for name, profile in missing.items() if self._clean_since(profile, since)]:
                del missing[name]
            waited = time.monotonic() - began
            assert waited < longest_s, f"not synchronised within {longest_s:.0f} s: {self._told(missing)}"
            time.sleep(POLL_S)
        return time.monotonic() - began

    def runs(self) -> Iterator[Run]:
        """All runs of all profiles."""
        for profile in self._profiles().values():
            yield from self.product.history.runs(profile, limit=100_000)

    def images(self) -> Iterator[Record]:
        """All before and after images of the journal."""
        for run in self.runs():
            for entry in self.product.history.entries_of_run(run.id):
                yield from (image for image in (entry.intent.before, entry.intent.after) if image)

    def check_runs(self) -> None:
        """R36: a profile never ran twice at once."""
        for name, profile in self._profiles().items():
            runs = sorted(self.product.history.runs(profile, limit=100_000), key=lambda run: run.number)
            for earlier, later in pairwise(runs):
                assert earlier.finished, f"{name}: {earlier} never ended"
                assert earlier.finished <= later.started, f"R36 {name}: {earlier.id} and {later.id} overlap"

    def _clean_since(self, profile: ProfileId, since: datetime) -> bool:
        runs = self.product.history.runs(profile, limit=5)
        return any(run.started >= since and run.status in CLEAN for run in runs)

    def _told(self, missing: Mapping[str, ProfileId]) -> list[str]:
        """What the books say of profiles that did not recover."""
        told = []
        for name, profile in list(missing.items())[:5]:
            runs = self.product.history.runs(profile, limit=3)
            asked = self.product.requests.unfinished(profile)
            told.append(f"{name}: {[(run.status, run.report.get('message')) for run in runs]} {asked}")
        return told

    def _profiles(self) -> Mapping[str, ProfileId]:
        registry = self.product.registry
        return {user: registry.profile(f"{user}/{user}")[0].id for user in self.users}

    def _now(self) -> datetime:
        """By the database's clock, the only one that counts."""
        with psycopg.connect(self._conninfo()) as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            now: datetime | None = cursor.execute("SELECT now()").fetchone()
        assert now
        return now.astimezone(UTC)

    def _conninfo(self) -> str:
        url = make_url(self._settings.database_url.get_secret_value())
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    def _register(self) -> None:
        registry = self.product.registry
        self._sandbox.set_up(registry, *self.users)
        for user in self.users:
            registry.save(
                Profile(account=user, name=user, appointments=False, schedule=SCHEDULE, first_plan=FirstPlan.APPROVED)
            )
